/** The program, with the line of the chosen call and the lines whose calls part. */
import { useLayoutEffect, useMemo, useRef } from "react";
import { compareTexts } from "../../i18n/compare";
import type { Comparison } from "../../protocol/comparison";
import { useUi } from "../../store";
import { eitherCall } from "./outcome";

interface SourceProps {
  readonly source: string;
  readonly comparison: Comparison;
  readonly selected: number;
}

export function Source({ source, comparison, selected }: SourceProps) {
  const text = compareTexts[useUi((state) => state.locale)];
  const box = useRef<HTMLPreElement>(null);
  const lines = useMemo(() => source.split("\n"), [source]);
  const parting = useMemo(
    () => new Set(comparison.calls.flatMap((call) => (call.differs.includes("decision") ? [eitherCall(call)?.line ?? 0] : []))),
    [comparison],
  );
  const call = comparison.calls[selected];
  const line = call === undefined ? 0 : (eitherCall(call)?.line ?? 0);
  useLayoutEffect(() => {
    const row = box.current?.children[line - 1];
    const frame = box.current;
    if (frame === null || !(row instanceof HTMLElement)) return;
    const y = row.offsetTop;
    if (y < frame.scrollTop || y + row.offsetHeight > frame.scrollTop + frame.clientHeight)
      frame.scrollTop = Math.max(0, y - frame.clientHeight / 3);
  }, [line]);
  return (
    // Scrolls, so it can be focused.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached with the keyboard
    <pre className="compare-source mono" ref={box} aria-label={text.source} tabIndex={0}>
      {lines.map((content, index) => (
        // Lines are told apart by their number only.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} data-now={index + 1 === line || undefined}>
          <i>{index + 1}</i>
          {content}
          {parting.has(index + 1) ? <b> ≠</b> : null}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}
