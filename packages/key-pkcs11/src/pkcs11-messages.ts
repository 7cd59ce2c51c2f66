/** What travels between the signer and the process that has the vendor's library loaded. */

export type OpenOptions = { library: string; tokenLabel: string; pin: string; sessions: number };

/** A private key and the public one with the same CKA_ID, as the token describes them; nothing is checked yet. */
export type TokenKey = {
  /** CKA_ID as hex digits: how the key is named from now on, since handles change. */
  id: string;
  label: string;
  ecParams: Uint8Array;
  /** CKA_EC_POINT of the public key; null when there is no public key. */
  ecPoint: Uint8Array | null;
};

export type HostRequest =
  | { kind: 'open'; options: OpenOptions }
  | { kind: 'list' }
  | { kind: 'sign'; keyId: string; digest: Uint8Array }
  | { kind: 'generate'; label: string; keyId: string };
export type HostAnswers = { open: null; list: TokenKey[]; sign: Uint8Array; generate: null };

export type HostCall = { callId: number; request: HostRequest };
/** `fatal`: token, sessions or library are in no state to go on with. */
export type HostReply =
  | { callId: number; ok: true; value: HostAnswers[keyof HostAnswers] }
  | { callId: number; ok: false; message: string; fatal: boolean };
