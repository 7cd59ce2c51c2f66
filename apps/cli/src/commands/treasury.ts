import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { bookElsewhere, type TreasuryBooking } from '@naru/core/treasury/book-elsewhere.ts';
import { proposeRejection, proposeTopUp } from '@naru/core/treasury/propose.ts';
import { readTreasuryOverviews } from '@naru/core/treasury/read-treasuries.ts';
import { setTreasury } from '@naru/core/treasury/set-treasury.ts';
import { cancelProposal, signProposal } from '@naru/core/treasury/sign-proposal.ts';
import { PROPOSAL_REASON_LENGTH_MAX } from '@naru/core/treasury/treasury.limits.ts';
import { findProposal, listProposals, listTreasuries } from '@naru/core/treasury/treasury.store.ts';
import type { Proposal } from '@naru/core/treasury/treasury.ts';
import { typedDataTextOf } from '@naru/core/treasury/typed-data.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { fromPublicId, toPublicId } from '@naru/kit/ids.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withChain, withDatabase } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showText } from '../format.ts';
import { renderTable } from '../output.ts';
import { parseAddress } from '../parse-address.ts';
import { UUID_PATTERN } from '../patterns.ts';
import { type Reasoned, reasonOf } from '../reasoned.ts';
import { addRecordCommand } from './record-booking.ts';
import { askedText, printProposed, printTreasury, proposalJson, whatItDoes } from './treasury-output.ts';

const LISTED_MAX = 100;
const EXAMPLE_ID = 'tp_01kjr3q8c6e7rvt0xx0n3m7d5b';
const EXAMPLE_SAFE = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

type Json = { json?: boolean };

export function registerTreasuryCommand(program: Command, context: CliContext): void {
  const treasury = program
    .command('treasury')
    .description(
      "A chain's treasury: a Safe whose owners sign each payment to our own accounts. No key of it is ever here.",
    );
  registerSet(treasury, context);
  registerShow(treasury, context);
  registerPropose(treasury, context);
  registerList(treasury, context);
  registerData(treasury, context);
  registerSign(treasury, context);
  registerReject(treasury, context);
  registerCancel(treasury, context);
  registerRecord(treasury, context);
}

function registerSet(treasury: Command, context: CliContext): void {
  const set = treasury
    .command('set')
    .summary('name the Safe of a chain')
    .argument('<chain>', 'as  naru migrate  lists it, e.g. polygon')
    .argument('<address>', 'of the Safe')
    .description(
      'Looks that a Safe answers at the address, at two providers where two are configured, and makes it the treasury of the chain. Its owners and how many of them it takes stay what the Safe itself says.',
    )
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action(async (chainId: string, text: string, options: Json & { reason?: string }) => {
      const safe = parseAddress(text);
      const audit = auditContextOf(context, options.reason ?? null);
      const saved = await withDatabase(context, (db) =>
        withChain(context, db, chainId, ({ chain, port }) =>
          setTreasury({ db, chainPort: port }, { chain, safe }, audit),
        ),
      );
      if (options.json === true) return context.output.json(saved);
      context.output.line(
        `The treasury of ${chainId} is ${saved.safe}: ${saved.threshold} of ${plural(saved.owners.length, 'owner')}, next transaction ${saved.nonce}.`,
      );
      context.output.line(
        'The signer hands over proposals once its policy names the Safe. Money that it holds and no books know:  naru treasury record',
      );
    });
  addExamples(set, [[`naru treasury set polygon ${EXAMPLE_SAFE}`, 'look, and use it from now on']]);
}

function registerShow(treasury: Command, context: CliContext): void {
  const show = treasury
    .command('show')
    .summary('owners, balances and open proposals')
    .argument('[chain]', 'only of this chain')
    .description(
      'Shows each treasury: its owners as last read from the chain, what the books say it holds, what is open.',
    )
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action(async (chainId: string | undefined, options: Json) => {
      await withDatabase(context, async (db) => {
        const overviews = await readTreasuryOverviews(db, chainId ?? null);
        const chainIds = overviews.map(({ treasury: { chainId: id } }) => id);
        const open = await listProposals(db, { chainIds, state: 'OPEN', after: null, limit: LISTED_MAX });
        const openOn = (id: string) => open.filter((one) => one.chainId === id);
        if (options.json === true)
          return context.output.json({
            treasuries: overviews.map(({ treasury: one, balances }) => ({
              ...one,
              balances: balances.map(({ assetId, units, leaving }) => ({ assetId, units, leaving })),
              openProposals: openOn(one.chainId).map(({ id }) => toPublicId('treasuryProposal', id)),
            })),
          });
        if (overviews.length === 0)
          return context.output.line(
            `There is no treasury${chainId === undefined ? '' : ` on ${chainId}`}: name the Safe of a chain with  naru treasury set`,
          );
        for (const one of overviews) printTreasury(context, one, openOn(one.treasury.chainId));
      });
    });
  addExamples(show, [['naru treasury show', 'of every chain']]);
}

