import { defineTexts } from '../i18n/locale.ts';

export const bulkCommandTexts = defineTexts({
  ko: {
    report: '처리 결과',
    summary: (done: string, failed: string) => `${done}건을 처리했고 ${failed}건은 처리하지 못했어요.`,
    allDone: (done: string) => `${done}건을 모두 처리했어요.`,
    done: '처리함',
    refused: '거절됨',
    unknown: '결과 모름',
    unknownWhy:
      '답을 받지 못했어요. 상세 화면에서 지금 상태를 확인해 주세요. 같은 명령은 두 번 처리되지 않아요.',
    progress: (done: string, total: string) => `${total}건 가운데 ${done}건`,
    working: '하나씩 처리하고 있어요',
  },
  en: {
    report: 'Outcome',
    summary: (done, failed) => `${done} done, ${failed} not done.`,
    allDone: (done) => `All ${done} done.`,
    done: 'Done',
    refused: 'Refused',
    unknown: 'Not known',
    unknownWhy:
      'No answer came. See on its page how it stands now; the same command takes effect at most once.',
    progress: (done, total) => `${done} of ${total}`,
    working: 'One after another',
  },
});
