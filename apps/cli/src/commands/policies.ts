import { readFile } from 'node:fs/promises';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { activatePolicy, draftPolicy, parseDocument, retirePolicy } from '@naru/core/policy/change-policy.ts';
import { type DryRunReport, dryRunPolicy } from '@naru/core/policy/dry-run.ts';
import { DRY_RUN_DAYS_MAX } from '@naru/core/policy/policy.limits.ts';
import { listVersions, readVersion } from '@naru/core/policy/policy.store.ts';
import type { PolicyVersion } from '@naru/core/policy/policy.ts';
import { readRules } from '@naru/core/policy/rules.ts';
import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { fromPublicId, newUuid, toPublicId } from '@naru/kit/ids.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showCount, showText, showTime } from '../format.ts';
import { renderTable } from '../output.ts';

type ChangeOptions = { reason: string; json?: boolean };
const DAYS_DEFAULT = 30;

export function registerPoliciesCommand(program: Command, context: CliContext): void {
  const policies = program
    .command('policies')
    .description('Rules for withdrawals, by version: draft, try on the past, activate, retire.');
  const list = policies
    .command('list')
    .summary('versions, the newest first')
    .argument('[owner]', 'org_…, or "default" for owners without a policy; all when left out')
    .description('Shows the versions of the rules: whose, their state, and when each governed.')
    .option('--json', 'print one JSON object')
    .action((owner: string | undefined, options: { json?: boolean }) => runList(context, owner, options));
  addExamples(list, [['naru policies list default', 'of owners without a policy of their own']]);
  const draft = policies
    .command('draft')
    .summary('write rules down as the next version')
    .argument('<owner>', 'org_…, or "default" for owners without a policy')
    .argument('<file>', 'the rules as JSON; docs/policy.md explains them')
    .description('Checks the rules and keeps them as a draft. A draft governs nothing.')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action((owner: string, file: string, options: ChangeOptions) => runDraft(context, owner, file, options));
  addExamples(draft, [
    ['naru policies draft default rules.json --reason "ticket 123"', 'prints its id, pol_…'],
  ]);
  const dryRun = policies
    .command('dry-run')
    .summary('what a version would have said of past withdrawals')
    .argument('<id>', 'pol_…')
    .description(
      'Judges the withdrawals of the last days by a version, and compares with what happened. Changes nothing.',
    )
    .option('--days <number>', `how far back, 1 to ${DRY_RUN_DAYS_MAX}`, String(DAYS_DEFAULT))
    .option('--json', 'print one JSON object')
    .action((id: string, options: { days: string; json?: boolean }) => runDryRun(context, id, options));
  addExamples(dryRun, [['naru policies dry-run pol_01kjr3q8c6e7rvt0xx0n3m7d5g --days 7', 'the last week']]);
  registerSwitch(policies, context, {
    name: 'activate',
    summary: 'put a draft in force',
    description:
      'Puts a draft in force a few seconds from now, in the place of the version before it. Withdrawals that were accepted before keep the rules they began with.',
    work: activatePolicy,
  });
  registerSwitch(policies, context, {
    name: 'retire',
    summary: 'end the version in force, or throw a draft away',
    description: 'Ends a version a few seconds from now: no rules govern its owner then but the default.',
    work: retirePolicy,
  });
}

function registerSwitch(
  policies: Command,
  context: CliContext,
  verb: { name: string; summary: string; description: string; work: (tx: Tx, id: string) => Promise<void> },
): void {
  const command = policies
    .command(verb.name)
    .summary(verb.summary)
    .argument('<id>', 'pol_…, as  naru policies list  shows it')
    .description(verb.description)
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action(async (text: string, options: ChangeOptions) => {
      const id = parsePolicyId(text);
      const version = await change(context, options, async (db) => {
        await withTransaction(db, (tx) => verb.work(tx, id));
        return await requireVersion(db, id);
      });
      if (options.json === true) return context.output.json({ policy: toJson(version) });
      context.output.line(`${describe(version)} is ${version.state} now.`);
      const moment = version.endsAt ?? version.effectiveAt;
      if (moment !== null)
        context.output.line(
          `It ${version.endsAt === null ? 'governs from' : 'ends at'} ${showTime(moment)} UTC.`,
        );
    });
  addExamples(command, [
    [`naru policies ${verb.name} pol_01kjr3q8c6e7rvt0xx0n3m7d5g --reason "ticket 123"`, verb.summary],
  ]);
}

async function runList(
  context: CliContext,
  owner: string | undefined,
  options: { json?: boolean },
): Promise<void> {
  const { output } = context;
  const organisationId = owner === undefined ? undefined : parseOwner(owner);
  const found = await withDatabase(context, (db) => listVersions(db, { organisationId }));
  if (options.json === true) return output.json({ policies: found.map(toJson) });
  if (found.length === 0)
    return output.line('There are no rules yet, so everything is allowed. Begin with  naru policies draft.');
  const { colours } = output;
  const rows = found.map((version) => [
    toPublicId('policy', version.id),
    ownerOf(version),
    String(version.number),
    version.state === 'ACTIVE' ? colours.green(version.state) : colours.dim(version.state),
    version.effectiveAt === null ? '' : showTime(version.effectiveAt),
    version.endsAt === null ? '' : showTime(version.endsAt),
    showText(version.author),
  ]);
  const columns = ['ID', 'OWNER', 'NUMBER', 'STATE', 'FROM (UTC)', 'TO', 'BY'].map((head) => ({ head }));
  output.line(renderTable(colours, columns, rows));
}

