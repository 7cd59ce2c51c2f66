import { signalChannels } from '@naru/core/withdrawal/withdrawal.store.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import type { CreatedQueue } from '@naru/sqs/create-queues.ts';
import { readSqsSettings } from '@naru/sqs/sqs-settings.ts';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { renderTable } from '../output.ts';

type CreateOptions = { json?: boolean };

export function registerQueuesCommand(program: Command, context: CliContext): void {
  const queues = program
    .command('queues')
    .summary('make the SQS queues of NARU_SIGNALS=sqs')
    .description('The queues that wake roles on other machines. Only needed where NARU_SIGNALS is sqs.');
  const create = queues
    .command('create')
    .summary('make each queue and its dead-letter queue, or set them right')
    .description(
      'Makes the queue of each signal with its dead-letter queue and redrive policy; those that exist are set to the same. May be run again at any time.\n\n' +
        'Reads NARU_SQS_REGION, NARU_SQS_ENDPOINT, NARU_SQS_QUEUE_PREFIX and the AWS_… credentials, which need the rights to make queues and set their attributes; the roles do not.',
    )
    .option('--json', 'print one JSON object')
    .action((options: CreateOptions) => runCreate(context, options));
  addExamples(create, [
    ['NARU_SQS_REGION=eu-central-1 naru queues create', 'naru-processor, naru-signer, naru-broadcaster'],
    ['NARU_SQS_QUEUE_PREFIX=pay-prod- naru queues create --json', 'with other names, told to a program'],
  ]);
}

async function runCreate(context: CliContext, options: CreateOptions): Promise<void> {
  const { settings, problems } = readSqsSettings(context.config.environment);
  if (settings === null) throw new CodedError('bad_sqs_settings', problems.join('; '));
  // Only here: the other commands do without the client of AWS.
  const { createSqsClient } = await import('@naru/sqs/sqs-client.ts');
  const { createQueues } = await import('@naru/sqs/create-queues.ts');
  const client = createSqsClient(settings);
  let made: CreatedQueue[];
  try {
    made = await createQueues(client, settings, signalChannels);
  } catch (error) {
    throw new CodedError(
      'sqs_failed',
      `SQS in ${settings.region} did not make the queues: ${errorText(error)}; check region, endpoint and the rights of the key, then run this again`,
      { cause: error },
    );
  } finally {
    client.destroy();
  }
  if (options.json === true) return context.output.json({ queues: made });
  const rows = made.map(({ channel, queue, deadQueue, created }) => [
    channel,
    queue,
    deadQueue,
    created ? 'made' : 'set right',
  ]);
  const columns = [{ head: 'SIGNAL' }, { head: 'QUEUE' }, { head: 'DEAD LETTERS' }, { head: '' }];
  context.output.line(renderTable(context.output.colours, columns, rows));
}
