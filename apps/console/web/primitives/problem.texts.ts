import { defineTexts } from '../i18n/locale.ts';

export const problemTexts = defineTexts({
  ko: {
    pageFailed: '화면을 불러오지 못했어요',
    outcomeUnknown: '아직 결과를 확인하지 못했어요',
    outcomeUnknownHint:
      '처리됐을 수도 있어요. 새로 요청하지 말고 아래 버튼으로 같은 요청의 결과를 확인하세요. 두 번 처리되지 않아요.',
  },
  en: {
    pageFailed: 'This page could not be loaded',
    outcomeUnknown: 'The outcome is not known yet',
    outcomeUnknownHint:
      'It may have been done. Do not ask anew: check the same request with the button below. It takes effect at most once.',
  },
});
