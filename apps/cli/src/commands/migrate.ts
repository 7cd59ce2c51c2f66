import { auditSetting } from '@naru/core/audit/audit.store.ts';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import type { Chain } from '@naru/core/chain/chain.ts';
import { chainVariable, readChainSettings } from '@naru/core/chain/chain-environment.ts';
import { type ChainSettings, configureChains } from '@naru/core/chain/configure-chains.ts';
import { ensureEventPartitions } from '@naru/core/withdrawal/event-partitions.store.ts';
import { openDatabase } from '@naru/db/database.ts';
import { type MigrateReport, migrate } from '@naru/db/migrate.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { requireDatabaseUrl } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural } from '../format.ts';
import { countOpenChainTxs } from '../operations.reader.ts';
import { renderTable } from '../output.ts';
import { withInvalidations } from '../with-invalidations.ts';

type MigrateOptions = { json?: boolean; allowDisable?: boolean; reason?: string };
type ShownChain = { chain: string; enabled: boolean; reason: string | null; confirmations: number };

export function registerMigrateCommand(program: Command, context: CliContext): void {
  const command = program
    .command('migrate')
    .summary('bring the database to this version and write the chains')
    .description(
      'Brings the database to the schema of this version, then writes the chains as the environment describes them.\n\n' +
        'A chain is enabled when it has both NARU_RPC_<CHAIN> (URLs, separated by commas) and NARU_PAYOUT_CONTRACT_<CHAIN> (address); NARU_CONFIRMATIONS_<CHAIN> and NARU_BLOCK_TIME_MS_<CHAIN> are optional: without the first a chain keeps the depth that it has. Give the same environment as to the roles. May be run again at any time: what is done is not done twice.',
    )
    .option(
      '--allow-disable',
      'disable chains that are enabled now and that this environment does not describe',
    )
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action((options: MigrateOptions) => runMigrate(context, options));
  addExamples(command, [
    [
      'DATABASE_URL=postgres://… NARU_RPC_POLYGON=https://… NARU_PAYOUT_CONTRACT_POLYGON=0x… naru migrate',
      'schema, and Polygon enabled',
    ],
    ['naru migrate --json', 'what was applied and every chain, for a program'],
  ]);
}

async function runMigrate(context: CliContext, options: MigrateOptions): Promise<void> {
  const { settings, problems } = readChainSettings(context.config.environment);
  if (problems.length > 0)
    throw new CodedError('bad_chain_settings', `correct these environment variables: ${problems.join('; ')}`);
  const databaseUrl = requireDatabaseUrl(context);
  const audit = auditSetting(auditContextOf(context, options.reason ?? null));
  const session = { [audit.name]: audit.value };
  const report = await migrate(databaseUrl, session);
  const db = openDatabase({
    databaseUrl,
    applicationName: 'naru-migrate',
    connectionsMax: 1,
    settings: session,
  });
  try {
    await ensureEventPartitions(db);
    // A local stack configures its one chain itself, with a contract address that its file does not hold.
    const isLocal = context.config.localStackFile !== null;
    if (!isLocal) {
      if (options.allowDisable !== true) {
        const { chains } = await readCatalogue(db);
        refuseToDisable([...chains.values()], settings, await countOpenChainTxs(db), report);
      }
      await withInvalidations(context, async (invalidations) => {
        await configureChains(db, settings);
        invalidations.publish('catalogue');
      });
    }
    const { chains } = await readCatalogue(db);
    const shown = [...chains.values()].map((chain) => describeChain(chain, settings.get(chain.id)));
    if (options.json === true) return context.output.json({ ...report, chains: shown });
    print(context, report, shown);
    if (isLocal)
      context.output.note('The local stack configures its chain itself: chains were left as they are.');
  } finally {
    await db.destroy();
  }
}

/** An environment that forgot a chain must not stop its payouts without anybody having said so. */
function refuseToDisable(
  chains: readonly Chain[],
  settings: ReadonlyMap<string, ChainSettings>,
  openCounts: ReadonlyMap<string, number>,
  report: MigrateReport,
): void {
  const lost = chains.filter(
    (chain) => chain.enabled && reasonDisabled(chain.id, settings.get(chain.id)) !== null,
  );
  if (lost.length === 0) return;
  const texts = lost.map((chain) => {
    const open = openCounts.get(chain.id) ?? 0;
    const underWay = open === 0 ? '' : `, with ${plural(open, 'transaction')} under way`;
    return `${chain.id} (${reasonDisabled(chain.id, settings.get(chain.id))}${underWay})`;
  });
  throw new CodedError(
    'would_disable',
    `the schema is up to date (${report.schemaVersion}), and the chains were left as they are, because this environment would disable ${texts.join(', ')}: set what is missing, or say --allow-disable`,
  );
}

function reasonDisabled(chainId: string, settings: ChainSettings | undefined): string | null {
  const missing = [
    settings?.hasRpc === true ? null : chainVariable('NARU_RPC', chainId),
    settings?.payoutContract ? null : chainVariable('NARU_PAYOUT_CONTRACT', chainId),
  ].filter((name) => name !== null);
  return missing.length === 0 ? null : `${missing.join(' and ')} not set`;
}

function describeChain(chain: Chain, settings: ChainSettings | undefined): ShownChain {
  const { id, enabled, confirmations } = chain;
  return { chain: id, enabled, reason: enabled ? null : reasonDisabled(id, settings), confirmations };
}

function print({ output }: CliContext, report: MigrateReport, chains: readonly ShownChain[]): void {
  const { colours } = output;
  if (report.applied.length === 0) output.line(`The schema is up to date (${report.schemaVersion}).`);
  else {
    output.line(
      `Applied ${plural(report.applied.length, 'migration')}; the schema is now ${report.schemaVersion}:`,
    );
    for (const name of report.applied) output.line(`  ${name}`);
  }
  output.line();
  const rows = chains.map((chain) => [
    chain.chain,
    chain.enabled ? colours.green('enabled') : colours.dim('disabled'),
    chain.enabled ? `${chain.confirmations}` : '',
    chain.reason === null ? '' : colours.dim(chain.reason),
  ]);
  const columns = [
    { head: 'CHAIN' },
    { head: 'STATE' },
    { head: 'DEPTH', align: 'right' as const },
    { head: 'WHY NOT' },
  ];
  output.line(renderTable(colours, columns, rows));
  if (!chains.some((chain) => chain.enabled)) {
    output.line();
    output.line(
      'No chain is enabled, so nothing can be withdrawn yet: set the variables of one and run this again.',
    );
  }
}