function registerPropose(treasury: Command, context: CliContext): void {
  const propose = treasury
    .command('propose')
    .summary('ask the owners to pay one of our accounts')
    .argument('<chain>', 'whose treasury pays')
    .argument('<asset>', 'as  naru assets list  names it')
    .argument('<amount>', 'in whole units, e.g. 250000')
    .argument('<account>', 'an account of ours on that chain (naru accounts list)')
    .description(
      "Writes a proposal with the Safe's next free nonce. Nothing moves before as many owners have signed it as the Safe asks for; then it is sent by itself. The Safe executes in the order of its nonces.",
    )
    .requiredOption('--reason <text>', 'why: shown to the owners, and in the audit log')
    .option('--json', 'print one JSON object')
    .action(async (chainId: string, asset: string, amount: string, account: string, options: Reasoned) => {
      const to = parseAddress(account);
      const reason = reasonOf(options, PROPOSAL_REASON_LENGTH_MAX);
      const { proposal } = await withDatabase(context, async (db) =>
        proposeTopUp(
          { db },
          await readCatalogue(db),
          { chainId, asset, to, amount, reason },
          auditContextOf(context, reason),
        ),
      );
      printProposed(context, proposal, options);
    });
  addExamples(propose, [
    [
      `naru treasury propose polygon USDC 250000 ${EXAMPLE_SAFE} --reason "weekly top-up"`,
      'to the main account',
    ],
  ]);
}

function registerList(treasury: Command, context: CliContext): void {
  const list = treasury
    .command('list')
    .summary('proposals, newest first')
    .argument('[chain]', 'only of this chain')
    .description('Lists proposals with who has signed and what is missing.')
    .option('--open', 'only those that are not ended')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action(async (chainId: string | undefined, options: Json & { open?: boolean }) => {
      await withDatabase(context, async (db) => {
        const state = options.open === true ? ('OPEN' as const) : null;
        const treasuries = new Map((await listTreasuries(db)).map((one) => [one.chainId, one]));
        const chainIds = chainId === undefined ? [...treasuries.keys()] : [chainId];
        const found = await listProposals(db, { chainIds, state, after: null, limit: LISTED_MAX });
        if (options.json === true) return context.output.json({ proposals: found.map(proposalJson) });
        if (found.length === 0)
          return context.output.line('There are no proposals: make one with  naru treasury propose');
        context.output.line(
          renderTable(
            context.output.colours,
            [
              { head: 'PROPOSAL' },
              { head: 'CHAIN' },
              { head: 'PAYS' },
              { head: 'STATE' },
              { head: 'WAITS FOR' },
              { head: 'WHY' },
            ],
            found.map((one) => [
              toPublicId('treasuryProposal', one.id),
              one.chainId,
              whatItDoes(one),
              one.state,
              askedText(one, treasuries.get(one.chainId)),
              showText(one.reason),
            ]),
          ),
        );
      });
    });
  addExamples(list, [['naru treasury list --open', 'what owners are asked for now']]);
}

function registerData(treasury: Command, context: CliContext): void {
  const data = treasury
    .command('data')
    .summary('what an owner signs, for a wallet')
    .argument('<proposal>', 'as  naru treasury list  shows it')
    .description(
      "Prints the proposal as EIP-712 typed data (eth_signTypedData_v4), on standard output and nothing else there. An owner checks it and signs it with any wallet, far from this machine; what the wallet returns goes to  naru treasury sign. The Safe's own page shows the same hash.",
    )
    .option('--hash', 'print only the hash')
    .action(async (id: string, options: { hash?: boolean }) => {
      const { proposal } = await withDatabase(context, (db) => requireProposal(db, id));
      if (options.hash === true) return context.output.line(proposal.safeTxHash);
      context.output.line(typedDataTextOf(proposal));
    });
  addExamples(data, [
    [`naru treasury data ${EXAMPLE_ID} > proposal.json`, 'to be signed elsewhere'],
    [`cast wallet sign --ledger --data --from-file proposal.json`, 'with a Ledger, by Foundry'],
  ]);
}

