import { readFile, writeFile } from 'node:fs/promises';
import { assertPresent } from '@naru/kit/assert.ts';
import { secret } from '@naru/kit/secret.ts';
import { createSignerClient, type SignerClient } from '@naru/signer-protocol/client.ts';
import { eventually, type Stack } from './stack.ts';

/** To ask the signer of a stack itself. */
export async function connectSigner(stack: Stack): Promise<SignerClient> {
  const token = secret((await readFile(stack.signerHome.tokenFile, 'utf8')).trim());
  return createSignerClient({ url: stack.workerEnv['NARU_SIGNER_URL'] ?? '', token, timeoutMs: 30_000 });
}

/** Changes the policy file as an operator does, while the signer runs. In force when this resolves. */
export async function changePolicy(
  stack: Stack,
  signer: Pick<SignerClient, 'readPolicy'>,
  change: (present: Record<string, unknown>) => object,
): Promise<void> {
  const file = assertPresent(stack.signerHome.env['NARU_SIGNER_POLICY_FILE'], 'policy file');
  const before = (await signer.readPolicy()).sha256;
  const present = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify(change(present)), { mode: 0o600 });
  stack.signalSigner('SIGHUP');
  await eventually('the policy in force', async () => {
    const { sha256, problem } = await signer.readPolicy();
    if (problem !== null) throw new Error(problem);
    return sha256 === before ? null : true;
  });
}