async function runDraft(
  context: CliContext,
  owner: string,
  file: string,
  options: ChangeOptions,
): Promise<void> {
  const organisationId = parseOwner(owner);
  const document = parseDocument(await readJson(file));
  const id = newUuid();
  const { actor } = auditContextOf(context);
  const note = options.reason.trim();
  const version = await change(context, options, async (db) => {
    await withTransaction(db, (tx) => draftPolicy(tx, { id, organisationId, document, author: actor, note }));
    return await requireVersion(db, id);
  });
  if (options.json === true) return context.output.json({ policy: toJson(version) });
  context.output.line(`${describe(version)} is a draft: it governs nothing yet.`);
  context.output.line(`Next, try it on the past:  naru policies dry-run ${toPublicId('policy', id)}`);
}

async function runDryRun(
  context: CliContext,
  text: string,
  options: { days: string; json?: boolean },
): Promise<void> {
  const id = parsePolicyId(text);
  const days = Number(options.days);
  if (!Number.isInteger(days) || days < 1 || days > DRY_RUN_DAYS_MAX)
    throw usageError(`"${options.days}" is no number of days: 1 to ${DRY_RUN_DAYS_MAX}`);
  const { output } = context;
  const { version, report } = await withDatabase(context, async (db) => {
    const found = await requireVersion(db, id);
    const { assets } = await readCatalogue(db);
    const { organisationId, document } = found;
    const target = { assets, rules: await readRules(db) };
    return {
      version: found,
      report: await dryRunPolicy({ db }, target, { organisationId, document, days }),
    };
  });
  if (options.json === true) return output.json({ policy: toJson(version), report });
  printReport(context, version, report);
}

function printReport({ output }: CliContext, version: PolicyVersion, report: DryRunReport): void {
  const { colours } = output;
  if (report.total === 0) {
    const since = showTime(report.from);
    output.line(`There were no withdrawals since ${since} UTC to try ${describe(version)} on.`);
    return;
  }
  const { ALLOW, REVIEW, DENY } = report.verdicts;
  output.line(
    `${describe(version)} on ${plural(report.total, 'withdrawal')} since ${showTime(report.from)} UTC: ${showCount(ALLOW)} allowed, ${showCount(REVIEW)} for people, ${showCount(DENY)} denied. Nothing was changed.`,
  );
  if (report.isCut) output.line(colours.yellow('! There were more; the oldest were looked at.'));
  const rows = report.changes.map((change) => [
    change.happened,
    change.verdict,
    showCount(change.count),
    change.examples.map(({ withdrawalId }) => toPublicId('withdrawal', withdrawalId))[0] ?? '',
  ]);
  output.line();
  output.line(
    renderTable(
      colours,
      [{ head: 'THEN' }, { head: 'WOULD BE' }, { head: 'COUNT', align: 'right' }, { head: 'FOR EXAMPLE' }],
      rows,
    ),
  );
  output.line();
  for (const { code, count } of report.reasons) output.line(`  ${showCount(count)} × ${code}`);
  if (report.notScreened > 0)
    output.line(
      `${plural(report.notScreened, 'address', 'addresses')} no source was asked about: taken for clear.`,
    );
  if (report.valuedNow > 0) output.line(`${plural(report.valuedNow, 'amount')} valued at the rates of now.`);
}

async function change<T>(
  context: CliContext,
  options: ChangeOptions,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const reason = options.reason.trim();
  if (reason === '') throw usageError('the reason is empty: say why');
  return await withDatabase(context, work, reason);
}

async function requireVersion(db: Database, id: string): Promise<PolicyVersion> {
  const version = await readVersion(db, id);
  if (version === null)
    throw new CodedError(
      'policy_not_found',
      `there is no version ${toPublicId('policy', id)}: see  naru policies list`,
    );
  return version;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw usageError(`${file} cannot be read as JSON: ${errorText(error)}`);
  }
}

function parsePolicyId(text: string): string {
  const id = fromPublicId('policy', text);
  if (id === null)
    throw usageError(`"${text}" is no id of a policy version, as in pol_01kjr3q8c6e7rvt0xx0n3m7d5g`);
  return id;
}

function parseOwner(text: string): string | null {
  if (text === 'default') return null;
  const id = fromPublicId('organisation', text);
  if (id === null) throw usageError(`"${text}" is no owner: org_…, or "default"`);
  return id;
}

function ownerOf({ organisationId }: PolicyVersion): string {
  return organisationId === null ? 'default' : toPublicId('organisation', organisationId);
}

function describe(version: PolicyVersion): string {
  return `Version ${version.number} of ${ownerOf(version)} (${toPublicId('policy', version.id)})`;
}

function toJson({ id, organisationId, ...version }: PolicyVersion) {
  return {
    id: toPublicId('policy', id),
    organisationId: organisationId === null ? null : toPublicId('organisation', organisationId),
    ...version,
  };
}
