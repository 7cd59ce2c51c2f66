import type { Scope } from '@naru/wire/role.ts';
import {
  Activity,
  ArrowUpRight,
  BadgePercent,
  Ban,
  Banknote,
  BellRing,
  BookOpen,
  BookUser,
  Braces,
  ClipboardCheck,
  Coins,
  FileSpreadsheet,
  FileText,
  KeyRound,
  Landmark,
  Layers,
  type LucideIcon,
  MailWarning,
  Scale,
  ScrollText,
  Settings2,
  ShieldCheck,
  SquareStack,
  TrendingUp,
  Users,
  Vault,
  Webhook,
  Workflow,
} from 'lucide-react';
import { defineTexts } from '../i18n/locale.ts';

export const navigationTexts = defineTexts({
  ko: {
    navigation: '메뉴',
    operate: '운영',
    funds: '자금',
    rules: '규칙',
    watch: '감독',
    develop: '개발자',
    manage: '관리',
    overview: '개요',
    withdrawals: '출금',
    approvals: '승인 대기',
    deadLetters: '처리 보류',
    bulk: '대량 파일',
    accounts: '계정',
    treasury: '금고',
    deposits: '입금',
    ledger: '원장',
    reserves: '준비금 증명',
    policies: '정책',
    tiers: '등급',
    addressBook: '주소록',
    blockList: '차단 목록',
    fees: '수수료',
    rates: '환율',
    reconciliation: '대사',
    reports: '보고서',
    audit: '감사 로그',
    alarms: '알림',
    queues: '대기열',
    apiKeys: 'API 키',
    webhooks: '웹훅',
    events: '이벤트',
    assets: '자산과 체인',
    settings: '설정',
    people: '구성원',
  },
  en: {
    navigation: 'Menu',
    operate: 'Operate',
    funds: 'Funds',
    rules: 'Rules',
    watch: 'Oversee',
    develop: 'Developers',
    manage: 'Manage',
    overview: 'Overview',
    withdrawals: 'Withdrawals',
    approvals: 'Approvals',
    deadLetters: 'Dead letters',
    bulk: 'Bulk files',
    accounts: 'Accounts',
    treasury: 'Treasury',
    deposits: 'Deposits',
    ledger: 'Ledger',
    reserves: 'Proof of reserves',
    policies: 'Policies',
    tiers: 'Tiers',
    addressBook: 'Address book',
    blockList: 'Block list',
    fees: 'Fees',
    rates: 'Exchange rates',
    reconciliation: 'Reconciliation',
    reports: 'Reports',
    audit: 'Audit log',
    alarms: 'Alarms',
    queues: 'Queues',
    apiKeys: 'API keys',
    webhooks: 'Webhooks',
    events: 'Events',
    assets: 'Assets and chains',
    settings: 'Settings',
    people: 'People',
  },
});

type Words = (typeof navigationTexts)['ko'];

export type NavigationEntry = {
  path: string;
  name: keyof Words;
  scope: Scope;
  icon: LucideIcon;
};

/** Where the sections and their views are; a view whose scope one does not have is not offered. */
export const navigation: readonly { name: keyof Words; entries: readonly NavigationEntry[] }[] = [
  {
    name: 'operate',
    entries: [
      { path: '/', name: 'overview', scope: 'operations:read', icon: Activity },
      { path: '/withdrawals', name: 'withdrawals', scope: 'operations:read', icon: ArrowUpRight },
      { path: '/approvals', name: 'approvals', scope: 'approvals:read', icon: ClipboardCheck },
      { path: '/dead-letters', name: 'deadLetters', scope: 'operations:read', icon: MailWarning },
      { path: '/bulk', name: 'bulk', scope: 'withdrawals:read', icon: FileSpreadsheet },
    ],
  },
  {
    name: 'funds',
    entries: [
      { path: '/accounts', name: 'accounts', scope: 'operations:read', icon: Layers },
      { path: '/treasury', name: 'treasury', scope: 'operations:read', icon: Vault },
      { path: '/deposits', name: 'deposits', scope: 'operations:read', icon: Banknote },
      { path: '/ledger', name: 'ledger', scope: 'operations:read', icon: BookOpen },
      { path: '/reserves', name: 'reserves', scope: 'operations:read', icon: Landmark },
    ],
  },
  {
    name: 'watch',
    entries: [
      { path: '/reconciliation', name: 'reconciliation', scope: 'operations:read', icon: Scale },
      { path: '/reports', name: 'reports', scope: 'operations:read', icon: FileText },
      { path: '/alarms', name: 'alarms', scope: 'operations:read', icon: BellRing },
      { path: '/queues', name: 'queues', scope: 'operations:read', icon: Workflow },
      { path: '/audit', name: 'audit', scope: 'audit:read', icon: ScrollText },
    ],
  },
  {
    name: 'rules',
    entries: [
      { path: '/policies', name: 'policies', scope: 'operations:read', icon: ShieldCheck },
      { path: '/tiers', name: 'tiers', scope: 'operations:read', icon: SquareStack },
      { path: '/address-book', name: 'addressBook', scope: 'withdrawals:read', icon: BookUser },
      { path: '/block-list', name: 'blockList', scope: 'operations:read', icon: Ban },
      { path: '/fees', name: 'fees', scope: 'operations:read', icon: BadgePercent },
      { path: '/rates', name: 'rates', scope: 'operations:read', icon: TrendingUp },
    ],
  },
  {
    name: 'develop',
    entries: [
      { path: '/webhooks', name: 'webhooks', scope: 'webhooks:read', icon: Webhook },
      { path: '/events', name: 'events', scope: 'withdrawals:read', icon: Braces },
      { path: '/api-keys', name: 'apiKeys', scope: 'keys:read', icon: KeyRound },
    ],
  },
  {
    name: 'manage',
    entries: [
      { path: '/assets', name: 'assets', scope: 'operations:read', icon: Coins },
      { path: '/settings', name: 'settings', scope: 'operations:read', icon: Settings2 },
      { path: '/people', name: 'people', scope: 'people:read', icon: Users },
    ],
  },
];

/** The view that a path belongs to: that of `/webhooks/we_1` is `/webhooks`. Null: one that needs nothing. */
export function entryOf(pathname: string): NavigationEntry | null {
  const entries = navigation.flatMap((section) => section.entries);
  const found = entries.filter(
    ({ path }) => pathname === path || (path !== '/' && pathname.startsWith(`${path}/`)),
  );
  return (
    found.toSorted((one, other) => other.path.length - one.path.length)[0] ??
    BELONGING.find(({ pattern }) => pattern.test(pathname))?.entry() ??
    null
  );
}

/** Details that are reached from several views stand under paths of their own. */
const BELONGING = [
  { pattern: /^\/webhook-deliveries\//, entry: () => entryOf('/webhooks') },
  { pattern: /^\/chain-txs\//, entry: () => entryOf('/withdrawals') },
];
