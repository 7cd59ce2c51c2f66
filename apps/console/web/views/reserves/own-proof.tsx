import { verifyReservesProof } from '@naru/sdk/reserves.ts';
import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { useMutation } from '@tanstack/react-query';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Amount } from '../../primitives/amount.tsx';
import { ProblemBanner } from '../../primitives/problem.tsx';
import { reservesTexts } from './reserves.texts.ts';

/** Reckons the proof of the organisation's own balances again, here in the browser. */
export function OwnProof() {
  const words = useTexts(reservesTexts);
  const me = useMe();
  const check = useMutation({
    mutationFn: async () => {
      const proof = await naru.reserves.proof();
      const verified = await verifyReservesProof(proof);
      return proof.assets.map((asset, index) => ({ ...asset, problem: verified[index]?.problem ?? null }));
    },
  });
  if (!me.can('deposits:read')) return null;
  return (
    <Card
      title={words.own}
      actions={
        <Button variant="outline" isPending={check.isPending} onPress={() => check.mutate()}>
          {words.verify}
        </Button>
      }
    >
      <p className="text-sm">{words.verifyHint}</p>
      <div role="status" className="mt-3 flex flex-col gap-2 text-sm">
        {check.isError ? <ProblemBanner error={check.error} /> : null}
        {check.data?.length === 0 ? words.noBalances : null}
        {(check.data ?? []).map((asset) => (
          <div
            key={`${asset.chain} ${asset.asset}`}
            className="flex flex-wrap items-center justify-between gap-2"
          >
            <span>
              <Amount amount={asset.amount} asset={asset.asset} /> · {asset.chain}
            </span>
            <StatusChip tone={asset.problem === null ? 'good' : 'bad'}>
              {asset.problem === null ? words.verified : `${words.notVerified}: ${asset.problem}`}
            </StatusChip>
          </div>
        ))}
      </div>
    </Card>
  );
}
