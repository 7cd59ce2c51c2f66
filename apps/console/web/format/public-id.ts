const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Of a TypeID after its prefix. */
const DIGITS = 26;

/** `019…-…` → `wd_01…`, as the API names it; what is no UUID stays as it is. */
export function toPublicId(prefix: string, text: string): string {
  if (!UUID.test(text)) return text;
  let rest = BigInt(`0x${text.replaceAll('-', '')}`);
  let digits = '';
  while (digits.length < DIGITS) {
    digits = `${ALPHABET[Number(rest & 31n)]}${digits}`;
    rest >>= 5n;
  }
  return `${prefix}_${digits}`;
}
