import { createHash } from 'node:crypto';
import { type AccountOverview, listAccountOverviews } from '@naru/core/account-manager/account.reader.ts';
import { type AccountBooking, bookElsewhere } from '@naru/core/account-manager/book-elsewhere.ts';
import { recordFunding } from '@naru/core/ledger/record-funding.ts';
import { type AccountChange, changeAccount } from '@naru/core/sub-account/change-account.ts';
import { addSubAccount, listSubAccounts } from '@naru/core/sub-account/sub-account.store.ts';
import type { Database } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { Command } from 'commander';
import type { Address } from 'viem';
import { auditContextOf } from '../audit-context.ts';
import { type ConnectedChain, withChain, withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showAmount, showDuration, showText } from '../format.ts';
import { renderTable } from '../output.ts';
import { parseAddress } from '../parse-address.ts';
import { connectSigner } from '../signer.ts';
import { parseRole, registerReserveCommands } from './accounts-reserves.ts';
import { addRecordCommand } from './record-booking.ts';

type AddOptions = { role?: string; recordFunding?: boolean; reason?: string; json?: boolean };

export function registerAccountsCommand(program: Command, context: CliContext): void {
  const accounts = program
    .command('accounts')
    .description(
      'Sub-accounts: the addresses that pay on each chain, the main accounts that hold the reserve, the gas accounts that hold gas money.',
    );
  const add = accounts
    .command('add')
    .summary('register an address that pays')
    .argument('<chain>', 'as  naru migrate  lists it, e.g. polygon')
    .argument('<address>', 'whose key the signer holds (naru keys list)')
    .description(
      'Registers an address as a sub-account of a chain. Its next nonce is read from the chain; from then on the database alone counts, so nothing else may ever send from this address. Where a signer is configured (NARU_SIGNER_URL) it must have the key.\n\n' +
        '--record-funding also books what the address holds now (coin and every asset of the chain) as money of the house, which can then be credited to owners. Use it once, for money that is in no books yet. Without it the ledger does not know of that money, and  naru verify  reports the difference.',
    )
    .option(
      '--role <role>',
      'PAYOUT pays withdrawals, MAIN holds the reserve, GAS holds coin for gas; default: PAYOUT',
    )
    .option('--record-funding', 'book what the address holds now as money of the house')
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action((chain: string, address: string, options: AddOptions) =>
      runAdd(context, chain, address, options),
    );
  addExamples(add, [
    [
      'naru accounts add polygon 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
      'an address that holds nothing yet',
    ],
    [
      'naru accounts add polygon 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed --record-funding',
      'an address that was funded beforehand',
    ],
  ]);
  registerChanges(accounts, context);
  registerReserveCommands(accounts, context);
  registerRecord(accounts, context);
  const list = accounts
    .command('list')
    .summary('state, nonce, balances and work of each')
    .argument('[chain]', 'only of this chain')
    .description(
      'Shows every sub-account: whether it pays, its next nonce, transactions in flight (nonce taken, not final), and balances as the accounts role last read them from the chain.',
    )
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((chain: string | undefined, options: { json?: boolean }) => runList(context, chain, options));
  addExamples(list, [
    ['naru accounts list', 'of every chain'],
    ['naru accounts list polygon --json', 'of one chain, for a program'],
  ]);
}

async function runAdd(
  context: CliContext,
  chainId: string,
  text: string,
  options: AddOptions,
): Promise<void> {
  const address = parseAddress(text);
  const role = parseRole(options.role ?? 'PAYOUT');
  const { output } = context;
  await requireKey(context, address);
  await withDatabase(
    context,
    (db) =>
      withChain(context, db, chainId, async (connected) => {
        const known = await listSubAccounts(db, chainId);
        if (known.some((account) => account.address === address))
          throw new CodedError(
            'account_exists',
            `${address} is a sub-account of ${chainId} already: nothing was changed`,
          );
        const [[nextNonce] = []] = await connected.port.transactionCounts([address], 'latest', 1);
        if (nextNonce === undefined)
          throw new CodedError('no_answer', `the node of ${chainId} gave no transaction count: try again`);
        const holdings = await readHoldings(connected, address);
        // Booked first: an account that pays before its money is in the books would look like a loss.
        if (options.recordFunding === true) await bookHoldings(db, chainId, address, holdings);
        if (!(await addSubAccount(db, { chainId, address, nextNonce, role })))
          throw new CodedError(
            'account_exists',
            `${address} was added to ${chainId} by somebody else at this moment`,
          );
        if (options.json === true)
          return output.json({
            chain: chainId,
            address,
            role,
            nextNonce,
            holdings,
            booked: options.recordFunding === true,
          });
        output.line(`Added ${address} to ${chainId}; its next nonce is ${nextNonce}.`);
        printHoldings(context, holdings, options.recordFunding === true);
        output.line(
          'It pays once the signer holds its key and its policy allows the chain (naru keys list).',
        );
      }),
    options.reason ?? null,
  );
}

