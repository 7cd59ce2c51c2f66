import { DEFAULT_CREDENTIALS, DEFAULT_REGION, startLocalAws } from './local-aws.ts';

/** `node packages/local-aws/src/main.ts [port]`: runs until it is stopped. See README.md */
const server = await startLocalAws({ port: Number(process.argv[2] ?? 4599) });
const { accessKeyId, secretAccessKey } = DEFAULT_CREDENTIALS;
process.stdout.write(
  `KMS and Secrets Manager at ${server.url}\nregion ${DEFAULT_REGION}, access key ${accessKeyId}, secret access key ${secretAccessKey}\n`,
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.stop());
