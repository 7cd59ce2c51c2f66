import path from 'node:path';

export const CONSOLE_PORT_DEFAULT = 4_000;

/**
 * How the console's server is started. It reads its own program and the built pages and writes nothing, so that a page
 * that is taken over finds no file behind it. Source: https://nodejs.org/docs/latest-v24.x/api/permissions.html
 */
export function consoleCommand(options: {
  root: string;
  /** Of the built pages. */
  dir: string;
  apiUrl: string;
  host?: string;
  port: number;
}): { command: string; args: string[]; env: Record<string, string> } {
  const root = path.resolve(options.root);
  const readable = [
    path.join(root, 'apps', 'console') + path.sep,
    path.join(root, 'packages') + path.sep,
    path.join(root, 'node_modules') + path.sep,
    path.join(root, 'package.json'),
    path.resolve(options.dir) + path.sep,
    path.resolve(options.dir),
  ];
  return {
    command: path.join(root, 'node_modules', '.bin', 'node'),
    args: [
      '--permission',
      ...readable.map((file) => `--allow-fs-read=${file}`),
      path.join(root, 'apps', 'console', 'src', 'main.ts'),
    ],
    env: {
      NARU_CONSOLE_DIR: path.resolve(options.dir),
      NARU_CONSOLE_API_URL: options.apiUrl,
      NARU_PORT: String(options.port),
      ...(options.host === undefined ? {} : { NARU_HOST: options.host }),
    },
  };
}
