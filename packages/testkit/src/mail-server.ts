import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { localhostCertificate, localhostKey } from './localhost-certificate.ts';

export type ReceivedMail = {
  from: string;
  to: string[];
  /** Headers and body as they came. */
  text: string;
  /** The body as a reader sees it. */
  body: string;
  secure: boolean;
};

/** What goes wrong from now on. */
export type MailFault =
  | null
  /** 451 to every recipient, as a server does that wants to see a sender twice. */
  | 'greylist'
  /** 550 to recipients whose address begins with `nobody`. */
  | 'unknown-recipients'
  /** Takes the whole text, keeps it, and hangs up instead of saying so. */
  | 'hang-up-after-data';

export type MailServer = {
  readonly port: number;
  readonly received: ReceivedMail[];
  fault: MailFault;
  close(): Promise<void>;
};

/**
 * An SMTP server with TLS and AUTH (user `naru`, password `correct horse`) that keeps what it takes. `implicit`: TLS from
 * the first byte, else by STARTTLS; `none`: no TLS and no AUTH, as a relay on the same host.
 */
export async function startMailServer(
  tls: 'starttls' | 'implicit' | 'none' = 'starttls',
): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const smtp = new SMTPServer({
    secure: tls === 'implicit',
    key: localhostKey,
    cert: localhostCertificate,
    disabledCommands: tls === 'none' ? ['STARTTLS', 'AUTH'] : [],
    authOptional: tls === 'none',
    disableReverseLookup: true,
    logger: false,
    onAuth({ username, password }, _session, done) {
      if (username === 'naru' && password === 'correct horse') return done(null, { user: username });
      done(Object.assign(new Error('wrong name or password'), { responseCode: 535 }));
    },
    onRcptTo({ address }, _session, done) {
      if (server.fault === 'greylist')
        return done(Object.assign(new Error('greylisted, come again'), { responseCode: 451 }));
      if (server.fault === 'unknown-recipients' && address.startsWith('nobody'))
        return done(Object.assign(new Error('no such user'), { responseCode: 550 }));
      done();
    },
    async onData(stream, session, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      const { mailFrom, rcptTo } = session.envelope;
      const text = Buffer.concat(chunks).toString('utf8');
      received.push({
        from: mailFrom === false ? '' : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        text,
        body: bodyOf(text),
        secure: session.secure,
      });
      if (server.fault === 'hang-up-after-data') {
        for (const connection of connections) connection.destroy();
        return;
      }
      done();
    },
  });
  smtp.on('error', () => undefined); // of connections that end as they should not: that is what is tested
  const listener: Server = smtp.server;
  const connections = new Set<{ destroy(): void }>();
  listener.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  smtp.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const server: MailServer = {
    port: (listener.address() as AddressInfo).port,
    received,
    fault: null,
    close: () =>
      new Promise((resolve) => {
        for (const connection of connections) connection.destroy();
        smtp.close(() => resolve());
      }),
  };
  return server;
}

/** Of a mail with one part of text. Source: RFC 2045, 6.7 and 6.8. */
function bodyOf(text: string): string {
  const end = text.indexOf('\r\n\r\n');
  const body = text.slice(end + 4);
  const encoding = /^Content-Transfer-Encoding: *(\S+)/im.exec(text.slice(0, end))?.[1]?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
