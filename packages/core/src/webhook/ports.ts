/** A message on its way out: one POST, signed. */
export type OutgoingMessage = {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  timeoutMs: number;
  signal: AbortSignal;
};

/** What came of it. Nothing is thrown: whatever happens out there is one of these. */
export type SendResult =
  | {
      kind: 'answered';
      status: number;
      headers: Record<string, string>;
      /** Its beginning. */
      body: string;
      /** That was connected to. */
      address: string | null;
    }
  /** Nothing was sent: the address, or what its name leads to, is none that we call. */
  | { kind: 'blocked'; error: string }
  /** Nothing was sent: there was no connection. */
  | { kind: 'unreached'; error: string }
  /** It was sent, or part of it, and no whole answer came. */
  | { kind: 'unanswered'; error: string };

export type WebhookSender = (message: OutgoingMessage) => Promise<SendResult>;

/** What is wrong with an address that an organisation names, as the code of a field problem; null: nothing. */
export type FindUrlProblem = (url: string) => WebhookUrlProblem | null;
export type WebhookUrlProblem =
  | 'url_malformed'
  | 'url_not_https'
  | 'url_credentials'
  | 'url_port'
  | 'url_not_public';