function registerSign(treasury: Command, context: CliContext): void {
  const sign = treasury
    .command('sign')
    .summary("add an owner's signature")
    .argument('<proposal>', 'as  naru treasury list  shows it')
    .argument('<signature>', '0x and 130 hexadecimal digits, as the wallet returned them')
    .description(
      'Finds out which owner signed and keeps the signature. With the last one that the Safe asks for, the proposal is sent. A signature cannot be taken back; reject the proposal instead.',
    )
    .option('--json', 'print one JSON object')
    .action(async (id: string, signature: string, options: Json) => {
      const signed = await withDatabase(context, async (db) => {
        const { proposal } = await requireProposal(db, id);
        return await signProposal({ db }, { proposalId: proposal.id, signature }, auditContextOf(context));
      });
      if (options.json === true)
        return context.output.json({ ...proposalJson(signed.proposal), signedBy: signed.owner });
      context.output.line(
        `Signed by ${signed.owner}. It waits for: ${askedText(signed.proposal, signed.treasury)}.`,
      );
    });
  addExamples(sign, [[`naru treasury sign ${EXAMPLE_ID} 0x3f…1b`, 'of one owner']]);
}

function registerReject(treasury: Command, context: CliContext): void {
  const reject = treasury
    .command('reject')
    .summary('make a signed proposal impossible')
    .argument('<proposal>', 'as  naru treasury list  shows it')
    .description(
      'Proposes nothing for the same nonce of the Safe. Owners sign that instead; once it is executed, the first proposal can never be. For one that nobody has signed yet,  naru treasury cancel  is enough.',
    )
    .requiredOption('--reason <text>', 'why: shown to the owners, and in the audit log')
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: Reasoned) => {
      const reason = reasonOf(options, PROPOSAL_REASON_LENGTH_MAX);
      const { proposal } = await withDatabase(context, async (db) => {
        const target = await requireProposal(db, id);
        const input = { proposalId: target.proposal.id, reason };
        return await proposeRejection(
          { db },
          await readCatalogue(db),
          input,
          auditContextOf(context, reason),
        );
      });
      printProposed(context, proposal, options);
    });
  addExamples(reject, [
    [`naru treasury reject ${EXAMPLE_ID} --reason "wrong amount"`, 'needs signatures of its own'],
  ]);
}

function registerCancel(treasury: Command, context: CliContext): void {
  const cancel = treasury
    .command('cancel')
    .summary('take back a proposal that nobody has signed')
    .argument('<proposal>', 'as  naru treasury list  shows it')
    .description('Takes a proposal back before anybody has signed it.')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: Reasoned) => {
      const reason = reasonOf(options, PROPOSAL_REASON_LENGTH_MAX);
      const proposal = await withDatabase(context, async (db) => {
        const target = await requireProposal(db, id);
        return await cancelProposal(
          { db },
          { proposalId: target.proposal.id },
          auditContextOf(context, reason),
        );
      });
      if (options.json === true) return context.output.json(proposalJson(proposal));
      context.output.line(
        `${toPublicId('treasuryProposal', proposal.id)} is canceled. Nothing was signed, nothing moved.`,
      );
    });
  addExamples(cancel, [[`naru treasury cancel ${EXAMPLE_ID} --reason "typed twice"`, '']]);
}

function registerRecord(treasury: Command, context: CliContext): void {
  const record = addRecordCommand(treasury, context, {
    summary: 'book what happened to a Safe elsewhere',
    description:
      'Books what no proposal of ours says, so that the books say again what the chain says:  received  is money of ours that came in,  paid  is what its owners paid to somebody by themselves,  moved  is what they paid to an account of ours by themselves. What proposals pay is booked by itself.',
    texts: {
      received: (chain) => `received by the treasury of ${chain}, and owned by the house`,
      paid: (chain) => `paid by the treasury of ${chain}, from what the house owns`,
      moved: (chain) => `moved from the treasury of ${chain} to our accounts`,
    } satisfies Record<TreasuryBooking, (chain: string) => string>,
    book: (db, what, { asset, reason, ...said }) =>
      bookElsewhere(
        { db },
        { ...said, what, chainId: asset.chainId, assetId: asset.id },
        auditContextOf(context, reason),
      ),
  });
  addExamples(record, [
    [
      'naru treasury record polygon USDC 1000000 --what received --reason "from cold storage, ticket 77"',
      'what was just sent to the Safe',
    ],
  ]);
}

async function requireProposal(
  db: Parameters<typeof findProposal>[0],
  text: string,
): Promise<{ proposal: Proposal }> {
  const id = fromPublicId('treasuryProposal', text) ?? (UUID_PATTERN.test(text) ? text.toLowerCase() : null);
  const proposal = id === null ? null : await findProposal(db, id);
  if (proposal === null)
    throw new CodedError('proposal_not_found', `there is no proposal "${text}": see  naru treasury list`);
  return { proposal };
}
