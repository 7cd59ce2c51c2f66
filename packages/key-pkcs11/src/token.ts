import type * as Pkcs11Js from 'pkcs11js';
import type { OpenOptions, TokenKey } from './pkcs11-messages.ts';

/** An opened token of the vendor's library: sessions that are logged in, and the keys of elliptic curves on it. */
export type Token = {
  list(): TokenKey[];
  /** r | s. */
  sign(keyId: string, digest: Uint8Array): Promise<Uint8Array>;
  generate(keyId: string, label: string): void;
};

type Handle = Pkcs11Js.Handle;

const SIGNATURE_BYTES = 64;
/** CKA_EC_PARAMS of secp256k1: OBJECT IDENTIFIER 1.3.132.0.10. Source: SEC 2, A.2.1 */
const SECP256K1_PARAMS = Buffer.from('06052b8104000a', 'hex');

export async function openToken(options: OpenOptions): Promise<Token> {
  const pkcs11 = await loadAddon();
  const lib = new pkcs11.PKCS11();
  lib.load(options.library);
  lib.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
  const slot = findSlot(lib, options.tokenLabel);
  const sessions = Array.from({ length: options.sessions }, () =>
    lib.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION),
  );
  const [first] = sessions;
  if (first === undefined) throw new Error('no session was asked for');
  lib.C_Login(first, pkcs11.CKU_USER, options.pin); // for all sessions of this process
  let keys = findKeys(pkcs11, lib, first);

  return {
    list() {
      keys = findKeys(pkcs11, lib, first);
      return keys.map(({ handle: _, ...key }) => key);
    },
    async sign(keyId, digest) {
      const key = keys.find((one) => one.id === keyId);
      if (key === undefined) throw new Error(`no such key: ${keyId}`);
      const session = sessions.pop();
      if (session === undefined) throw new Error('more signatures than sessions');
      const [input, output] = [Buffer.from(digest), Buffer.alloc(2 * SIGNATURE_BYTES)];
      lib.C_SignInit(session, { mechanism: pkcs11.CKM_ECDSA }, key.handle);
      const signed = await lib.C_SignAsync(session, input, output);
      const signature = Uint8Array.from(signed);
      // The addon keeps bare pointers to both while the thread runs: they must be reachable until here.
      input.fill(0);
      output.fill(0);
      sessions.push(session); // one that failed is not used again: the host ends
      return signature;
    },
    generate(keyId, label) {
      const session = lib.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
      try {
        generateKey(pkcs11, lib, session, Buffer.from(keyId, 'hex'), label);
      } finally {
        lib.C_CloseSession(session);
      }
    },
  };
}

async function loadAddon(): Promise<typeof Pkcs11Js> {
  try {
    const loaded = (await import('pkcs11js')) as typeof Pkcs11Js & { default?: typeof Pkcs11Js };
    return loaded.default ?? loaded;
  } catch (error) {
    throw new Error(
      'the package pkcs11js is not built on this machine: install a C++ compiler, make and Python 3, then run  npm rebuild pkcs11js',
      { cause: error },
    );
  }
}

function findSlot(lib: Pkcs11Js.PKCS11, label: string): Handle {
  const slots = lib.C_GetSlotList(true);
  const labels = slots.map((slot) => lib.C_GetTokenInfo(slot).label.trim());
  const found = slots.filter((_, index) => labels[index] === label);
  const [slot] = found;
  if (slot === undefined || found.length > 1) {
    const seen = labels.filter((one) => one !== '').join(', ') || 'none';
    throw new Error(
      `${found.length === 0 ? 'no token' : `${found.length} tokens`} with label ${label} (NARU_PKCS11_TOKEN); seen: ${seen}`,
    );
  }
  return slot;
}

function findKeys(
  pkcs11: typeof Pkcs11Js,
  lib: Pkcs11Js.PKCS11,
  session: Handle,
): (TokenKey & { handle: Handle })[] {
  const ofClass = (type: number) => [
    { type: pkcs11.CKA_CLASS, value: type },
    { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_EC },
  ];
  const read = (handle: Handle, type: number) => {
    const [attribute] = lib.C_GetAttributeValue(session, handle, [{ type }]);
    return Buffer.from((attribute?.value as Buffer | undefined) ?? Buffer.alloc(0));
  };
  const points = new Map(
    findObjects(lib, session, ofClass(pkcs11.CKO_PUBLIC_KEY)).map((handle) => [
      read(handle, pkcs11.CKA_ID).toString('hex'),
      read(handle, pkcs11.CKA_EC_POINT),
    ]),
  );
  return findObjects(lib, session, ofClass(pkcs11.CKO_PRIVATE_KEY)).map((handle) => {
    const id = read(handle, pkcs11.CKA_ID).toString('hex');
    return {
      handle,
      id,
      label: read(handle, pkcs11.CKA_LABEL).toString('utf8'),
      ecParams: read(handle, pkcs11.CKA_EC_PARAMS),
      ecPoint: points.get(id) ?? null,
    };
  });
}

function findObjects(lib: Pkcs11Js.PKCS11, session: Handle, template: Pkcs11Js.Template): Handle[] {
  lib.C_FindObjectsInit(session, template);
  try {
    const found: Handle[] = [];
    for (let next = lib.C_FindObjects(session, 64); next.length > 0; next = lib.C_FindObjects(session, 64))
      found.push(...next);
    return found;
  } finally {
    lib.C_FindObjectsFinal(session);
  }
}

/** A key that signs and never leaves the token: private, sensitive, not to be extracted. */
function generateKey(
  pkcs11: typeof Pkcs11Js,
  lib: Pkcs11Js.PKCS11,
  session: Handle,
  id: Buffer,
  label: string,
): void {
  const common = [
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_ID, value: id },
    { type: pkcs11.CKA_LABEL, value: label },
  ];
  lib.C_GenerateKeyPair(
    session,
    { mechanism: pkcs11.CKM_EC_KEY_PAIR_GEN },
    [
      ...common,
      { type: pkcs11.CKA_VERIFY, value: true },
      { type: pkcs11.CKA_EC_PARAMS, value: SECP256K1_PARAMS },
    ],
    [
      ...common,
      { type: pkcs11.CKA_PRIVATE, value: true },
      { type: pkcs11.CKA_SENSITIVE, value: true },
      { type: pkcs11.CKA_EXTRACTABLE, value: false },
      { type: pkcs11.CKA_SIGN, value: true },
    ],
  );
}
