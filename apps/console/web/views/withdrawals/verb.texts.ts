import { defineTexts } from '../../i18n/locale.ts';

/** Commands about withdrawals: each says what happens, what becomes of the money, and whether it can be taken back. */
export const verbTexts = defineTexts({
  ko: {
    verbs: '할 수 있는 일',
    notNow: '지금은 할 수 없어요',
    approve: '승인하기',
    deny: '거절하기',
    cancel: '취소하기',
    retry: '다시 시도하기',
    bump: '수수료 올리기',
    release: '되돌리기',
    close: '처리 보류 닫기',
    note: '메모 남기기',
    cancelTitle: '이 출금을 취소할까요?',
    cancelWhat: (amount: string) =>
      `서명하기 전이라 바로 취소돼요. 묶여 있던 금액(${amount})을 다시 쓸 수 있고, 취소한 출금은 되살릴 수 없어요.`,
    canceled: '출금을 취소했어요',
    retryTitle: '새 출금으로 다시 시도할까요?',
    retryWhat: (amount: string, to: string) =>
      `같은 내용으로 새 출금을 만들고 금액(${amount})을 다시 묶어요. 검사와 한도를 처음부터 거쳐 받는 주소 ${to}에 지급해요. 이전 출금은 실패한 채로 남고, 체인에서 지급되지 않은 것이 증명됐어요.`,
    tryNowTitle: '지금 바로 다시 시도할까요?',
    tryNowWhat:
      '기다리지 않고 다음 시도를 바로 해요. 같은 출금, 같은 논스라서 두 번 지급되지 않아요. 새로 묶이는 금액은 없어요.',
    retried: '다시 시도했어요',
    acceptDuplicate: '같은 내용의 출금이 또 있어도 진행하기',
    duplicateNeeded: '아래 내용을 확인하고 표시해 주세요.',
    bumpTitle: '수수료를 올려 다시 보낼까요?',
    bumpWhat:
      '같은 논스와 같은 내용으로 수수료만 높여 한 번 더 서명해요. 블록에는 둘 중 하나만 들어가니 두 번 지급되지 않아요. 가스비는 더 들 수 있고, 보낸 서명은 거둘 수 없어요.',
    bumped: '수수료를 올려 달라고 요청했어요',
    releaseTitle: '이 출금을 되돌릴까요?',
    releaseBefore: (amount: string) =>
      `아직 논스를 받지 않아서 바로 취소돼요. 묶여 있던 금액(${amount})을 다시 쓸 수 있어요. 취소한 출금은 되살릴 수 없어요.`,
    releaseAfter: (amount: string) =>
      `자기 전송으로 논스를 비워요. 체인에서 지급되지 않은 것이 증명된 뒤에만 실패로 끝나고, 묶인 금액(${amount})을 다시 쓸 수 있어요. 그때까지는 그대로 묶여 있고, 지급이 먼저 블록에 들어가면 지급돼요.`,
    released: '되돌리기를 시작했어요',
    wholeBatch: '같은 트랜잭션의 다른 출금도 다시 계획하기',
    wholeBatchNeeded: '다른 출금에 주는 영향을 확인하고 표시해 주세요.',
    closeTitle: '처리 보류를 닫을까요?',
    closeWhat: (count: string) =>
      `이 출금에 열려 있는 ${count}건을 닫아요. 돈은 움직이지 않고 출금도 그대로예요. 같은 문제가 이어지는 동안에는 다시 열리지 않아요.`,
    closed: '처리 보류를 닫았어요',
    bulkTitle: (verb: string, count: string) => `${count}건 ${verb}`,
    bulkSum: '고른 출금의 합계',
    bulkUnfit: (count: string) =>
      `이 가운데 ${count}건은 지금 상태에서 할 수 없어요. 거절된 이유를 결과에 보여 드려요.`,
    bulkNone: (count: string) =>
      `고른 ${count}건은 모두 지금 상태에서 할 수 없어요. 다른 출금을 골라 주세요.`,
    bulkCancel: '서명 전인 출금은 바로 취소되고 묶인 금액이 풀려요. 되살릴 수 없어요.',
    bulkRetry: (failed: string, waiting: string) =>
      `실패한 ${failed}건은 같은 내용의 새 출금을 만들어 금액을 다시 묶고, 기다리는 ${waiting}건은 같은 출금을 바로 다시 시도해요. 어느 쪽도 두 번 지급되지 않아요.`,
    bulkRelease:
      '논스를 받기 전이면 바로 취소되고, 받은 뒤면 체인에서 지급되지 않은 것이 증명된 것만 금액이 풀려요. 다른 출금과 한 트랜잭션인 것은 거절돼요. 그것은 상세 화면에서 되돌려 주세요.',
    bulkBump:
      '블록을 기다리는 트랜잭션의 수수료를 올려요. 같은 논스라서 두 번 지급되지 않고, 가스비는 더 들 수 있어요.',
    bulkReason: '같은 사유가 하나하나에 남아요.',
  },
  en: {
    verbs: 'What can be done',
    notNow: 'Not possible now',
    approve: 'Approve',
    deny: 'Deny',
    cancel: 'Cancel',
    retry: 'Retry',
    bump: 'Raise the fee',
    release: 'Take back',
    close: 'Close dead letter',
    note: 'Add a note',
    cancelTitle: 'Cancel this withdrawal?',
    cancelWhat: (amount) =>
      `Signing has not begun, so it is canceled at once. ${amount} can be used again. A canceled withdrawal cannot be brought back.`,
    canceled: 'The withdrawal is canceled',
    retryTitle: 'Retry it as a new withdrawal?',
    retryWhat: (amount, to) =>
      `A new withdrawal with the same content is made and ${amount} is reserved again. It passes checks and limits anew and pays ${to}. The old one stays failed; the chain has proved that it is unpaid.`,
    tryNowTitle: 'Try it now?',
    tryNowWhat:
      'The next try is made at once, without the wait. It is the same withdrawal with the same nonce, so it cannot be paid twice, and nothing more is reserved.',
    retried: 'It is being tried again',
    acceptDuplicate: 'Go on, although another one has the same content',
    duplicateNeeded: 'Read what stands above and tick the box.',
    bumpTitle: 'Send it again with a higher fee?',
    bumpWhat:
      'One more attempt is signed with the same nonce and content. A block takes only one of them, so it cannot be paid twice. Gas may cost more, and a signature that was sent cannot be called back.',
    bumped: 'A higher fee is asked for',
    releaseTitle: 'Take this withdrawal back?',
    releaseBefore: (amount) =>
      `It has no nonce yet, so it is canceled at once. ${amount} can be used again. A canceled withdrawal cannot be brought back.`,
    releaseAfter: (amount) =>
      `Its nonce is freed by a self-transfer. Only when the chain has proved that it was not paid does it fail and ${amount} can be used again. Until then the amount stays reserved; if the payment gets into a block first, it is paid.`,
    released: 'It is being taken back',
    wholeBatch: 'Plan the others of the same transaction again',
    wholeBatchNeeded: 'Read what it does to the others and tick the box.',
    closeTitle: 'Close the dead letter?',
    closeWhat: (count) =>
      `Closes the ${count} that are open about it. No money moves and the withdrawal stays as it is. They do not open again while the same trouble lasts.`,
    closed: 'Closed',
    bulkTitle: (verb, count) => `${verb}: ${count}`,
    bulkSum: 'They add up to',
    bulkUnfit: (count) => `${count} of them are not in a state for it. The report says why each was refused.`,
    bulkNone: (count) => `None of the ${count} is in a state for it. Select others.`,
    bulkCancel:
      'Those that are not being signed are canceled at once and their amounts freed. None can be brought back.',
    bulkRetry: (failed, waiting) =>
      `For the ${failed} that failed, new withdrawals with the same content are made and their amounts reserved again; the ${waiting} that wait are tried at once. None can be paid twice.`,
    bulkRelease:
      'Those without a nonce are canceled at once; of the others an amount is freed only when the chain has proved that it was not paid. One that shares its transaction is refused: take it back on its own page.',
    bulkBump:
      'Transactions that wait for a block get a higher fee. With the same nonce none is paid twice; gas may cost more.',
    bulkReason: 'The same reason is kept with each.',
  },
});
