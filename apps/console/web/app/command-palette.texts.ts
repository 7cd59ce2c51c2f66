import { defineTexts } from '../i18n/locale.ts';

export const paletteTexts = defineTexts({
  ko: {
    title: '찾거나 이동하기',
    label: '찾을 것',
    placeholder: '출금 ID, 해시, 주소, 참조, 메뉴 이름',
    hint: '↑↓ 고르기 · Enter 열기 · Esc 닫기',
    pages: '메뉴',
    found: '찾은 것',
    nothing: '찾은 것이 없어요. ID나 주소를 통째로 붙여넣어 보세요.',
    searching: '찾고 있어요',
    results: (count: string) => `${count}건을 찾았어요`,
  },
  en: {
    title: 'Find or go to',
    label: 'What to find',
    placeholder: 'Withdrawal id, hash, address, reference, page',
    hint: '↑↓ choose · Enter open · Esc close',
    pages: 'Pages',
    found: 'Found',
    nothing: 'Nothing found. Paste a whole id or address.',
    searching: 'Searching',
    results: (count) => `${count} found`,
  },
});
