import { defineTexts } from '../i18n/locale.ts';

export const noteTexts = defineTexts({
  ko: {
    title: '메모 남기기',
    what: '다음 담당자가 볼 메모예요. 출금을 요청한 조직에는 보이지 않고, 지우거나 고칠 수 없어요. 돈은 움직이지 않아요.',
    text: '메모',
    needed: '메모를 적어 주세요',
    done: '메모를 남겼어요',
  },
  en: {
    title: 'Add a note',
    what: 'For the next operator. Its owner does not see it, and it can neither be changed nor removed. No money moves.',
    text: 'Note',
    needed: 'Write the note',
    done: 'The note is kept',
  },
});
