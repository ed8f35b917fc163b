/** A row of tabs with one tab stop: arrow keys, Home and End move between them. Panels are the caller's: see tabIds. */
import type { KeyboardEvent, ReactNode } from "react";

interface TabStripProps<T extends string> {
  readonly id: string;
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly text: ReactNode }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** Ids that tie a tab to its panel: `<div role="tabpanel" id={panel} aria-labelledby={tab}>`. */
export const tabIds = (strip: string, tab: string) => ({ tab: `${strip}-tab-${tab}`, panel: `${strip}-panel-${tab}` }) as const;

function targetOf(key: string, at: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
      return (at + 1) % count;
    case "ArrowLeft":
      return (at + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

export function TabStrip<T extends string>({ id, label, tabs, value, onChange }: TabStripProps<T>) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const target = targetOf(
      event.key,
      tabs.findIndex((tab) => tab.id === value),
      tabs.length,
    );
    const tab = target === null ? undefined : tabs[target];
    if (tab === undefined || event.altKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onChange(tab.id);
    document.getElementById(tabIds(id, tab.id).tab)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map((tab) => {
        const selected = tab.id === value;
        const ids = tabIds(id, tab.id);
        return (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={ids.tab}
            aria-selected={selected}
            aria-controls={selected ? ids.panel : undefined}
            tabIndex={selected ? 0 : -1}
            data-selected={selected || undefined}
            data-testid={`tab-${tab.id}`}
            onClick={(event) => {
              onChange(tab.id);
              // After a click the arrow keys are the page's again: they step through time.
              if (event.detail > 0) event.currentTarget.blur();
            }}
          >
            {tab.text}
          </button>
        );
      })}
    </div>
  );
}
