/** The calls of both runs beside each other. Only rows in sight are elements: programs make thousands of calls. */
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { compareTexts } from "../../i18n/compare";
import type { Aspect, ComparedCall, Comparison } from "../../protocol/comparison";
import type { Operation } from "../../protocol/messages";
import { useSize } from "../../render/hooks";
import { useText, useUi } from "../../store";
import { callText } from "../shared/call-text";
import { pathRole } from "../shared/path-role";
import { eitherCall, shortResult } from "./outcome";

const ROW = 24;

const signs: Readonly<Record<Aspect, string>> = { decision: "≠", words: "w", address: "@" };

interface CallsProps {
  readonly comparison: Comparison;
  readonly selected: number;
  readonly onSelect: (index: number) => void;
  /** Marks words and addresses too. */
  readonly all: boolean;
}

function Outcome({ operation }: { readonly operation: Operation | null }) {
  const text = compareTexts[useUi((state) => state.locale)];
  const paths = useText().path;
  if (operation === null) return <span className="dim">—</span>;
  if (!operation.finished) return <span className="compare-chip kind-bad">{text.died}</span>;
  const path = paths[operation.path];
  const result = shortResult(operation);
  return (
    <span className={`compare-chip kind-${pathRole(operation.path, "none")}`}>
      {path === "" ? result || "·" : path}
      {path !== "" && result !== "" ? <small> {result}</small> : null}
    </span>
  );
}

/** What is marked in a row: decisions always, the rest when asked, or when nothing else parts the two. */
export function marksOf(call: ComparedCall, comparison: Comparison, all: boolean): readonly Aspect[] {
  const aspect = comparison.divergence?.aspect;
  return call.differs.filter((each) => all || each === "decision" || each === aspect);
}

export function Calls({ comparison, selected, onSelect, all }: CallsProps) {
  const text = compareTexts[useUi((state) => state.locale)];
  const list = useRef<HTMLDivElement>(null);
  const size = useSize(list);
  const [top, setTop] = useState(0);
  const { calls, divergence, a, b } = comparison;
  const first = Math.max(0, Math.floor(top / ROW) - 4);
  const shown = calls.slice(first, first + Math.ceil(Math.max(200, size.height) / ROW) + 8);

  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const y = selected * ROW;
    if (y < element.scrollTop + ROW || y + 2 * ROW > element.scrollTop + size.height)
      element.scrollTop = Math.max(0, y - size.height / 3);
  }, [selected, size.height]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(size.height / ROW) - 1);
    const to: Readonly<Record<string, number>> = {
      ArrowDown: selected + 1,
      ArrowUp: selected - 1,
      PageDown: selected + page,
      PageUp: selected - page,
      Home: 0,
      End: calls.length - 1,
    };
    const next = to[event.key];
    if (next === undefined || event.altKey || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    onSelect(Math.max(0, Math.min(calls.length - 1, next)));
  };

  return (
    <div className="compare-calls">
      <div className="compare-calls-head dim" aria-hidden="true">
        <span>#</span>
        <span>{text.call}</span>
        <span>A {a.machine.glibc}</span>
        <span>B {b.machine.glibc}</span>
        <span />
      </div>
      <div
        className="compare-calls-list"
        ref={list}
        role="listbox"
        aria-label={text.calls}
        aria-activedescendant={`compared-${selected}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        data-testid="compared-calls"
      >
        <div style={{ height: `${calls.length * ROW}px` }} role="presentation">
          {shown.map((call, at) => {
            const index = first + at;
            const operation = eitherCall(call);
            const marks = marksOf(call, comparison, all);
            return (
              <div
                key={index}
                id={`compared-${index}`}
                role="option"
                aria-selected={index === selected}
                aria-posinset={index + 1}
                aria-setsize={calls.length}
                className="compare-call mono"
                data-first={index === divergence?.call || undefined}
                data-differs={call.differs.includes("decision") || undefined}
                style={{ top: `${index * ROW}px` }}
                onClick={() => onSelect(index)}
              >
                <span className="dim">{index + 1}</span>
                <span className="compare-call-text">{operation === null ? "" : callText(operation)}</span>
                <Outcome operation={call.a} />
                <Outcome operation={call.b} />
                <span className="compare-mark" title={marks.map((mark) => text.marks[mark]).join(", ")}>
                  {marks.map((mark) => (
                    <span key={mark}>
                      <span aria-hidden="true">{signs[mark]}</span>
                      <span className="visually-hidden">{text.marks[mark]}</span>
                    </span>
                  ))}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
