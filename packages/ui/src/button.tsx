import { Button as HeroButton } from '@heroui/react/button';
import type { ReactNode } from 'react';

export type ButtonProps = {
  children: ReactNode;
  onPress?: () => void;
  /** One `primary` a view: what one came to do. `danger` is for what cannot be taken back. */
  variant?: 'primary' | 'secondary' | 'ghost' | 'outline' | 'danger' | 'danger-soft';
  size?: 'sm' | 'md' | 'lg';
  type?: 'button' | 'submit';
  isDisabled?: boolean;
  /** Under way: it keeps its place and its width, and cannot be pressed again. */
  isPending?: boolean;
  isIconOnly?: boolean;
  fullWidth?: boolean;
  form?: string;
  className?: string;
  autoFocus?: boolean;
  'aria-label'?: string;
  'aria-describedby'?: string;
  'aria-expanded'?: boolean;
  'aria-pressed'?: boolean;
};

export function Button({
  variant = 'secondary',
  size = 'sm',
  type = 'button',
  className,
  ...props
}: ButtonProps) {
  return (
    <HeroButton
      {...props}
      type={type}
      variant={variant}
      size={size}
      className={`rounded-md ${className ?? ''}`}
    />
  );
}
