import { TextField } from '@naru/ui/text-field.tsx';
import { defineTexts, useTexts } from '../i18n/locale.ts';

const texts = defineTexts({
  ko: { bad: '0x로 시작하는 주소 42자를 적어 주세요' },
  en: { bad: 'An address of 42 characters that begins with 0x' },
});

export function isAddress(text: string): boolean {
  return /^0x[0-9a-fA-F]{40}$/.test(text);
}

/** What is wrong with an address that is typed, for the command that it is a field of; null: nothing. */
export function useAddressProblem(address: string): string | null {
  const words = useTexts(texts);
  return isAddress(address.trim()) ? null : words.bad;
}

/** An address of a chain. It says what is wrong once something was typed. */
export function AddressField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  isRequired?: boolean;
  className?: string;
}) {
  const problem = useAddressProblem(props.value);
  return <TextField {...props} error={props.value === '' ? null : problem} isMono />;
}