/** Where the signer can be asked, an address whose key it lacks is refused: it could never pay. */
async function requireKey(context: CliContext, address: Address): Promise<void> {
  const signer = connectSigner(context);
  if (signer === null) return;
  const keys = await signer.listKeys();
  if (keys.some((key) => key.toLowerCase() === address.toLowerCase())) return;
  throw new CodedError(
    'key_unknown',
    `nothing was changed: the signer has no key for ${address}. Make or import it there (naru keys), let the signer read its keys again, then add the account`,
  );
}

const CHANGES: readonly { change: AccountChange; summary: string; description: string; done: string }[] = [
  {
    change: 'pause',
    summary: 'take no new nonces from an account for now',
    description:
      'Plans nothing more on an account until it is resumed. What has a nonce is signed, sent and settled as usual; other accounts carry on.',
    done: 'takes no new nonces until it is resumed',
  },
  {
    change: 'resume',
    summary: 'let a paused account pay again',
    description:
      'Lifts a pause that a person set, or takes back a drain. Those of the machinery are lifted by it when their cause is gone, or by  naru recover.',
    done: 'pays again',
  },
  {
    change: 'drain',
    summary: 'pay nothing more from an account and bring what it holds to a main account',
    description:
      'Plans no more withdrawals on an account. When everything it has under way is final, its tokens and then its coin go to a main account; then it is DRAINED and can be retired. Payments go on from the others.  naru accounts resume  takes it back at any time.',
    done: 'is being drained: see  naru accounts list',
  },
  {
    change: 'retire',
    summary: 'never pay from an account again',
    description:
      'Takes a drained or paused account, all of whose transactions are final, out of use for good. What a paused one holds stays there. The monitor goes on reading it.',
    done: 'is retired',
  },
];

function registerChanges(accounts: Command, context: CliContext): void {
  for (const { change, summary, description, done } of CHANGES) {
    const command = accounts
      .command(change)
      .summary(summary)
      .argument('<chain>', 'as  naru migrate  lists it, e.g. polygon')
      .argument('<address>', 'as  naru accounts list  shows it')
      .description(description)
      .requiredOption('--reason <text>', 'why: shown with the account, and in the audit log')
      .option('--json', 'print one JSON object')
      .action(async (chainId: string, text: string, options: { reason: string; json?: boolean }) => {
        const address = parseAddress(text);
        if (options.reason.trim() === '') throw usageError('the reason is empty: say why');
        const audit = { ...auditContextOf(context), reason: options.reason.trim() };
        const before = await withDatabase(context, (db) =>
          changeAccount({ db }, { chainId, address }, change, audit),
        );
        if (options.json === true) return context.output.json({ chain: chainId, address, change, before });
        context.output.line(`${address} on ${chainId} was ${before} and ${done}.`);
      });
    addExamples(command, [
      [
        `naru accounts ${change} polygon 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed --reason "ticket 123"`,
        description.split('. ')[0]?.toLowerCase() ?? '',
      ],
    ]);
  }
}

function registerRecord(accounts: Command, context: CliContext): void {
  const record = addRecordCommand(accounts, context, {
    summary: 'book what happened to our accounts elsewhere',
    description:
      'Books what no transaction in the books says, so that the books say again what the chain says ( naru verify  shows the difference):  received  is money of ours that came in,  burnt  is gas of transactions that a restored database has forgotten.',
    texts: {
      received: (chain) => `received by our accounts on ${chain}, and owned by the house`,
      burnt: (chain) => `gas burnt on ${chain}`,
    } satisfies Record<AccountBooking, (chain: string) => string>,
    book: (db, what, { reason, ...said }) =>
      bookElsewhere({ db }, { ...said, what }, auditContextOf(context, reason)),
  });
  addExamples(record, [
    ['naru accounts record polygon POL 50 --what received --reason "coin for gas, ticket 9"', 'sent by hand'],
    [
      'naru accounts record polygon POL 0.0132 --what burnt --reason "restore of 2 March"',
      'as naru verify misses it',
    ],
  ]);
}

type Holding = { assetId: string; asset: string; decimals: number; units: bigint };

async function readHoldings({ assets, port }: ConnectedChain, address: Address): Promise<Holding[]> {
  const balances = await port.balances(assets.map((asset) => ({ account: address, token: asset.address })));
  return assets.map((asset, index) => ({
    assetId: asset.id,
    asset: asset.code,
    decimals: asset.decimals,
    units: balances[index] ?? 0n,
  }));
}

