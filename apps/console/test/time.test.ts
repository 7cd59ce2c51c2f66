import { expect, test } from 'vitest';
import { formatDuration } from '../web/format/time.ts';

test.each([
  [250, '250밀리초', '250 ms'],
  [1_240, '1.2초', '1.2 s'],
  [200_000, '3분 20초', '3 min 20 s'],
  [300_000, '5분', '5 min'],
  [7_500_000, '2시간 5분', '2 h 5 min'],
  [7_200_000, '2시간', '2 h'],
  [180_000_000, '2일 2시간', '2 d 2 h'],
])('%d ms are said as people say them', (ms, ko, en) => {
  expect([formatDuration(ms, 'ko'), formatDuration(ms, 'en')]).toEqual([ko, en]);
});
