import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { secret } from '@naru/kit/secret.ts';
import { localhostCertificate } from '@naru/testkit/localhost-certificate.ts';
import { type MailServer, startMailServer } from '@naru/testkit/mail-server.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { createAlertSender, type SmtpSettings } from './sender.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function mailServer(tls: 'starttls' | 'implicit' | 'none' = 'starttls'): Promise<MailServer> {
  const server = await startMailServer(tls);
  closers.push(() => server.close());
  return server;
}
function senderTo(server: MailServer, change: Partial<SmtpSettings> = {}) {
  const smtp: SmtpSettings = {
    host: '127.0.0.1',
    port: server.port,
    implicitTls: false,
    plain: false,
    user: 'naru',
    password: secret('correct horse'),
    from: 'naru@example.com',
    ca: localhostCertificate,
    ...change,
  };
  return createAlertSender({ smtp });
}
const mail = { messageId: '<almsg_1@naru>', to: ['kim@example.com'], subject: 'S', text: 'one\n.\ntwo\n' };

describe('mail', () => {
  test.each([
    ['STARTTLS', 'starttls', {}],
    ['TLS from the first byte', 'implicit', { implicitTls: true }],
  ] as const)('goes over %s with a password', async (_name, tls, change) => {
    const server = await mailServer(tls);
    expect(await senderTo(server, change).mail(mail)).toEqual({ kind: 'delivered', note: null });
    expect(server.received).toMatchObject([
      { from: 'naru@example.com', to: ['kim@example.com'], secure: true },
    ]);
    expect(server.received[0]?.text).toMatch(/^Message-ID: <almsg_1@naru>\r$/m);
    expect(server.received[0]?.text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(server.received[0]?.text).toContain('one\r\n.\r\ntwo');
  });

  test('arrives in Korean as it was written, with a subject that any program can read', async () => {
    const server = await mailServer();
    const text = `새 알람이 열렸어요:\n\n${'긴급  reserves  '.repeat(12)}\n= ${'-'.repeat(60)}\nNew:\n`;
    await senderTo(server, {}).mail({ ...mail, subject: '[Naru] 긴급 CRITICAL: reserves', text });
    expect(server.received[0]?.body.replaceAll('\r\n', '\n').trimEnd()).toBe(text.trimEnd());
    expect(server.received[0]?.text).toMatch(/^Subject: \[?.*=\?UTF-8\?/m);
    expect(Buffer.from(server.received[0]?.text ?? 'none').every((byte) => byte < 128)).toBe(true);
  });

  test('to a relay without TLS only when that was said; a certificate that nobody signed is not trusted', async () => {
    const relay = await mailServer('none');
    expect(await senderTo(relay, { user: null, password: null }).mail(mail)).toMatchObject({
      kind: 'failed',
    });
    expect(await senderTo(relay, { user: null, password: null, plain: true }).mail(mail)).toMatchObject({
      kind: 'delivered',
    });
    const server = await mailServer();
    expect(await senderTo(server, { ca: null }).mail(mail)).toMatchObject({
      kind: 'failed',
      permanent: false,
    });
    expect(server.received).toEqual([]);
  });

  test('greylisting, a wrong password and a server that is away are tried again; an unknown recipient is not', async () => {
    const server = await mailServer();
    const sender = senderTo(server);
    server.fault = 'greylist';
    expect(await sender.mail(mail)).toMatchObject({
      kind: 'failed',
      permanent: false,
      reason: expect.stringMatching(/451/),
    });
    server.fault = 'unknown-recipients';
    expect(await sender.mail({ ...mail, to: ['nobody@example.com'] })).toMatchObject({
      kind: 'failed',
      permanent: true,
      reason: expect.stringMatching(/550/),
    });
    expect(await sender.mail({ ...mail, to: ['nobody@example.com', 'kim@example.com'] })).toEqual({
      kind: 'delivered',
      note: 'refused for nobody@example.com; the others have it',
    });
    const wrong = senderTo(server, { password: secret('wrong') });
    expect(await wrong.mail(mail)).toMatchObject({
      kind: 'failed',
      permanent: false,
      reason: expect.stringMatching(/535/),
    });
    await server.close();
    expect(await sender.mail(mail)).toMatchObject({ kind: 'failed', permanent: false });
  });

  test('an end that nobody heard is not known: sent again, and the receiver can tell by its Message-ID', async () => {
    const server = await mailServer();
    const sender = senderTo(server);
    server.fault = 'hang-up-after-data';
    expect(await sender.mail(mail)).toMatchObject({ kind: 'failed', permanent: false });
    server.fault = null;
    expect(await sender.mail(mail)).toMatchObject({ kind: 'delivered' });
    expect(server.received.map(({ text }) => /Message-ID: (\S+)/.exec(text)?.[1])).toEqual([
      '<almsg_1@naru>',
      '<almsg_1@naru>',
    ]);
  });

  test('without settings it says which are missing', async () => {
    expect(await createAlertSender({ smtp: null }).mail(mail)).toEqual({
      kind: 'failed',
      permanent: false,
      reason: 'NARU_SMTP_URL is not set for the jobs role',
    });
  });
});

describe('a webhook', () => {
  async function receiver(status: number): Promise<string> {
    const server = createServer((_request, response) => {
      response.writeHead(status, { location: 'https://elsewhere.example.com/' }).end('no');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(() => resolve())));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }
  const post = async (status: number) =>
    createAlertSender({ smtp: null }).post({ url: await receiver(status), headers: {}, body: '{}' });

  test('is delivered by a 2xx; a redirection is a failure, and only 410 is for good', async () => {
    expect(await post(204)).toEqual({ kind: 'delivered', note: null });
    expect(await post(302)).toEqual({ kind: 'failed', permanent: false, reason: 'HTTP 302' });
    expect(await post(500)).toEqual({ kind: 'failed', permanent: false, reason: 'HTTP 500' });
    expect(await post(410)).toEqual({ kind: 'failed', permanent: true, reason: 'HTTP 410' });
  });

  test('a receiver that is away is tried again', async () => {
    const sender = createAlertSender({ smtp: null });
    const result = await sender.post({ url: 'http://127.0.0.1:1/', headers: {}, body: '{}' });
    expect(result).toMatchObject({ kind: 'failed', permanent: false });
  });
});
