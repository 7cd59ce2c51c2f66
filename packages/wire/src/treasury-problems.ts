import type { CatalogueEntry } from './problem-entry.ts';

/** Of treasuries and what their owners sign. */
export const treasuryProblems = {
  treasury_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No treasury', ko: '트레저리가 없어요' },
    what: { en: 'This chain has no treasury.', ko: '이 체인에는 트레저리(Safe)가 등록되어 있지 않아요.' },
    next: {
      en: 'Nothing was changed and no money moved. Name its Safe first: `naru treasury set`.',
      ko: '바뀐 것도 움직인 돈도 없어요. 먼저 naru treasury set으로 Safe를 등록해 주세요.',
    },
  },
  treasury_proposal_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such proposal', ko: '제안을 찾을 수 없어요' },
    what: { en: 'There is no proposal with this id.', ko: '이 ID의 제안이 없어요.' },
    next: {
      en: 'Nothing was changed. `GET /v1/admin/treasury-proposals` lists them.',
      ko: '바뀐 것은 없어요. GET /v1/admin/treasury-proposals에서 목록을 확인해 주세요.',
    },
  },
  treasury_proposal_not_open: {
    status: 409,
    retryable: false,
    title: { en: 'The proposal has ended', ko: '이미 끝난 제안이에요' },
    what: {
      en: 'It was executed, superseded or canceled.',
      ko: '이미 실행됐거나, 다른 거래로 대체됐거나, 취소된 제안이에요.',
    },
    next: {
      en: 'Nothing was changed. Read the proposal to see how it ended.',
      ko: '바뀐 것은 없어요. 제안을 조회해 어떻게 끝났는지 확인해 주세요.',
    },
  },
  treasury_proposal_signed: {
    status: 409,
    retryable: false,
    title: { en: 'It is signed already', ko: '이미 서명된 제안이에요' },
    what: {
      en: 'An owner has signed it, and a signature cannot be taken back.',
      ko: '소유자가 이미 서명했고, 서명은 되돌릴 수 없어요.',
    },
    next: {
      en: 'Nothing was changed. Reject it: its owners then sign nothing for the same nonce.',
      ko: '바뀐 것은 없어요. 거부 제안을 만들어 같은 nonce를 소유자가 대신 쓰게 해 주세요.',
    },
  },
  treasury_proposal_exists: {
    status: 409,
    retryable: false,
    title: { en: 'It is proposed already', ko: '이미 같은 제안이 있어요' },
    what: {
      en: 'The very same transaction of the Safe is proposed already.',
      ko: '완전히 같은 Safe 거래가 이미 제안되어 있어요.',
    },
    next: {
      en: 'Nothing was changed. Look for its hash among the proposals.',
      ko: '바뀐 것은 없어요. 제안 목록에서 같은 해시를 찾아 주세요.',
    },
  },
  treasury_proposals_too_many: {
    status: 409,
    retryable: true,
    title: { en: 'Too many are open', ko: '열린 제안이 너무 많아요' },
    what: {
      en: 'As many proposals of this chain are open as there may be.',
      ko: '이 체인에 열려 있는 제안이 한도에 도달했어요.',
    },
    next: {
      en: 'Nothing was proposed. Sign, reject or cancel some first.',
      ko: '새 제안은 만들어지지 않았어요. 먼저 서명하거나, 거부하거나, 취소해 주세요.',
    },
  },
  treasury_account_not_found: {
    status: 422,
    retryable: false,
    title: { en: 'Not an account of ours', ko: '우리 계정이 아니에요' },
    what: {
      en: 'The treasury pays our own accounts only, and this address is none that is in use on this chain.',
      ko: '트레저리는 우리 계정으로만 보낼 수 있는데, 이 주소는 이 체인에서 쓰는 우리 계정이 아니에요.',
    },
    next: {
      en: 'Nothing was proposed. `GET /v1/admin/sub-accounts` lists our accounts.',
      ko: '새 제안은 만들어지지 않았어요. GET /v1/admin/sub-accounts에서 계정을 확인해 주세요.',
    },
  },
  treasury_signature_malformed: {
    status: 422,
    retryable: false,
    title: { en: 'The signature cannot be used', ko: '쓸 수 없는 서명이에요' },
    what: {
      en: 'It is not a signature as a wallet returns it.',
      ko: '지갑이 돌려주는 형식의 서명이 아니에요.',
    },
    next: {
      en: 'Nothing was kept. Sign `typedData` again and send all 65 bytes.',
      ko: '저장된 것은 없어요. typedData에 다시 서명하고 65바이트 전체를 보내 주세요.',
    },
  },
  treasury_signer_not_an_owner: {
    status: 422,
    retryable: false,
    title: { en: 'Not an owner', ko: '소유자의 서명이 아니에요' },
    what: {
      en: 'Who signed is no owner of the Safe, or has signed another transaction.',
      ko: '서명한 사람이 Safe의 소유자가 아니거나, 다른 거래에 서명했어요.',
    },
    next: {
      en: 'Nothing was kept. Sign the `typedData` of this very proposal with the key of an owner.',
      ko: '저장된 것은 없어요. 이 제안의 typedData에 소유자의 키로 서명해 주세요.',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
