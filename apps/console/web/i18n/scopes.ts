import type { Scope } from '@naru/wire/role.ts';
import { defineTexts } from './locale.ts';

type Words = { name: string; means: string };

/** What each permission allows, for whoever gives it. */
export const scopeTexts = defineTexts({
  ko: {
    'withdrawals:read': { name: '출금 보기', means: '출금과 파일, 이벤트를 봐요.' },
    'withdrawals:write': { name: '출금 요청', means: '출금을 요청하고 취소해요. 돈이 나가요.' },
    'approvals:read': { name: '승인 보기', means: '승인을 기다리는 출금과 투표를 봐요.' },
    'approvals:write': {
      name: '승인과 거절',
      means: '기다리는 출금을 승인하거나 거절해요. 사람만 할 수 있어요.',
    },
    'deposits:read': { name: '입금 보기', means: '입금과 입금 주소를 봐요.' },
    'deposits:write': { name: '입금 주소 만들기', means: '입금 주소를 만들어요.' },
    'webhooks:read': { name: '웹훅 보기', means: '엔드포인트와 전송 기록을 봐요.' },
    'webhooks:write': { name: '웹훅 관리', means: '엔드포인트를 바꾸고 이벤트를 다시 보내요.' },
    'address-book:write': {
      name: '주소록 관리',
      means: '아는 주소를 더하고 지워요. 정책이 주소록을 믿을 수 있어요.',
    },
    'operations:read': { name: '운영 보기', means: '모든 조직의 출금, 계정, 대사와 설정을 봐요.' },
    'operations:write': { name: '운영하기', means: '재시도, 해제, 계정 멈춤, 충전처럼 돈의 흐름을 손봐요.' },
    'people:read': { name: '구성원 보기', means: '구성원과 초대를 봐요.' },
    'people:write': { name: '구성원 관리', means: '초대하고 역할을 바꾸고 내보내요.' },
    'keys:read': { name: 'API 키 보기', means: 'API 키 목록을 봐요.' },
    'keys:write': { name: 'API 키 관리', means: 'API 키를 만들고 무효로 만들어요.' },
    'audit:read': { name: '감사 로그 보기', means: '누가 무엇을 했는지 보고 기록을 검증해요.' },
    admin: { name: '관리', means: '정책, 등급, 설정, 자산을 바꿔요. 운영 보기와 운영하기를 포함해요.' },
  } satisfies Record<Scope, Words>,
  en: {
    'withdrawals:read': { name: 'See withdrawals', means: 'Withdrawals, files and events.' },
    'withdrawals:write': {
      name: 'Ask for withdrawals',
      means: 'Submit and cancel withdrawals. Money leaves.',
    },
    'approvals:read': { name: 'See reviews', means: 'What waits for a decision, and the votes.' },
    'approvals:write': { name: 'Approve and deny', means: 'Decide on what waits. For people only.' },
    'deposits:read': { name: 'See deposits', means: 'Deposits and deposit addresses.' },
    'deposits:write': { name: 'Make deposit addresses', means: 'Makes addresses to be paid at.' },
    'webhooks:read': { name: 'See webhooks', means: 'Endpoints and what was sent to them.' },
    'webhooks:write': { name: 'Manage webhooks', means: 'Change endpoints and send events again.' },
    'address-book:write': {
      name: 'Manage the address book',
      means: 'Add and remove known addresses, which policies may trust.',
    },
    'operations:read': {
      name: 'See operations',
      means: 'Withdrawals of all organisations, accounts, reconciliation and settings.',
    },
    'operations:write': {
      name: 'Operate',
      means: 'Retry, release, pause accounts, top up: whatever steers money that moves.',
    },
    'people:read': { name: 'See people', means: 'Members and invitations.' },
    'people:write': { name: 'Manage people', means: 'Invite, change roles, remove.' },
    'keys:read': { name: 'See API keys', means: 'The list of keys.' },
    'keys:write': { name: 'Manage API keys', means: 'Make and revoke keys.' },
    'audit:read': { name: 'See the audit log', means: 'Who did what, and the verification of it.' },
    admin: {
      name: 'Administer',
      means: 'Policies, tiers, settings, assets. Includes seeing and steering operations.',
    },
  },
});

/** Permissions that belong together, in the order in which they are explained. */
export const scopeGroups = [
  {
    id: 'withdrawals',
    scopes: ['withdrawals:read', 'withdrawals:write', 'approvals:read', 'approvals:write'],
  },
  { id: 'deposits', scopes: ['deposits:read', 'deposits:write'] },
  { id: 'developers', scopes: ['webhooks:read', 'webhooks:write', 'address-book:write'] },
  { id: 'operations', scopes: ['operations:read', 'operations:write', 'audit:read', 'admin'] },
  { id: 'people', scopes: ['people:read', 'people:write', 'keys:read', 'keys:write'] },
] as const satisfies readonly { id: string; scopes: readonly Scope[] }[];

export const scopeGroupTexts = defineTexts({
  ko: {
    withdrawals: '출금과 승인',
    deposits: '입금',
    developers: '웹훅과 주소록',
    operations: '운영',
    people: '구성원과 키',
  },
  en: {
    withdrawals: 'Withdrawals and approvals',
    deposits: 'Deposits',
    developers: 'Webhooks and address book',
    operations: 'Operations',
    people: 'People and keys',
  },
});
