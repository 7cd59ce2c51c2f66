import type { CatalogueEntry } from './problem-entry.ts';

/** Problems of people: of signing in, of second factors, and of who may be what in an organisation. */
export const personProblems = {
  second_factor_required: {
    status: 403,
    retryable: false,
    title: { en: 'A second factor is required', ko: '2단계 인증이 필요해요' },
    what: {
      en: 'You are signed in without a second factor, and nothing but your account is open without one.',
      ko: '2단계 인증 없이 로그인한 상태라, 내 계정 말고는 아직 아무것도 열 수 없어요.',
    },
    next: {
      en: 'This call did nothing. Set up an authenticator app or a passkey, or prove the one that you have, and send it again.',
      ko: '이 요청으로 처리된 것은 없어요. 인증 앱이나 패스키를 등록하거나, 이미 있다면 인증한 뒤 다시 보내 주세요.',
    },
  },
  step_up_required: {
    status: 403,
    retryable: true,
    title: { en: 'Prove your second factor again', ko: '한 번 더 인증해 주세요' },
    what: {
      en: 'This moves money or changes a rule, and your second factor was last proven more than five minutes ago.',
      ko: '돈을 움직이거나 규칙을 바꾸는 일인데, 마지막 2단계 인증이 5분을 넘었어요.',
    },
    next: {
      en: 'This call did nothing. Enter a code or use a passkey, and send it again with the same idempotency key.',
      ko: '이 요청으로 처리된 것은 없어요. 인증 코드나 패스키로 확인하고 같은 멱등 키로 다시 보내 주세요.',
    },
  },
  origin_not_trusted: {
    status: 403,
    retryable: false,
    title: { en: 'Not from the console', ko: '콘솔에서 보낸 요청이 아니에요' },
    what: {
      en: 'A session is only taken from a page of the console, and this call came from another one.',
      ko: '로그인 세션은 콘솔 화면에서만 쓸 수 있는데, 다른 페이지에서 온 요청이에요.',
    },
    next: {
      en: 'This call did nothing. Open the console at its own address; programs use an API key.',
      ko: '이 요청으로 처리된 것은 없어요. 콘솔의 원래 주소로 접속해 주세요. 프로그램에서는 API 키를 써 주세요.',
    },
  },
  people_not_set_up: {
    status: 503,
    retryable: false,
    title: { en: 'Nobody can sign in here', ko: '로그인이 설정되지 않았어요' },
    what: {
      en: 'This installation has no secret to sign sessions with, so it knows API keys only.',
      ko: '세션을 서명할 비밀 키가 없어서 API 키만 쓸 수 있어요.',
    },
    next: {
      en: 'Nothing was done. Ask its operator to set NARU_AUTH_SECRET_FILE and NARU_CONSOLE_URL.',
      ko: '처리된 것은 없어요. 운영자에게 NARU_AUTH_SECRET_FILE과 NARU_CONSOLE_URL 설정을 요청해 주세요.',
    },
  },
  sign_in_failed: {
    status: 401,
    retryable: false,
    title: { en: 'E-mail or password is wrong', ko: '이메일이나 비밀번호가 맞지 않아요' },
    what: {
      en: 'There is no person with this e-mail and this password.',
      ko: '이 이메일과 비밀번호로 로그인할 수 있는 사람이 없어요.',
    },
    next: {
      en: 'Check both and try again; after five wrong tries the account is locked for 15 minutes.',
      ko: '두 가지를 확인하고 다시 입력해 주세요. 다섯 번 틀리면 15분 동안 잠겨요.',
    },
  },
  sign_in_expired: {
    status: 401,
    retryable: false,
    title: { en: 'Begin again', ko: '처음부터 다시 로그인해 주세요' },
    what: {
      en: 'Too long ago, or too many wrong codes: this sign-in has ended.',
      ko: '시간이 지났거나 인증 코드를 여러 번 틀려서 로그인이 끝났어요.',
    },
    next: {
      en: 'Nobody was signed in. Enter e-mail and password again.',
      ko: '로그인되지 않았어요. 이메일과 비밀번호부터 다시 입력해 주세요.',
    },
  },
  account_locked: {
    status: 429,
    retryable: true,
    title: { en: 'Locked for a while', ko: '잠시 잠겼어요' },
    what: {
      en: 'Too many wrong passwords or codes were tried for this account.',
      ko: '이 계정에서 비밀번호나 인증 코드를 너무 여러 번 틀렸어요.',
    },
    next: {
      en: 'Wait as long as the header Retry-After says, 15 minutes at most. If it was not you, tell an administrator.',
      ko: 'Retry-After 헤더에 적힌 시간(최대 15분)이 지난 뒤 다시 시도해 주세요. 본인이 아니라면 관리자에게 알려 주세요.',
    },
  },
  second_factor_wrong: {
    status: 401,
    retryable: false,
    title: { en: 'The code is wrong', ko: '인증 코드가 맞지 않아요' },
    what: { en: 'This code is not valid now.', ko: '지금 쓸 수 있는 인증 코드가 아니에요.' },
    next: {
      en: 'Enter the code that the app shows at this moment; a recovery code works once.',
      ko: '인증 앱에 지금 보이는 코드를 입력해 주세요. 복구 코드는 한 번만 쓸 수 있어요.',
    },
  },
  second_factor_missing: {
    status: 409,
    retryable: false,
    title: { en: 'There is no such second factor', ko: '등록된 2단계 인증이 없어요' },
    what: {
      en: 'This account has no authenticator app yet.',
      ko: '이 계정에는 아직 인증 앱이 등록되지 않았어요.',
    },
    next: {
      en: 'Nothing was changed. Set one up first.',
      ko: '바뀐 것은 없어요. 먼저 인증 앱을 등록해 주세요.',
    },
  },
  second_factor_exists: {
    status: 409,
    retryable: false,
    title: { en: 'There is an authenticator app already', ko: '인증 앱이 이미 등록되어 있어요' },
    what: {
      en: 'This account has an authenticator app.',
      ko: '이 계정에는 인증 앱이 이미 등록되어 있어요.',
    },
    next: {
      en: 'Nothing was changed. Remove it first to set up another one.',
      ko: '바뀐 것은 없어요. 다른 앱으로 바꾸려면 먼저 지금 것을 제거해 주세요.',
    },
  },
  password_wrong: {
    status: 422,
    retryable: false,
    title: { en: 'The password is wrong', ko: '비밀번호가 맞지 않아요' },
    what: { en: 'This is not your present password.', ko: '지금 쓰는 비밀번호와 달라요.' },
    next: { en: 'Nothing was changed. Enter it again.', ko: '바뀐 것은 없어요. 다시 입력해 주세요.' },
  },
  password_refused: {
    status: 422,
    retryable: false,
    title: { en: 'Choose another password', ko: '다른 비밀번호를 정해 주세요' },
    what: {
      en: 'A password has 12 to 128 characters.',
      ko: '비밀번호는 12자에서 128자 사이여야 해요.',
    },
    next: {
      en: 'Nothing was changed. Choose another one.',
      ko: '바뀐 것은 없어요. 다른 비밀번호를 정해 주세요.',
    },
  },
  passkey_refused: {
    status: 422,
    retryable: false,
    title: { en: 'The passkey was not taken', ko: '패스키를 확인하지 못했어요' },
    what: {
      en: 'The answer of the device does not fit what was asked, or the passkey is not known here.',
      ko: '기기의 응답이 요청과 맞지 않거나, 등록되지 않은 패스키예요.',
    },
    next: {
      en: 'Nothing was changed. Begin again; the device must ask for a finger, a face or a PIN.',
      ko: '바뀐 것은 없어요. 처음부터 다시 해 주세요. 기기에서 지문, 얼굴 또는 PIN을 확인해야 해요.',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
