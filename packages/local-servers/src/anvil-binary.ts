import { createRequire } from 'node:module';

const ARCH_NAMES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/** The native program. The package's own `anvil` is a Node script in front of it, which would swallow SIGKILL. */
export function locateAnvil(): string {
  const name = `@foundry-rs/anvil-${process.platform}-${ARCH_NAMES[process.arch] ?? process.arch}`;
  try {
    const fromWrapper = createRequire(
      createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'),
    );
    return fromWrapper.resolve(`${name}/bin/anvil`);
  } catch (error) {
    throw new Error(
      `the package ${name} with the Anvil program is not installed. ` +
        'Run `npm ci` without --omit=optional, or use the RPC URL of a chain that runs elsewhere.',
      { cause: error },
    );
  }
}
