import path from 'node:path';

/**
 * The environment for npm: without the repository's own `node_modules/.bin`, where `npm start` puts it first. Its Node 24
 * must not run the npm that replaces it.
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentForNpm(root) {
  const inside = path.join(root, 'node_modules') + path.sep;
  const entries = searchPath().filter((entry) => !`${path.resolve(entry)}${path.sep}`.startsWith(inside));
  return { ...process.env, PATH: entries.join(path.delimiter) };
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
