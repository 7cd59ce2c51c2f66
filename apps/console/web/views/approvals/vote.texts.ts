import { defineTexts } from '../../i18n/locale.ts';

export const voteTexts = defineTexts({
  ko: {
    approve: '승인하기',
    deny: '거절하기',
    confirm: '긴급 승인 확인하기',
    object: '이의 남기기',
    approveTitle: '이 출금을 승인할까요?',
    approveLast: (amount: string) =>
      `이 승인으로 필요한 사람이 모두 승인하게 돼요. 바로 서명해서 금액(${amount})을 보내고, 서명이 시작되면 취소할 수 없어요.`,
    approveMore: (left: string) =>
      `아직 돈은 움직이지 않아요. 다른 사람 ${left}명이 더 승인해야 보내요. 남긴 승인은 거둘 수 없어요.`,
    approved: '승인했어요',
    denyTitle: '이 출금을 거절할까요?',
    denyWhat: (amount: string) =>
      `누가 승인했든 바로 실패로 끝나고, 묶여 있던 금액(${amount})을 다시 쓸 수 있어요. 되살릴 수 없고, 요청한 쪽이 이 사유를 읽어요.`,
    denied: '거절했어요',
    confirmTitle: '긴급 승인이 맞았나요?',
    confirmWhat:
      '한 사람이 혼자 승인해서 이미 진행된 출금이에요. 맞았다고 확인하면 기록이 닫혀요. 돈은 움직이지 않아요.',
    confirmed: '확인했어요',
    objectTitle: '긴급 승인에 이의를 남길까요?',
    objectWhat: '이미 나간 돈은 돌아오지 않아요. 이의는 기록에 남고, 당사자끼리 정리할 처리 보류가 열려요.',
    objected: '이의를 남겼어요',
    alone: '긴급: 나 혼자 승인하기 (나중에 다른 사람이 확인해야 해요)',
    check: '아래 내용을 끝까지 대조해 주세요. 승인은 정확히 이 내용에만 효력이 있어요.',
  },
  en: {
    approve: 'Approve',
    deny: 'Deny',
    confirm: 'Confirm the emergency approval',
    object: 'Object',
    approveTitle: 'Approve this withdrawal?',
    approveLast: (amount) =>
      `With this approval everybody needed has approved. It is signed at once and ${amount} is sent; it cannot be canceled once signing has begun.`,
    approveMore: (left) =>
      `No money moves yet: ${left} more must approve before it is sent. An approval cannot be taken back.`,
    approved: 'Approved',
    denyTitle: 'Deny this withdrawal?',
    denyWhat: (amount) =>
      `It fails at once, whoever has approved it, and ${amount} can be used again. It cannot be brought back, and its owner reads this reason.`,
    denied: 'Denied',
    confirmTitle: 'Was this emergency approval right?',
    confirmWhat:
      'One person approved it alone, and it has gone on since. To confirm it closes the record. No money moves.',
    confirmed: 'Confirmed',
    objectTitle: 'Object to this emergency approval?',
    objectWhat:
      'Money that has left does not come back. The objection is kept, and a dead letter opens for people to settle it.',
    objected: 'The objection is kept',
    alone: 'Emergency: approve it alone (another person must confirm it afterwards)',
    check: 'Compare all of this. An approval counts for exactly what stands here.',
  },
});
