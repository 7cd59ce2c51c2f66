import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { environmentForNpm } from './environment.mjs';
import { withInstallLock } from './install-lock.mjs';
import { LaunchProblem } from './launch-problem.mjs';

/** Written after an install, removed before one: an install that was interrupted leaves none. */
const STAMP_NAME = '.naru-install';
/** npm's own record of what is in node_modules, which it writes last. */
const RECORD_NAME = '.package-lock.json';
/**
 * `npm ci` refuses a lockfile without the optional packages of other systems, which it is when the registry it was made
 * from did not have them yet. `npm install --no-save` takes the same versions from the lockfile, checks the same
 * hashes, and leaves the lockfile as it is. Errors only: npm's warnings about scripts and old packages are for those
 * who change the dependencies.
 */
const NPM_ARGUMENTS = [
  'install',
  '--no-save',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--loglevel=error',
];

/**
 * Installs the packages unless those that are there are those of the lockfile, for this system.
 * @param {string} root
 */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  await withInstallLock(path.join(root, '.naru'), async () => {
    if (isInstalled(root)) return; // somebody else did it while we waited
    if (!isInstalledByHand(root)) await install(root);
    mkdirSync(path.join(root, 'node_modules'), { recursive: true });
    writeFileSync(stampFile(root), wantedStamp(root));
  });
}

/** @param {string} root */
function isInstalled(root) {
  return existsSync(stampFile(root)) && readFileSync(stampFile(root), 'utf8') === wantedStamp(root);
}

/** @param {string} root */
function stampFile(root) {
  return path.join(root, 'node_modules', STAMP_NAME);
}

/** @param {string} root */
function wantedStamp(root) {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  return `${hash} ${process.platform} ${process.arch}\n`;
}

/**
 * Whether npm was run by hand to the same result: its record of what is in node_modules must name the versions of the
 * lockfile. Packages for other systems are in the lockfile only.
 * @param {string} root
 */
function isInstalledByHand(root) {
  const recordFile = path.join(root, 'node_modules', RECORD_NAME);
  if (!existsSync(recordFile) || !existsSync(path.join(root, 'node_modules', '.bin', 'node'))) return false;
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const present = readPackages(recordFile);
  for (const [name, entry] of Object.entries(wanted)) {
    if (name === '') continue;
    const found = present[name];
    if (found === undefined ? entry.optional !== true : found.version !== entry.version) return false;
  }
  return true;
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/** @param {string} root */
async function install(root) {
  const modules = path.join(root, 'node_modules');
  process.stderr.write(
    'Installing the packages with npm: about a minute, only at first and when they changed …\n',
  );
  const startedMs = performance.now();
  rmSync(stampFile(root), { force: true });
  // Without npm's record the folder is the rest of an install that was cut off, with files missing in any package.
  if (!existsSync(path.join(modules, RECORD_NAME))) rmSync(modules, { recursive: true, force: true });
  const result = await runNpm(root);
  if (result === 'interrupted')
    throw new LaunchProblem('Interrupted. The next start installs from the beginning.');
  if (result !== 0) throw installFailed(root, result);
  process.stderr.write(`Installed in ${Math.round((performance.now() - startedMs) / 1000)} s.\n`);
}

/**
 * @param {string} root
 * @returns {Promise<number | 'interrupted'>} the exit code
 */
function runNpm(root) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', NPM_ARGUMENTS, {
      cwd: root,
      env: environmentForNpm(root),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    let isInterrupted = false;
    // npm is in our process group, so Ctrl-C reaches it anyway; a signal sent to us alone does not.
    const passOn = () => {
      isInterrupted = true;
      child.kill('SIGTERM');
    };
    process.on('SIGINT', passOn).on('SIGTERM', passOn).on('SIGHUP', passOn);
    const finish = () => process.off('SIGINT', passOn).off('SIGTERM', passOn).off('SIGHUP', passOn);
    child.once('error', (error) => {
      finish();
      reject(
        new LaunchProblem(`npm cannot be run: ${error.message}\nIt comes with Node: https://nodejs.org`),
      );
    });
    child.once('exit', (code) => {
      finish();
      resolve(isInterrupted ? 'interrupted' : (code ?? 1));
    });
  });
}

/**
 * @param {string} root
 * @param {number} code
 */
function installFailed(root, code) {
  return new LaunchProblem(
    `npm could not install the packages (exit code ${code}); what it said stands above.\n\n` +
      'What usually helps:\n' +
      '  no network or a proxy      npm ping        must answer; set npm\'s "proxy" or "registry" if it does not\n' +
      '  permission denied          the folder belongs to another user: run as that user, or clone it again\n' +
      '  disk full                  the packages need about 1 GB\n' +
      `Then start again, or run \`npm install\` in ${root} to see everything npm says.`,
  );
}
