import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { ApiKeyBody } from '@naru/wire/person.ts';
import { useTexts } from '../../i18n/locale.ts';
import { apiKeyTexts } from './api-key.texts.ts';

const tones = { active: 'good', expired: 'warn', revoked: 'idle' } as const;

export function stateOf({ revokedAt, expiresAt }: ApiKeyBody): keyof typeof tones {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'active';
}

export function ApiKeyState({ apiKey }: { apiKey: ApiKeyBody }) {
  const words = useTexts(apiKeyTexts);
  const state = stateOf(apiKey);
  return <StatusChip tone={tones[state]}>{words[state]}</StatusChip>;
}
