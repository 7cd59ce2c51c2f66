import { defineTexts } from '../i18n/locale.ts';

export const savedViewTexts = defineTexts({
  ko: {
    views: '저장한 보기',
    manage: '지금 보기 저장·관리',
    title: '저장한 보기',
    what: '지금 쓰는 필터를 이름으로 저장해요. 이 브라우저에만 남고, 주소를 복사하면 같은 보기를 다른 사람과 나눌 수 있어요.',
    name: '이름',
    save: '지금 보기 저장하기',
    nameNeeded: '이름을 적어 주세요',
    tooMany: '30개까지 저장할 수 있어요. 하나를 지우고 다시 저장해 주세요.',
    nothing: '아직 저장한 보기가 없어요.',
    remove: (name: string) => `${name} 지우기`,
  },
  en: {
    views: 'Saved views',
    manage: 'Save or manage views',
    title: 'Saved views',
    what: 'Keeps the filters of now under a name, in this browser. To share a view, copy the address of the page.',
    name: 'Name',
    save: 'Save this view',
    nameNeeded: 'Give it a name',
    tooMany: '30 can be kept. Remove one first.',
    nothing: 'None is saved yet.',
    remove: (name) => `Remove ${name}`,
  },
});
