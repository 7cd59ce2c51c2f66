/** What a colour says, besides the words that always stand with it. */
export type Tone = 'idle' | 'info' | 'good' | 'warn' | 'bad';

export const toneClasses: Readonly<Record<Tone, string>> = {
  idle: 'bg-idle-soft text-idle-text',
  info: 'bg-info-soft text-info-text',
  good: 'bg-good-soft text-good-text',
  warn: 'bg-warn-soft text-warn-text',
  bad: 'bg-bad-soft text-bad-text',
};
