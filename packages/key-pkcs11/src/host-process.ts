import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { CodedError } from '@naru/kit/errors.ts';
import type { HostAnswers, HostCall, HostReply, HostRequest } from './pkcs11-messages.ts';
import type { Pkcs11Settings } from './pkcs11-settings.ts';

/** `host_failed`: the process is of no use any more and has been ended. `refused`: this call failed, others may not. */
export type HostError = CodedError<'host_failed' | 'refused'>;

/** One run of the process that has the vendor's library loaded. */
export type HostProcess = {
  /** @throws {HostError} */
  call<Kind extends HostRequest['kind']>(
    request: Extract<HostRequest, { kind: Kind }>,
    timeoutMs: number,
  ): Promise<HostAnswers[Kind]>;
  isRunning(): boolean;
  /** SIGKILL: what hangs in C hears nothing else. */
  end(): void;
};

type Waiting = { resolve(value: HostAnswers[keyof HostAnswers]): void; reject(error: HostError): void };

export function startHost(settings: Pkcs11Settings): HostProcess {
  // Found as a package, so that it is found from a bundle, too.
  const main = createRequire(import.meta.url).resolve('@naru/key-pkcs11/pkcs11-host.ts');
  const child: ChildProcess = fork(main, [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'], // vendors' libraries print what they like
    env: { ...settings.environment(), UV_THREADPOOL_SIZE: String(settings.sessions + 1) },
  });
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let ended: HostError | null = null;

  function end(reason: string): void {
    ended ??= new CodedError('host_failed', reason, { retryable: true });
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
    child.kill('SIGKILL');
  }

  child.on('error', (error) => end(`its process does not run (${error.message})`));
  child.once('exit', (code, signal) => end(`its process ended with ${signal ?? code}`));
  child.on('message', (message) => {
    const reply = message as HostReply;
    const call = waiting.get(reply.callId);
    waiting.delete(reply.callId);
    if (reply.ok) return call?.resolve(reply.value);
    if (reply.fatal) {
      call?.reject(new CodedError('host_failed', reply.message, { retryable: true }));
      return end(reply.message);
    }
    call?.reject(new CodedError('refused', reply.message, { retryable: true }));
  });

  return {
    isRunning: () => ended === null,
    end: () => end('it was ended'),
    async call(request, timeoutMs) {
      if (ended !== null) throw ended;
      calls += 1;
      const callId = calls;
      const answered = Promise.withResolvers<HostAnswers[keyof HostAnswers]>();
      waiting.set(callId, answered);
      const timer = setTimeout(
        () => end(`no answer within ${timeoutMs} ms; its process was ended`),
        timeoutMs,
      );
      try {
        child.send({ callId, request } satisfies HostCall, (error) => {
          if (error !== null) end(`its process cannot be reached (${error.message})`);
        });
        return (await answered.promise) as HostAnswers[typeof request.kind];
      } finally {
        clearTimeout(timer);
        waiting.delete(callId);
      }
    },
  };
}
