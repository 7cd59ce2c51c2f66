import { Card } from '@naru/ui/card.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { OverviewBody } from '@naru/wire/overview.ts';
import { useMemo } from 'react';
import { formatCount, formatShare } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { Time } from '../../primitives/time.tsx';
import { overviewTexts } from './overview.texts.ts';

type ChainBlocks = OverviewBody['blocks'][number];
type Provider = OverviewBody['providers'][number];

/** How full the last blocks are, and how much of them is ours. */
export function BlocksCard({ chains }: { chains: readonly ChainBlocks[] }) {
  const words = useTexts(overviewTexts);
  return (
    <Card title={words.blocks}>
      {chains.length === 0 ? (
        <p className="text-sm text-muted">{words.noBlocks}</p>
      ) : (
        <div className="flex flex-col gap-4">
          {chains.map((one) => (
            <ChainFill key={one.chain} chain={one} />
          ))}
        </div>
      )}
    </Card>
  );
}

function ChainFill({ chain: { chain, blocks } }: { chain: ChainBlocks }) {
  const words = useTexts(overviewTexts);
  const last = blocks.at(-1);
  if (last === undefined) return <p className="text-sm text-muted">{words.noBlocks}</p>;
  const average = blocks.reduce((sum, block) => sum + block.fill, 0) / blocks.length;
  const known = blocks.flatMap((block) => (block.ours === null ? [] : [block.ours]));
  const ours = known.length === 0 ? null : known.reduce((sum, share) => sum + share, 0) / known.length;
  const summary = words.blocksSummary(
    chain,
    String(blocks.length),
    formatShare(average),
    formatShare(last.fill),
  );
  return (
    <figure className="m-0 flex flex-col gap-2">
      <figcaption className="flex flex-wrap justify-between gap-x-4 text-sm">
        <span className="font-medium">{chain}</span>
        <span className="tabular text-muted">
          {words.lastBlock(formatCount(BigInt(last.number)))} · <Time at={last.at} />
        </span>
      </figcaption>
      <div role="img" aria-label={summary} className="flex h-20 items-end gap-px">
        {blocks.map((block) => (
          <span
            key={block.number}
            title={`${block.number}: ${formatShare(block.fill)}`}
            className="flex h-full min-w-0 flex-1 flex-col justify-end bg-idle-soft"
          >
            <span
              className="relative w-full bg-accent"
              style={{ height: `${Math.min(100, block.fill * 100)}%` }}
            />
          </span>
        ))}
      </div>
      <p className="tabular flex flex-wrap gap-x-4 text-xs text-muted">
        <span>
          {words.average} {formatShare(average)}
        </span>
        <span>
          {words.ours} {ours === null ? '—' : formatShare(ours)}
        </span>
      </p>
    </figure>
  );
}

export function ProvidersCard({ providers }: { providers: readonly Provider[] }) {
  const words = useTexts(overviewTexts);
  const locale = useLocale();
  const columns = useMemo<Column<Provider>[]>(
    () => [
      {
        id: 'provider',
        header: words.provider,
        isKey: true,
        width: 11,
        cell: (row) => `${row.chain} · ${row.provider}`,
      },
      {
        id: 'state',
        header: words.state,
        width: 8,
        cell: (row) => (
          <span title={row.problem ?? words.partly(String(row.usableBy), String(row.askedBy))}>
            <StatusChip tone={row.up ? (row.usableBy < row.askedBy ? 'warn' : 'good') : 'bad'}>
              {row.up ? words.up : words.down}
            </StatusChip>
          </span>
        ),
      },
      {
        id: 'height',
        header: words.height,
        width: 6,
        align: 'end',
        cell: (row) => (row.height === null ? '—' : formatCount(BigInt(row.height))),
      },
      {
        id: 'lag',
        header: words.lag,
        width: 6,
        align: 'end',
        cell: (row) => (row.lagBlocks === null ? '—' : words.lagBlocks(formatCount(row.lagBlocks))),
      },
      {
        id: 'latency',
        header: words.responseTime,
        width: 6,
        align: 'end',
        cell: (row) => (row.latencyMs === null ? '—' : formatDuration(row.latencyMs, locale)),
      },
      {
        id: 'errors',
        header: words.errorRate,
        width: 5,
        align: 'end',
        cell: (row) => (row.errorRate === null ? '—' : formatShare(row.errorRate)),
      },
    ],
    [words, locale],
  );
  return (
    <div id="providers" className="min-w-0 scroll-mt-16">
      <Card title={words.providers} isFlush>
        <DataTable
          label={words.providers}
          columns={columns}
          rows={providers}
          rowId={(row) => `${row.chain} ${row.provider}`}
          maxHeight="20rem"
        />
      </Card>
    </div>
  );
}

export function InstancesCard({ instances, asOf }: { instances: OverviewBody['instances']; asOf: string }) {
  const words = useTexts(overviewTexts);
  const locale = useLocale();
  return (
    <div id="instances" className="scroll-mt-16">
      <Card title={words.instances}>
        {instances.length === 0 ? (
          <p className="text-sm text-muted">{words.noInstances}</p>
        ) : (
          <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-5">
            {instances.map((one) => (
              <li key={one.instance} className="min-w-0 text-sm">
                <p className="truncate font-medium">{one.instance}</p>
                <p className="truncate text-xs text-muted">{one.roles.join(', ')}</p>
                <p className="tabular text-xs text-muted">
                  {words.seen(formatDuration(Math.max(0, Date.parse(asOf) - Date.parse(one.seenAt)), locale))}
                </p>
                <p className="text-xs text-muted">
                  {words.since} <Time at={one.startedAt} />
                </p>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </div>
  );
}
