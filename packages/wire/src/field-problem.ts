import type { z } from 'zod';
import type { Language } from './problem-entry.ts';

/** Codes of single fields (`errors[].code`), with the sentence that explains each. */
export const fieldProblems = {
  required: { en: 'This field is required.', ko: '꼭 필요한 값이에요.' },
  unknown_field: { en: 'There is no such field.', ko: '없는 필드예요.' },
  wrong_type: { en: 'This value has the wrong type.', ko: '값의 종류가 맞지 않아요.' },
  value_not_allowed: {
    en: 'This value is not one of those allowed.',
    ko: '쓸 수 있는 값이 아니에요.',
  },
  malformed: { en: 'This value has the wrong form.', ko: '값의 형식이 맞지 않아요.' },
  too_short: { en: 'This value must not be empty.', ko: '비워 둘 수 없는 값이에요.' },
  too_long: { en: 'This value is too long.', ko: '값이 너무 길어요.' },
  too_many: { en: 'There are too many entries.', ko: '항목이 너무 많아요.' },
  character_not_allowed: {
    en: 'This value has a character that is not allowed (control characters, unpaired surrogates).',
    ko: '쓸 수 없는 문자(제어 문자 등)가 들어 있어요.',
  },
  id_malformed: { en: 'This is not an id of this kind.', ko: '이 종류의 ID가 아니에요.' },
  chain_malformed: {
    en: 'A chain is named in small letters, digits and hyphens, as `GET /v1/chains` lists them.',
    ko: '체인 이름은 GET /v1/chains에 나오는 것처럼 영어 소문자, 숫자, 하이픈으로 써요.',
  },
  asset_malformed: {
    en: 'An asset is named in capital letters and digits, as `GET /v1/assets` lists them.',
    ko: '자산 이름은 GET /v1/assets에 나오는 것처럼 영어 대문자와 숫자로 써요.',
  },
  ledger_account_kind_unknown: {
    en: 'There is no such kind of account.',
    ko: '없는 계정 종류예요.',
  },
  state_unknown: { en: 'There is no such state.', ko: '없는 상태예요.' },
  timestamp_malformed: {
    en: 'A moment is written as ISO 8601 with its offset, as in 2026-03-01T00:00:00Z.',
    ko: '시각은 2026-03-01T00:00:00Z처럼 시간대가 있는 ISO 8601로 써 주세요.',
  },
  date_malformed: {
    en: 'This is not a day, as in 2026-03-02.',
    ko: '날짜는 2026-03-02처럼 적어 주세요.',
  },
  number_out_of_range: {
    en: 'This number is outside of the range that the documentation names.',
    ko: '문서에 적힌 범위를 벗어난 숫자예요.',
  },
  url_malformed: {
    en: 'This is not the address of an endpoint: https, a host, and no fragment.',
    ko: '엔드포인트 주소가 아니에요. https로 시작하고 호스트가 있으며 #가 없는 주소를 써 주세요.',
  },
  url_not_https: {
    en: 'The address must begin with https: what is sent is for the receiver only.',
    ko: '주소는 https로 시작해야 해요. 보내는 내용은 받는 쪽만 봐야 해요.',
  },
  url_credentials: {
    en: 'The address must not contain a user or a password; verify the signature instead.',
    ko: '주소에 사용자나 비밀번호를 넣을 수 없어요. 대신 서명을 확인해 주세요.',
  },
  url_port: {
    en: 'Only the ports 443 and 8443 are called.',
    ko: '443과 8443 포트로만 보낼 수 있어요.',
  },
  url_not_public: {
    en: 'The address is not one of the public internet.',
    ko: '인터넷에 공개된 주소가 아니에요.',
  },
  event_unknown: {
    en: 'There are no such events: name a type, a group as in `withdrawal.*`, or `*`.',
    ko: '없는 이벤트예요. 종류나 withdrawal.* 같은 묶음, 또는 *를 써 주세요.',
  },
  range_too_old: {
    en: 'Events can be told again for 30 days.',
    ko: '이벤트는 30일 전 것까지만 다시 보낼 수 있어요.',
  },
  range_empty: {
    en: 'The end must be after the beginning.',
    ko: '끝나는 시각은 시작하는 시각보다 뒤여야 해요.',
  },
  limit_out_of_range: {
    en: 'The limit is a whole number from 1 to 100.',
    ko: 'limit은 1부터 100까지의 정수예요.',
  },
  cursor_malformed: {
    en: 'This is not a cursor of ours; leave it out to begin with the first page.',
    ko: '올바른 커서가 아니에요. 첫 페이지부터 보려면 커서를 빼 주세요.',
  },
  position_malformed: {
    en: 'A position is the id of an event, as this stream gave it.',
    ko: '위치는 이 스트림에서 받은 이벤트의 ID예요.',
  },
  position_unknown: {
    en: 'The log does not reach this position; it is of another deployment, or of before a restore. Read the withdrawals you wait for, and begin without it.',
    ko: '기록에 없는 위치예요. 다른 서버나 복구 이전의 위치일 수 있어요. 기다리던 출금을 조회한 뒤 위치 없이 다시 시작해 주세요.',
  },
  cursor_of_other_filter: {
    en: 'This cursor belongs to another filter; leave it out to begin with the first page.',
    ko: '다른 조건에서 받은 커서예요. 첫 페이지부터 보려면 커서를 빼 주세요.',
  },
  address_malformed: {
    en: 'An address is 0x followed by 40 hexadecimal digits.',
    ko: '주소는 0x 뒤에 16진수 40자리여야 해요.',
  },
  address_checksum: {
    en: 'The checksum of the address is wrong; a character may be mistyped.',
    ko: '주소의 체크섬이 맞지 않아요. 글자가 잘못 입력됐을 수 있어요.',
  },
  address_zero: {
    en: 'The zero address belongs to nobody; what is sent there is lost.',
    ko: '제로 주소는 주인이 없어서, 보내면 되찾을 수 없어요.',
  },
  address_is_token: {
    en: "This is the token's own contract; what is sent there is lost.",
    ko: '토큰 컨트랙트 주소예요. 여기로 보내면 되찾을 수 없어요.',
  },
  address_is_ours: {
    en: 'This address is one that pays withdrawals; it cannot receive one.',
    ko: '출금을 보내는 저희 주소라서 받을 수 없어요.',
  },
  address_is_payout_contract: {
    en: 'This is the payout contract; it cannot receive money.',
    ko: '지급 컨트랙트 주소라서 받을 수 없어요.',
  },
  amount_malformed: {
    en: 'An amount is a decimal number in digits, as in "12.5".',
    ko: '금액은 "12.5"처럼 숫자로 쓴 십진수여야 해요.',
  },
  amount_decimals: {
    en: 'The amount has more decimals than the asset.',
    ko: '금액의 소수 자릿수가 자산의 자릿수보다 많아요.',
  },
  amount_not_positive: { en: 'The amount must be more than zero.', ko: '금액은 0보다 커야 해요.' },
  amount_below_minimum: {
    en: 'The amount is below the minimum of this asset.',
    ko: '이 자산의 최소 출금 금액보다 적어요.',
  },
  amount_above_maximum: {
    en: 'The amount is above the maximum of this asset for one withdrawal.',
    ko: '이 자산의 1회 최대 출금 금액보다 많아요.',
  },
  setting_malformed: {
    en: 'A value is a whole number in digits, or true or false, as the setting says.',
    ko: '값은 설정에 따라 숫자로 쓴 정수이거나 true 또는 false여야 해요.',
  },
  setting_out_of_bounds: {
    en: 'The value is outside the bounds of this setting.',
    ko: '이 설정에서 쓸 수 있는 범위를 벗어난 값이에요.',
  },
  setting_inconsistent: {
    en: 'The value does not go together with another setting.',
    ko: '다른 설정과 함께 쓸 수 없는 값이에요.',
  },
  version_outdated: {
    en: 'Another version is in force by now.',
    ko: '지금은 다른 버전이 적용되고 있어요.',
  },
  version_unknown: { en: 'There is no such version.', ko: '없는 버전이에요.' },
  fee_out_of_bounds: {
    en: 'This part of a fee is outside its bounds.',
    ko: '수수료에 쓸 수 있는 범위를 벗어난 값이에요.',
  },
  rate_missing: {
    en: 'What the coin of the chain is worth in this asset is not known: there is no usable exchange rate, and none is fixed.',
    ko: '이 자산으로 환산한 코인 가격을 알 수 없어요. 쓸 수 있는 환율도, 정해 둔 가격도 없어요.',
  },
  fee_not_known: {
    en: 'The fee of this withdrawal cannot be told at the moment.',
    ko: '지금은 이 출금의 수수료를 알 수 없어요.',
  },
  code_malformed: {
    en: 'A code is 2 to 12 of A-Z and 0-9.',
    ko: '코드는 영어 대문자와 숫자 2~12자여야 해요.',
  },
  amount_too_large: {
    en: 'The amount is larger than can be paid at once.',
    ko: '한 번에 지급할 수 있는 금액보다 커요.',
  },
  asset_not_supported: {
    en: 'This asset cannot be withdrawn on this chain.',
    ko: '이 체인에서는 이 자산을 출금할 수 없어요.',
  },
  chain_not_supported: {
    en: 'This chain is not available to this key.',
    ko: '이 키로는 쓸 수 없는 체인이에요.',
  },
  file_empty: { en: 'The file has no rows after its header.', ko: '머리글 다음에 행이 없어요.' },
  file_too_long: { en: 'The file has too many rows; split it.', ko: '행이 너무 많아요. 파일을 나눠 주세요.' },
  csv_malformed: {
    en: 'The file cannot be read as CSV from this row on.',
    ko: '이 행부터 CSV로 읽을 수 없어요.',
  },
  column_unknown: { en: 'There is no such column.', ko: '없는 열이에요.' },
  column_missing: { en: 'This column is required in the header.', ko: '머리글에 꼭 있어야 하는 열이에요.' },
  column_repeated: { en: 'This column is in the header twice.', ko: '머리글에 같은 열이 두 번 있어요.' },
  columns_mismatch: {
    en: 'This row has more or fewer cells than the header.',
    ko: '이 행의 칸 수가 머리글과 달라요.',
  },
  encoding_invalid: {
    en: 'This cell is not UTF-8; save the file as UTF-8.',
    ko: '이 칸이 UTF-8이 아니에요. 파일을 UTF-8로 저장해 주세요.',
  },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;

export type FieldProblemCode = keyof typeof fieldProblems;

export function isFieldProblemCode(text: string): text is FieldProblemCode {
  return Object.hasOwn(fieldProblems, text);
}

/** The sentence for a field, in the caller's language; `message` is the exact English one where there is one. */
export function fieldProblemText(code: string, language: Language, message: string): string {
  if (!isFieldProblemCode(code) || (language === 'en' && message !== '')) return message;
  return fieldProblems[code][language];
}

/** A field that cannot be accepted. `pointer` is a JSON pointer (RFC 6901); a query parameter is `/<name>`. */
export type FieldProblem = { pointer: string; code: string; message: string };

/**
 * Zod's issues → field problems. A check of ours carries its code as its message; zod's own checks map by kind.
 * `input` is what was parsed: a value that is not there is `required`, one that is there has the wrong type.
 */
export function toFieldProblems(issues: readonly z.core.$ZodIssue[], input: unknown): FieldProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => fieldProblem([...issue.path, key], 'unknown_field'));
    return [fieldProblem(issue.path, codeOf(issue, valueAt(input, issue.path)))];
  });
}

function fieldProblem(path: readonly PropertyKey[], code: FieldProblemCode): FieldProblem {
  const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return { pointer, code, message: fieldProblems[code].en };
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

function codeOf(issue: z.core.$ZodIssue, value: unknown): FieldProblemCode {
  if (isFieldProblemCode(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined ? 'required' : 'wrong_type';
    case 'invalid_value':
      return value === undefined ? 'required' : 'value_not_allowed';
    case 'too_small':
      return 'too_short';
    case 'too_big':
      return issue.origin === 'array' ? 'too_many' : 'too_long';
    case 'invalid_key': {
      const [first] = issue.issues;
      return first === undefined ? 'malformed' : codeOf(first, value);
    }
    case 'invalid_union':
    case 'invalid_element':
      return 'wrong_type';
    default:
      return 'malformed';
  }
}
