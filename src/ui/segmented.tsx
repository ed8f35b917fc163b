/** One of a few, all visible: a radio group with one tab stop. */
import type { KeyboardEvent, ReactNode } from "react";

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly id: T; readonly text: ReactNode }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly testId?: string;
  readonly className?: string;
}

const by: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function Segmented<T extends string>({ label, options, value, onChange, testId, className = "seg" }: SegmentedProps<T>) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = by[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.shiftKey) return;
    const at = options.findIndex((option) => option.id === value);
    const chosen = options[(at + step + options.length) % options.length];
    if (chosen === undefined) return;
    event.preventDefault();
    onChange(chosen.id);
    event.currentTarget.querySelector<HTMLElement>(`[data-option="${chosen.id}"]`)?.focus();
  };
  return (
    <div className={className} role="radiogroup" aria-label={label} data-testid={testId} onKeyDown={onKeyDown}>
      {options.map((option) => {
        const selected = option.id === value;
        return (
          // A button, not an input: it must not keep the focus after a click.
          <button
            key={option.id}
            type="button"
            role="radio"
            aria-checked={selected}
            tabIndex={selected ? 0 : -1}
            data-selected={selected || undefined}
            data-option={option.id}
            onClick={(event) => {
              onChange(option.id);
              // After a click the arrow keys are the page's again: they step through time.
              if (event.detail > 0) event.currentTarget.blur();
            }}
          >
            {option.text}
          </button>
        );
      })}
    </div>
  );
}
