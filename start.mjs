/**
 * The launcher behind `npm start` and `npm test`. It runs on Node 20 with nothing installed: it installs the packages
 * when they do not match the lockfile, then hands over to the Node 24 among them.
 */
const NODE_MAJOR_MIN = 20;

const major = Number.parseInt(process.versions.node, 10);
if (major < NODE_MAJOR_MIN) {
  console.error(
    `Naru needs Node ${NODE_MAJOR_MIN} or later to start, and this is Node ${process.versions.node}.\n` +
      'Install a current one from https://nodejs.org (or: nvm install --lts) and try again.',
  );
  process.exit(1);
}
// Imported only now, so that an old Node shows the text above and not a syntax error.
const { launch } = await import('./tools/launcher/launch.mjs');
await launch(import.meta.dirname ?? new URL('.', import.meta.url).pathname, process.argv.slice(2));
