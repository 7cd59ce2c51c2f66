import type { Column } from '@naru/ui/data-table.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { Checkbox } from '@naru/ui/toggle.tsx';
import type { OperatedAssetBody, OperatedChainBody } from '@naru/wire/operated-asset.ts';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatAmount, formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Page } from '../../primitives/page.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { TableCard } from '../../primitives/table-card.tsx';
import { assetTexts } from './asset.texts.ts';
import { AssetVerbs, SwitchChain } from './asset-verbs.tsx';
import { ProbeResult, ProbeToken } from './token-probe.tsx';

export function AssetListView() {
  const words = useTexts(assetTexts);
  const me = useMe();
  const navigate = useNavigate();
  const canChange = me.can('admin');
  const { all = false } = useSearch({ from: '/shell/assets' });
  const [probeId, setProbeId] = useState<string | null>(null);
  const chains = useQuery({
    queryKey: ['chains'],
    queryFn: ({ signal }) => naru.admin.chains.list({ signal }),
  });
  const assets = useQuery({
    queryKey: ['assets'],
    queryFn: ({ signal }) => naru.admin.assets.list({ signal }),
  });
  const connected = useMemo(
    () => new Set((chains.data ?? []).filter((one) => one.configured).map((one) => one.chain)),
    [chains.data],
  );
  const chainColumns = useChainColumns(canChange);
  const assetColumns = useAssetColumns(canChange);
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        canChange ? (
          <ProbeToken chains={[...connected]} onAsked={setProbeId} />
        ) : (
          <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>
        )
      }
    >
      {probeId === null ? null : <ProbeResult id={probeId} onClose={() => setProbeId(null)} />}
      <Checkbox
        isSelected={all}
        onChange={(isAll) => void navigate({ to: '.', search: isAll ? { all: true } : {}, replace: true })}
      >
        {words.showAll}
      </Checkbox>
      <TableCard
        query={chains}
        title={words.chains}
        columns={chainColumns}
        rowsOf={(list) => list.filter((one) => all || one.configured)}
        rowId={(row) => row.chain}
        empty={{ title: words.emptyChains, hint: words.emptyChainsHint }}
      />
      <TableCard
        query={assets}
        title={words.assets}
        columns={assetColumns}
        rowsOf={(list) => list.filter((one) => all || connected.has(one.chain))}
        rowId={(row) => `${row.chain} ${row.asset}`}
        empty={{ title: words.empty, hint: words.emptyHint }}
      />
    </Page>
  );
}

function useChainColumns(canChange: boolean): Column<OperatedChainBody>[] {
  const words = useTexts(assetTexts);
  return useMemo<Column<OperatedChainBody>[]>(
    () => [
      {
        id: 'name',
        header: words.chain,
        isKey: true,
        width: 14,
        cell: (row) => `${row.name} (${row.chain})`,
      },
      {
        id: 'state',
        header: words.state,
        width: 10,
        cell: (row) =>
          !row.configured ? (
            <StatusChip tone="idle">{words.notConfigured}</StatusChip>
          ) : row.accepting ? (
            <StatusChip tone="good">{words.accepting}</StatusChip>
          ) : (
            <StatusChip tone="warn">{words.notAccepting}</StatusChip>
          ),
      },
      { id: 'network', header: words.network, width: 6, cell: (row) => words[row.network] },
      { id: 'id', header: words.evmChainId, align: 'end', width: 7, cell: (row) => String(row.evmChainId) },
      {
        id: 'contract',
        header: words.contract,
        width: 13,
        cell: (row) => (row.payoutContract === null ? '—' : <ShortId text={row.payoutContract} />),
      },
      ...(canChange
        ? [
            {
              id: 'actions',
              header: words.actions,
              width: 8,
              cell: (row: OperatedChainBody) => (row.configured ? <SwitchChain chain={row} /> : '—'),
            },
          ]
        : []),
    ],
    [words, canChange],
  );
}

function useAssetColumns(canChange: boolean): Column<OperatedAssetBody>[] {
  const words = useTexts(assetTexts);
  return useMemo<Column<OperatedAssetBody>[]>(
    () => [
      {
        id: 'asset',
        header: words.asset,
        isKey: true,
        width: 10,
        cell: (row) => `${row.asset} · ${row.chain}`,
      },
      {
        id: 'state',
        header: words.state,
        width: 8,
        cell: (row) => (
          <StatusChip tone={row.enabled ? 'good' : 'idle'}>
            {row.enabled ? words.enabled : words.disabled}
          </StatusChip>
        ),
      },
      {
        id: 'token',
        header: words.token,
        width: 13,
        cell: (row) => (row.address === null ? words.coin : <ShortId text={row.address} />),
      },
      {
        id: 'minimum',
        header: words.minimum,
        align: 'end',
        width: 13,
        cell: (row) => formatAmount(row.minimum),
      },
      {
        id: 'maximum',
        header: words.maximum,
        align: 'end',
        width: 10,
        cell: (row) => (row.maximum === null ? words.none : formatAmount(row.maximum)),
      },
      { id: 'decimals', header: words.decimals, align: 'end', width: 6, cell: (row) => row.decimals },
      { id: 'gas', header: words.gas, align: 'end', width: 7, cell: (row) => formatCount(row.gasPerItem) },
      ...(canChange
        ? [
            {
              id: 'actions',
              header: words.actions,
              width: 7,
              cell: (row: OperatedAssetBody) => <AssetVerbs asset={row} />,
            },
          ]
        : []),
    ],
    [words, canChange],
  );
}
