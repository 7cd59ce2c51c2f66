import type { Hex } from '@naru/kit/hex.ts';
import { describe, expect, test } from 'vitest';
import { chainVariable, readChainSettings, readRpcUrls } from './chain-environment.ts';

const CONTRACT: Hex = '0x00000000000000000000000000000000000c0de1';

describe('environment', () => {
  test('names are those of the chains', () => {
    expect(chainVariable('NARU_RPC', 'polygon-amoy')).toBe('NARU_RPC_POLYGON_AMOY');
  });

  test('URLs keep their order of preference; other chains and empty values say nothing', () => {
    const { urls, problems } = readRpcUrls({
      NARU_RPC_POLYGON: ' https://one.example , http://two.example/key ',
      NARU_RPC_BSC: '  ',
      NARU_RPC_NOWHERE: 'https://x.example',
    });
    expect([...urls]).toEqual([['polygon', ['https://one.example', 'http://two.example/key']]]);
    expect(problems).toEqual([]);
  });

  test.each(['ftp://one.example', 'https://one.example,', 'one.example', 'https://'])(
    '"%s" is named as a problem',
    (value) => {
      expect(readRpcUrls({ NARU_RPC_POLYGON: value }).problems).toEqual([
        expect.stringContaining('NARU_RPC_POLYGON'),
      ]);
    },
  );

  test('everything that is wrong is said at once, by the name of its variable', () => {
    const { problems } = readChainSettings({
      NARU_RPC_POLYGON: 'nonsense',
      NARU_PAYOUT_CONTRACT_POLYGON: '0x12',
      NARU_CONFIRMATIONS_POLYGON: '0',
      NARU_BLOCK_TIME_MS_POLYGON: '1.5',
    });
    const names = ['NARU_RPC', 'NARU_PAYOUT_CONTRACT', 'NARU_CONFIRMATIONS', 'NARU_BLOCK_TIME_MS'];
    expect(problems).toHaveLength(names.length);
    for (const name of names) expect(problems).toContainEqual(expect.stringContaining(`${name}_POLYGON`));
  });

  test('settings hold what was said, and nothing that was not', () => {
    const { settings, problems } = readChainSettings({
      NARU_RPC_LOCALHOST: 'http://127.0.0.1:8545',
      NARU_PAYOUT_CONTRACT_LOCALHOST: CONTRACT,
      NARU_CONFIRMATIONS_LOCALHOST: '3',
      NARU_RPC_BSC: 'https://bsc.example',
    });
    expect(problems).toEqual([]);
    expect([...settings]).toEqual([
      ['localhost', { hasRpc: true, payoutContract: CONTRACT, confirmations: 3 }],
      ['bsc', { hasRpc: true, payoutContract: null }],
    ]);
  });
});
