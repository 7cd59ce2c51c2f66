import { Description } from '@heroui/react/description';
import { FieldError } from '@heroui/react/field-error';
import { Input } from '@heroui/react/input';
import { Label } from '@heroui/react/label';
import { TextArea as HeroTextArea } from '@heroui/react/textarea';
import { TextField as HeroTextField } from '@heroui/react/textfield';
import type { ReactNode, Ref } from 'react';

type FieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  /** What is wrong and how to mend it; shown in place. */
  error?: string | null;
  isRequired?: boolean;
  isDisabled?: boolean;
  isReadOnly?: boolean;
  placeholder?: string;
  className?: string;
  maxLength?: number;
};

export type TextFieldProps = FieldProps & {
  type?: 'text' | 'email' | 'password' | 'search' | 'url' | 'number' | 'datetime-local' | 'date';
  inputMode?: 'text' | 'decimal' | 'numeric' | 'email' | 'url' | 'search';
  autoComplete?: string;
  autoFocus?: boolean;
  name?: string;
  /** Digits of one width, for amounts, addresses and codes. */
  isMono?: boolean;
  isLabelHidden?: boolean;
  inputRef?: Ref<HTMLInputElement>;
};

export function TextField(props: TextFieldProps) {
  const { label, value, onChange, hint, error, className, isMono, isLabelHidden, inputRef, placeholder } =
    props;
  return (
    <HeroTextField
      value={value}
      onChange={onChange}
      isInvalid={Boolean(error)}
      isRequired={props.isRequired ?? false}
      isDisabled={props.isDisabled ?? false}
      isReadOnly={props.isReadOnly ?? false}
      type={(props.type ?? 'text') as 'text'}
      {...(props.inputMode === undefined ? {} : { inputMode: props.inputMode })}
      {...(props.autoComplete === undefined ? {} : { autoComplete: props.autoComplete })}
      {...(props.name === undefined ? {} : { name: props.name })}
      {...(props.maxLength === undefined ? {} : { maxLength: props.maxLength })}
      {...(isLabelHidden ? { 'aria-label': label } : {})}
      autoFocus={props.autoFocus ?? false}
      validationBehavior="aria"
      className={`flex flex-col gap-1 ${className ?? ''}`}
    >
      {isLabelHidden ? null : <Label className="text-sm font-medium">{label}</Label>}
      <Input
        ref={inputRef}
        placeholder={placeholder ?? ''}
        className={`rounded-md px-2.5 py-1.5 ${isMono ? 'font-mono tabular' : ''}`}
      />
      {hint ? <Description className="text-xs text-muted">{hint}</Description> : null}
      <FieldError className="text-sm text-bad-text">{error}</FieldError>
    </HeroTextField>
  );
}

export function TextArea({
  label,
  value,
  onChange,
  hint,
  error,
  rows = 3,
  isMono,
  ...props
}: FieldProps & { rows?: number; isMono?: boolean }) {
  return (
    <HeroTextField
      value={value}
      onChange={onChange}
      isInvalid={Boolean(error)}
      isRequired={props.isRequired ?? false}
      isDisabled={props.isDisabled ?? false}
      isReadOnly={props.isReadOnly ?? false}
      validationBehavior="aria"
      className={`flex flex-col gap-1 ${props.className ?? ''}`}
      {...(props.maxLength === undefined ? {} : { maxLength: props.maxLength })}
    >
      <Label className="text-sm font-medium">{label}</Label>
      <HeroTextArea
        rows={rows}
        placeholder={props.placeholder ?? ''}
        className={`rounded-md px-2.5 py-1.5 ${isMono ? 'font-mono text-xs' : ''}`}
      />
      {hint ? <Description className="text-xs text-muted">{hint}</Description> : null}
      <FieldError className="text-sm text-bad-text">{error}</FieldError>
    </HeroTextField>
  );
}
