import { defineTexts } from './locale.ts';

export const roleNames = defineTexts({
  ko: {
    viewer: '열람자',
    operator: '운영자',
    approver: '승인자',
    admin: '관리자',
    auditor: '감사자',
  },
  en: {
    viewer: 'Viewer',
    operator: 'Operator',
    approver: 'Approver',
    admin: 'Administrator',
    auditor: 'Auditor',
  },
});
