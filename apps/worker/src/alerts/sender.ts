import { SEND_TIMEOUT_MS } from '@naru/core/alert/alert.limits.ts';
import type { AlertSender, Mail, SendResult, Webhook } from '@naru/core/alert/alert.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Secret } from '@naru/kit/secret.ts';

export type SmtpSettings = Readonly<{
  host: string;
  port: number;
  /** TLS from the first byte. Otherwise STARTTLS, which is required unless `plain`. */
  implicitTls: boolean;
  /** For a relay on this host: without TLS. */
  plain: boolean;
  user: string | null;
  password: Secret | null;
  from: string;
  /** Certificates to trust instead of the system's, PEM. */
  ca: string | null;
}>;

/** Characters of a refusal that are read: it is for people. */
const ANSWER_CHARACTERS_MAX = 300;
/** Nobody who says this will take it later. Source: RFC 9110, 15.5.11; Standard Webhooks, on 410. */
const GONE = 410;

/** The two ways out: POST, and mail over SMTP. The client for mail is loaded when the first one is to be sent. */
export function createAlertSender(settings: {
  smtp: SmtpSettings | null;
  fetch?: typeof globalThis.fetch;
}): AlertSender {
  const { smtp } = settings;
  return {
    post: (webhook) => post(settings.fetch ?? fetch, webhook),
    async mail(mail) {
      if (smtp !== null) return await send(smtp, mail);
      return { kind: 'failed', permanent: false, reason: 'NARU_SMTP_URL is not set for the jobs role' };
    },
  };
}

/** Redirections are refused: the signature is for the address that was configured. */
async function post(send: typeof globalThis.fetch, { url, headers, body }: Webhook): Promise<SendResult> {
  try {
    const response = await send(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return { kind: 'delivered', note: null };
    return { kind: 'failed', permanent: response.status === GONE, reason: `HTTP ${response.status}` };
  } catch (error) {
    return { kind: 'failed', permanent: false, reason: errorText(error).slice(0, ANSWER_CHARACTERS_MAX) };
  }
}

/** One connection for each mail: they are few, and none is kept open for the day after tomorrow. */
async function send(smtp: SmtpSettings, mail: Mail): Promise<SendResult> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.implicitTls,
    requireTLS: !smtp.implicitTls && !smtp.plain,
    ignoreTLS: smtp.plain,
    connectionTimeout: SEND_TIMEOUT_MS,
    greetingTimeout: SEND_TIMEOUT_MS,
    socketTimeout: SEND_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(smtp.user === null ? {} : { auth: { user: smtp.user, pass: smtp.password?.reveal() ?? '' } }),
    ...(smtp.ca === null ? {} : { tls: { ca: smtp.ca } }),
  });
  try {
    const { rejected } = await transport.sendMail({
      from: smtp.from,
      to: [...mail.to],
      subject: mail.subject,
      text: mail.text,
      messageId: mail.messageId,
      // Nobody's holiday answers an alarm. Source: RFC 3834, 5.
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    return {
      kind: 'delivered',
      note: rejected.length === 0 ? null : `refused for ${rejected.join(', ')}; the others have it`,
    };
  } catch (error) {
    return classify(error);
  } finally {
    transport.close();
  }
}

/**
 * A refusal of every recipient or of the message with a code of 5xx is for good. All else is tried again: 4xx (greylisting
 * among them), connections that fail, and an end after the text was sent, of which nobody knows whether it was taken. A
 * wrong password is 5xx too, and can be put right.
 */
function classify(error: unknown): SendResult {
  const { responseCode, command, code } = error as {
    responseCode?: number;
    command?: string;
    code?: string;
  };
  const isAboutMessage =
    command === 'RCPT TO' || command === 'DATA' || code === 'EENVELOPE' || code === 'EMESSAGE';
  const permanent = isAboutMessage && responseCode !== undefined && responseCode >= 500;
  return { kind: 'failed', permanent, reason: errorText(error).slice(0, ANSWER_CHARACTERS_MAX) };
}
