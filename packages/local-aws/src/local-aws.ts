import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from './aws-error.ts';
import { createFaults, type Fault, type FaultKind } from './faults.ts';
import { createKms } from './kms-operations.ts';
import { createSecrets } from './secrets-operations.ts';
import { type Credentials, checkSigV4 } from './sigv4.ts';

export type LocalAws = {
  readonly url: string;
  readonly port: number;
  setFaults(faults: readonly Fault[]): void;
  /** Calls by operation since the start, refused and repeated ones included. */
  calls(): Readonly<Record<string, number>>;
  /** Does what an administrator of the account would do, without HTTP. */
  administer(operation: string, input: Record<string, unknown>): Record<string, unknown>;
  stop(): Promise<void>;
};

export type LocalAwsOptions = {
  port?: number;
  region?: string;
  account?: string;
  credentials?: Credentials;
};

export const DEFAULT_REGION = 'eu-central-1';
export const DEFAULT_CREDENTIALS: Credentials = {
  accessKeyId: 'AKIALOCALAWS00000001',
  secretAccessKey: 'a-secret-of-the-local-server-only',
};
const BODY_BYTES_MAX = 1024 * 1024;
const TARGETS: Readonly<Record<string, string>> = { TrentService: 'kms', secretsmanager: 'secretsmanager' };

/** Speaks the KMS and Secrets Manager APIs (AWS JSON 1.1) on this machine, with everything in memory. See README.md */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const region = options.region ?? DEFAULT_REGION;
  const account = options.account ?? '111122223333';
  const credentials = options.credentials ?? DEFAULT_CREDENTIALS;
  const kms = createKms({ region, account });
  const secrets = createSecrets({ region, account });
  const faults = createFaults();
  const calls: Record<string, number> = {};

  const carryOut = (
    service: string,
    operation: string,
    input: Record<string, unknown>,
    fault: FaultKind | null,
  ) => (service === 'kms' ? kms.call(operation, input, fault) : secrets.call(operation, input));

  function judge(
    request: IncomingMessage,
    body: Buffer,
  ): { service: string; operation: string; input: Record<string, unknown> } {
    const [prefix = '', operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const service = TARGETS[prefix];
    if (request.method !== 'POST' || service === undefined || operation === '')
      throw new AwsError('UnknownOperationException', '');
    calls[operation] = (calls[operation] ?? 0) + 1;
    const problem = checkSigV4(request, body, { credentials, region, service, nowMs: Date.now() });
    if (problem !== null)
      throw new AwsError(
        problem,
        'The request signature we calculated does not match the signature you provided.',
      );
    if (request.headers['content-type'] !== 'application/x-amz-json-1.1')
      throw new AwsError('SerializationException', 'expected application/x-amz-json-1.1');
    return { service, operation, input: JSON.parse(body.toString('utf8')) as Record<string, unknown> };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request) {
      bytes += (chunk as Buffer).length;
      if (bytes > BODY_BYTES_MAX) return void request.destroy();
      chunks.push(chunk as Buffer);
    }
    const body = Buffer.concat(chunks);
    // For whoever starts it as a program: switches and an administrator, for this machine only.
    if (request.url === '/_faults') {
      faults.set(JSON.parse(body.toString('utf8')) as Fault[]);
      return send(response, 200, {});
    }
    const { service, operation, input } = judge(request, body);
    const fault = faults.take(operation);
    if (fault === 'hang') return;
    if (fault === 'throttle') throw new AwsError('ThrottlingException', 'Rate exceeded');
    if (fault === 'internal') throw new AwsError('KMSInternalException', '', 500);
    const answer = carryOut(service, operation, input, fault);
    if (fault === 'lose') return void request.socket.destroy();
    send(response, 200, answer);
  }

  const server: Server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
      send(response, known.status, { __type: known.type, message: known.message });
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    setFaults: faults.set,
    calls: () => ({ ...calls }),
    administer: (operation, input) =>
      carryOut(/Secret/.test(operation) ? 'secretsmanager' : 'kms', operation, input, null),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}
