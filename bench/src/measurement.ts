import { errorText } from '@naru/kit/errors.ts';

/** What DESIGN asks of a figure. */
export type Bar = { kind: 'at_least' | 'at_most'; value: number };

/** One line of the table. */
export type Measurement = {
  name: string;
  /** Null: it could not be measured; `note` says why. */
  figure: number | null;
  unit: string;
  /** Null: shown for scale, nothing is asked of it. */
  bar: Bar | null;
  /** Null without a figure or a bar. */
  met: boolean | null;
  note: string;
  /** True: the measurement itself went wrong, which is never the same as a poor figure. */
  isError: boolean;
};

export function measured(values: {
  name: string;
  figure: number;
  unit: string;
  bar?: Bar;
  note?: string;
}): Measurement {
  const { name, figure, unit } = values;
  const bar = values.bar ?? null;
  return {
    name,
    figure,
    unit,
    bar,
    met: bar === null ? null : meets(figure, bar),
    note: values.note ?? '',
    isError: false,
  };
}

/** Something that this machine or these options leave out. */
export function notMeasured(name: string, note: string): Measurement {
  return {
    name,
    figure: null,
    unit: '',
    bar: null,
    met: null,
    note: `not measured: ${note}`,
    isError: false,
  };
}

/** Of an error's text, in the table; all of it has been shown when it happened. */
const ERROR_LENGTH_MAX = 300;

export function failed(name: string, error: unknown): Measurement {
  const note = errorText(error).replace(/\s+/g, ' ').trim().slice(0, ERROR_LENGTH_MAX);
  return { name, figure: null, unit: '', bar: null, met: null, note, isError: true };
}

export function atLeast(value: number): Bar {
  return { kind: 'at_least', value };
}

export function atMost(value: number): Bar {
  return { kind: 'at_most', value };
}

function meets(figure: number, bar: Bar): boolean {
  return bar.kind === 'at_least' ? figure >= bar.value : figure <= bar.value;
}
