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
  second_factor_used: {
    status: 401,
    retryable: false,
    title: { en: 'The code was used already', ko: '이미 쓴 인증 코드예요' },
    what: {
      en: 'Each code of an authenticator app is good once.',
      ko: '인증 앱의 코드는 한 번만 쓸 수 있어요.',
    },
    next: {
      en: 'Wait for the next code of the app, half a minute at most, and enter that one.',
      ko: '앱에 다음 코드가 보일 때까지(최대 30초) 기다렸다가 그 코드를 입력해 주세요.',
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
  person_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such person', ko: '구성원을 찾을 수 없어요' },
    what: {
      en: 'Your organisation has no member with this id.',
      ko: '이 ID의 구성원이 회원님의 조직에 없어요.',
    },
    next: {
      en: 'Nothing was changed. GET /v1/people lists the members.',
      ko: '바뀐 것은 없어요. GET /v1/people에서 구성원을 볼 수 있어요.',
    },
  },
  person_is_member: {
    status: 409,
    retryable: false,
    title: { en: 'A member already', ko: '이미 구성원이에요' },
    what: {
      en: 'This e-mail belongs to a member of an organisation.',
      ko: '이 이메일은 이미 조직의 구성원이 쓰고 있어요.',
    },
    next: {
      en: 'Nobody was invited. A person works for one organisation at a time, under one e-mail.',
      ko: '초대하지 않았어요. 한 이메일로는 한 조직에서만 일할 수 있어요.',
    },
  },
  people_too_many: {
    status: 409,
    retryable: false,
    title: { en: 'Too many people', ko: '구성원이 너무 많아요' },
    what: {
      en: 'Your organisation has as many members and invitations as it may.',
      ko: '구성원과 초대가 허용된 수에 도달했어요.',
    },
    next: {
      en: 'Nobody was invited. Remove a member, or revoke an invitation that nobody takes.',
      ko: '초대하지 않았어요. 구성원을 내보내거나 쓰지 않는 초대를 취소해 주세요.',
    },
  },
  last_admin: {
    status: 409,
    retryable: false,
    title: { en: 'The last administrator', ko: '마지막 관리자예요' },
    what: {
      en: 'This is the last administrator of your organisation.',
      ko: '조직에 남은 마지막 관리자예요.',
    },
    next: {
      en: 'Nothing was changed. Make somebody else an administrator first.',
      ko: '바뀐 것은 없어요. 먼저 다른 사람을 관리자로 정해 주세요.',
    },
  },
  own_membership: {
    status: 409,
    retryable: false,
    title: { en: 'Not your own', ko: '내 권한은 바꿀 수 없어요' },
    what: {
      en: 'Nobody changes their own role or removes themselves.',
      ko: '자신의 역할을 바꾸거나 자신을 내보낼 수 없어요.',
    },
    next: {
      en: 'Nothing was changed. Ask another administrator.',
      ko: '바뀐 것은 없어요. 다른 관리자에게 부탁해 주세요.',
    },
  },
  invitation_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such invitation', ko: '초대를 찾을 수 없어요' },
    what: {
      en: 'Your organisation has no invitation with this id that waits.',
      ko: '이 ID의 대기 중인 초대가 회원님의 조직에 없어요.',
    },
    next: {
      en: 'Nothing was changed. It may have been taken or revoked: GET /v1/people/invitations tells.',
      ko: '바뀐 것은 없어요. 이미 수락했거나 취소한 초대일 수 있어요. GET /v1/people/invitations에서 확인해 주세요.',
    },
  },
  invitation_not_valid: {
    status: 404,
    retryable: false,
    title: { en: 'This link opens nothing', ko: '쓸 수 없는 초대 링크예요' },
    what: {
      en: 'The invitation was used, revoked, or is too old.',
      ko: '이미 썼거나, 취소됐거나, 기한이 지난 초대예요.',
    },
    next: {
      en: 'No account was made. Ask the administrator who invited you for a new link.',
      ko: '계정을 만들지 않았어요. 초대한 관리자에게 새 링크를 요청해 주세요.',
    },
  },
  scope_not_grantable: {
    status: 403,
    retryable: false,
    title: { en: 'More than you may give', ko: '줄 수 없는 권한이에요' },
    what: {
      en: 'This role or one of these scopes is more than you may give.',
      ko: '회원님이 줄 수 있는 범위를 넘는 역할이나 권한이에요.',
    },
    next: {
      en: 'Nothing was made or changed. Ask an administrator; a program that votes gets its key from  naru owners key.',
      ko: '만들거나 바뀐 것은 없어요. 관리자에게 부탁해 주세요. 승인 투표를 하는 프로그램의 키는 naru owners key로 만들어요.',
    },
  },
  api_key_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such API key', ko: 'API 키를 찾을 수 없어요' },
    what: {
      en: 'Your organisation has no valid API key with this id.',
      ko: '이 ID의 유효한 API 키가 회원님의 조직에 없어요.',
    },
    next: {
      en: 'Nothing was changed. GET /v1/api-keys lists them; it may be revoked already.',
      ko: '바뀐 것은 없어요. GET /v1/api-keys에서 확인해 주세요. 이미 폐기된 키일 수 있어요.',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