async function bookHoldings(
  db: Database,
  chainId: string,
  address: Address,
  holdings: readonly Holding[],
): Promise<void> {
  for (const { assetId, asset, units } of holdings)
    if (units > 0n)
      await recordFunding({ db }, { id: fundingId(chainId, address, asset), assetId, amount: units });
}

/** The same for the same account and asset, however often the command is run: booked once. */
function fundingId(chainId: string, address: Address, asset: string): string {
  const hex = createHash('sha256')
    .update(`funding/${chainId}/${address.toLowerCase()}/${asset}`)
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function printHoldings({ output }: CliContext, holdings: readonly Holding[], booked: boolean): void {
  const held = holdings.filter(({ units }) => units > 0n);
  const text = held.map(({ units, decimals, asset }) => showAmount(units, decimals, asset)).join(', ');
  if (held.length === 0)
    output.line('It holds nothing yet: send it coin for gas and the assets it is to pay.');
  else if (booked) output.line(`Booked as money of the house: ${text}.`);
  else {
    output.line(`It holds ${text}, which is not booked (no --record-funding).`);
    output.line('Unless the books have it already,  naru verify  will report the difference.');
  }
}

async function runList(
  context: CliContext,
  chainId: string | undefined,
  options: { json?: boolean },
): Promise<void> {
  const { output } = context;
  const accounts = await withDatabase(context, (db) => listAccountOverviews(db, chainId ?? null));
  if (options.json === true) return output.json({ accounts: accounts.map(toJson) });
  if (accounts.length === 0)
    return output.line(
      `There are no sub-accounts${chainId === undefined ? '' : ` on ${chainId}`}: add one with  naru accounts add`,
    );
  for (const chain of new Set(accounts.map((account) => account.chainId))) {
    output.line(output.colours.bold(chain));
    output.line(
      renderAccounts(
        context,
        accounts.filter((account) => account.chainId === chain),
      ),
    );
  }
  const stopped = accounts.filter(({ pauseReason }) => pauseReason !== null);
  for (const { address, state, pauseReason } of stopped)
    output.line(`\n${output.colours.yellow(state)} ${address}\n  ${showText(pauseReason ?? '')}`);
  const updated = accounts.flatMap((account) =>
    account.balances.map((balance) => balance.updatedAt.getTime()),
  );
  if (updated.length === 0) output.note('\nNo balances were read yet: the accounts role does that.');
  else {
    const age = showDuration(systemClock.now().getTime() - Math.min(...updated));
    output.note(
      `\n${plural(accounts.length, 'account')}; the oldest balance was read from the chain ${age} ago.`,
    );
  }
}

function toJson(account: AccountOverview) {
  const balances = account.balances.map(({ decimals, balance, ...rest }) => ({
    ...rest,
    units: balance,
    amount: formatAmount(balance, decimals),
  }));
  return { ...account, balances };
}

function renderAccounts({ output }: CliContext, accounts: readonly AccountOverview[]): string {
  const { colours } = output;
  const colourOf = {
    JOINING: colours.yellow,
    ACTIVE: colours.green,
    PAUSED: colours.yellow,
    DRAINED: colours.dim,
    RETIRED: colours.dim,
  };
  const rows = accounts.flatMap((account) => {
    const balances = account.balances.map(({ balance, decimals, asset }) => [
      showAmount(shortened(balance, decimals), decimals),
      asset,
    ]);
    const [first = ['', '']] = balances;
    return [
      [
        account.address,
        account.role,
        colourOf[account.state](stateOf(account)),
        String(account.nextNonce),
        String(account.inFlight),
        ...first,
      ],
      ...balances.slice(1).map((balance) => ['', '', '', '', '', ...balance]),
    ];
  });
  const right = { align: 'right' as const };
  const columns = [
    { head: 'ADDRESS' },
    { head: 'ROLE' },
    { head: 'STATE' },
    { head: 'NONCE', ...right },
    { head: 'IN FLIGHT', ...right },
    { head: 'BALANCE', ...right },
    { head: '' },
  ];
  return renderTable(colours, columns, rows, '  ');
}

function stateOf({ state, drainAt }: AccountOverview): string {
  return state === 'ACTIVE' && drainAt !== null ? 'DRAINING' : state;
}

/** Six decimals are enough for a look; --json has them all. */
function shortened(units: bigint, decimals: number): bigint {
  const unit = 10n ** BigInt(Math.max(0, decimals - 6));
  return (units / unit) * unit;
}
