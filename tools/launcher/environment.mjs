import path from 'node:path';

/**
 * The environment for npm: without the repository's own `node_modules/.bin`, where `npm start` puts it first. Its Node 24
 * must not run the npm that replaces it. What is compiled is compiled with the headers that come with that Node 24, and
 * not with headers from the network.
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentForNpm(root) {
  const inside = path.join(root, 'node_modules') + path.sep;
  const entries = searchPath().filter((entry) => !`${path.resolve(entry)}${path.sep}`.startsWith(inside));
  return { ...process.env, ...headersOf(root), PATH: entries.join(path.delimiter) };
}

/**
 * They are there before anything is compiled: the package `node` fetches them in its `preinstall`. Not on Windows.
 * @param {string} root
 */
function headersOf(root) {
  if (process.platform === 'win32') return {};
  const packages = path.join(path.resolve(root), 'node_modules', 'node', 'node_modules');
  return { npm_config_nodedir: path.join(packages, `node-${process.platform}-${process.arch}`) };
}

/**
 * The environment for our own programs: `node` and the tools of the repository come first.
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentForUs(root) {
  return {
    ...process.env,
    PATH: [path.join(root, 'node_modules', '.bin'), ...searchPath()].join(path.delimiter),
  };
}

function searchPath() {
  return (process.env.PATH ?? '').split(path.delimiter).filter((entry) => entry !== '');
}
