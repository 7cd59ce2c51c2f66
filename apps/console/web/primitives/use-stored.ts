import { useCallback, useState } from 'react';

/** State that this browser remembers. What cannot be read any more is forgotten. */
export function useStored<Value>(name: string, initial: Value): [Value, (value: Value) => void] {
  const key = `naru.${name}`;
  const [value, setValue] = useState<Value>(() => {
    try {
      const stored = localStorage.getItem(key);
      return stored === null ? initial : (JSON.parse(stored) as Value);
    } catch {
      return initial;
    }
  });
  const change = useCallback(
    (next: Value) => {
      setValue(next);
      localStorage.setItem(key, JSON.stringify(next));
    },
    [key],
  );
  return [value, change];
}
