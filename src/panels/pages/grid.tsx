/** The pages of one mapping: a canvas, and one option for keyboard and screen reader that says which page is chosen. */
import { type KeyboardEvent, type PointerEvent, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { PAGE_SIZE } from "../../abi/machine-memory";
import { pageKind, pageKinds } from "../../decode/page-kind";
import { pageMark, pageRow, type VmaPages } from "../../decode/pages";
import { kernelWords } from "../../decode/kernel-words";
import { asWords } from "../../decode/memory";
import { asRunning, sharersOf } from "../../decode/process";
import type { VmaFacts } from "../../decode/types";
import { type PagesText, pagesTexts } from "../../i18n/pages";
import { panelTexts } from "../../i18n/panels";
import { type Instant, useMoment } from "../../queries";
import { drawPageGrid } from "../../render/canvas/page-grid";
import { prepareSurface } from "../../render/canvas/surface";
import { inNextFrame, usePixelRatio, useSize, useTheme } from "../../render/hooks";
import { vmaRole } from "../../render/roles";
import { hex } from "../../render/text";
import { pageAt, pageBox, pageGrid } from "../../scene/page-grid";
import { useActions, useUi } from "../../store";
import { gridTarget } from "../shared/grid-keys";
import { useFault } from "../shared/use-fault";
import { useMachine } from "../shared/use-machine";
import type { PageInSight } from "../shared/use-page";
import { vmaName } from "../shared/vma-name";
import { entriesWritten } from "./written";

interface GridProps {
  readonly instant: Instant;
  readonly sight: PageInSight;
  readonly vma: VmaFacts;
  readonly pages: VmaPages;
}

const sharersIn = (words: Uint32Array, pid: number, page: number): readonly number[] =>
  sharersOf(asRunning(kernelWords(words), pid), words, page);

/** `resident, own, dirty` */
function whatIs(pages: VmaPages, index: number, text: PagesText, tellsShared: boolean): string {
  const row = pageRow(pages, index);
  const kind = pageKinds[pages.kind[row] ?? 0] ?? "absent";
  const marks = row < 0 ? 0 : (pages.marks[row] ?? 0);
  const words = [text.kind[row < 0 ? "absent" : kind]];
  if ((marks & pageMark.dirty) !== 0) words.push(text.dirty);
  if (tellsShared && (marks & pageMark.shared) !== 0) words.push(text.shared);
  if ((marks & pageMark.protNone) !== 0) words.push("PROT_NONE");
  return words.join(text.comma);
}

/** More headers than this are a blur. */
const HEADER_LIMIT = 600;

/** Where chunks begin in the mapping, in pages from its start; none when they are too many to be told apart. */
function chunkStarts({ heap }: Instant, vma: VmaFacts): readonly number[] {
  const { addr, count } = heap.chunks;
  const starts: number[] = [];
  for (let row = 0; row < count && starts.length <= HEADER_LIMIT; row++) {
    const at = addr[row] ?? -1;
    if (at >= vma.start && at < vma.end) starts.push((at - vma.start) / PAGE_SIZE);
  }
  return starts.length > HEADER_LIMIT ? [] : starts;
}

export function Grid({ instant, sight, vma, pages }: GridProps): React.ReactNode {
  const locale = useUi((state) => state.locale);
  const text = pagesTexts[locale];
  const actions = useActions();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(box);
  const theme = useTheme();
  const ratio = usePixelRatio();
  const [hover, setHover] = useState(-1);
  const { start } = sight;
  // Blue is what the reader chose: a chunk that the call at hand is about is not marked.
  const chosenChunk = useUi((state) => state.selection !== null);
  const chunk = chosenChunk ? sight.chunk : null;
  const selected = (start - vma.start) / PAGE_SIZE;
  const fault = useFault();
  const faulting = fault >= vma.start && fault < vma.end ? Math.floor((fault - vma.start) / PAGE_SIZE) : -1;
  const grid = useMemo(
    () => (width < 120 ? null : pageGrid(pages, width - 16, Math.max(90, height - 8), [selected, faulting])),
    [pages, width, height, selected, faulting],
  );
  const hovered = hover < pages.total ? hover : -1;
  const stepFrom = useMoment().position?.stepFrom ?? instant.cursor;
  const changed = useMemo(() => {
    const entries = entriesWritten(instant.records, stepFrom, instant.cursor);
    const addrs = [...instant.picture.changed.map(({ addr }) => addr), ...entries];
    const here = addrs.filter((addr) => addr >= vma.start && addr < vma.end);
    return [...new Set(here.map((addr) => Math.floor((addr - vma.start) / PAGE_SIZE)))];
  }, [instant, vma, stepFrom]);
  const headers = useMemo(() => chunkStarts(instant, vma), [instant, vma]);
  useLayoutEffect(
    () =>
      inNextFrame(() => {
        if (canvas.current === null || grid === null) return;
        const surface = prepareSurface(canvas.current, width - 16, grid.height + 4, ratio);
        if (surface === null) return;
        surface.context.translate(0, 2);
        const inPages = (addr: number): number => (addr - vma.start) / PAGE_SIZE;
        const span =
          chunk === null
            ? null
            : {
                from: Math.max(0, Math.floor(inPages(chunk.start))),
                to: Math.min(pages.total, Math.ceil(inPages(chunk.end))),
              };
        drawPageGrid(
          surface,
          theme,
          {
            pages,
            grid,
            role: vmaRole[vma.kind],
            folded: (count) => text.foldedRows(count.toLocaleString("en").replaceAll(",", " ")),
          },
          { selected, hovered, chunk: span, changed, headers, faulting },
        );
      }),
    [grid, pages, selected, hovered, chunk, changed, headers, faulting, theme, ratio, width, vma, text],
  );
  // The chosen page stays in sight.
  const chosen = grid === null ? null : pageBox(grid, selected);
  const chosenY = chosen?.y ?? -1;
  useLayoutEffect(() => {
    const frame = box.current;
    if (frame === null || chosenY < 0) return;
    if (chosenY < frame.scrollTop) frame.scrollTop = chosenY;
    else if (chosenY + 20 > frame.scrollTop + frame.clientHeight) frame.scrollTop = chosenY + 20 - frame.clientHeight;
  }, [chosenY]);

  const select = (index: number): void => actions.selectPage(vma.start + index * PAGE_SIZE, vma.start);
  const under = (event: PointerEvent): number => {
    const rect = canvas.current?.getBoundingClientRect();
    return rect === undefined || grid === null ? -1 : pageAt(grid, event.clientX - rect.left, event.clientY - rect.top - 2);
  };
  const row = grid === null ? 32 : grid.columns * grid.pagesPerCell;
  const onKeyDown = (event: KeyboardEvent): void => {
    const cell = grid?.pagesPerCell ?? 1;
    const target = gridTarget(event, { selected, cell, row, page: 8 * row, first: 0, last: pages.total - 1 });
    if (target !== null && target >= 0 && target < pages.total) select(target);
  };
  const told = hovered < 0 ? selected : hovered;
  const { pid } = instant.space;
  const readSharers = useCallback(
    (linear: Uint8Array) => sharersIn(asWords(linear), pid, vma.start / PAGE_SIZE + told),
    [vma, told, pid],
  );
  const sharers = useMachine(instant, readSharers) ?? [];
  const spoken = (index: number): string => {
    const shared = index === told && !vma.shared && sharers.length > 0 ? `${text.comma}${text.sharedWith(sharers)}` : "";
    const what = whatIs(pages, index, text, shared === "");
    return text.page(String(index + 1), String(pages.total), hex(vma.start + index * PAGE_SIZE), `${what}${shared}`);
  };
  const name = vmaName(vma, panelTexts[locale]);
  return (
    <>
      <div
        className="page-grid"
        ref={box}
        role="listbox"
        tabIndex={0}
        aria-label={text.grid(name)}
        aria-activedescendant="page-chosen"
        onKeyDown={onKeyDown}
        data-testid="page-grid"
      >
        <canvas
          ref={canvas}
          aria-hidden="true"
          onPointerMove={(event) => {
            const index = under(event);
            if (index === hovered) return;
            setHover(index);
            actions.hover(index < 0 ? null : vma.start + index * PAGE_SIZE);
          }}
          onPointerLeave={() => {
            setHover(-1);
            actions.hover(null);
          }}
          onClick={(event) => {
            const index = under(event as unknown as PointerEvent);
            if (index >= 0) select(index);
          }}
        />
        <div
          className="visually-hidden"
          id="page-chosen"
          role="option"
          aria-selected="true"
          aria-posinset={selected + 1}
          aria-setsize={pages.total}
        >
          {spoken(selected)}
        </div>
      </div>
      <p className="page-line-text mono" data-testid="page-line">
        {spoken(told)}
      </p>
    </>
  );
}

/** What the cells mean, with how many there are of each. */
export function Legend({ pages, vma }: { readonly pages: VmaPages; readonly vma: VmaFacts }): React.ReactNode {
  const fault = useFault();
  const text = pagesTexts[useUi((state) => state.locale)];
  const absent = pages.total - pages.count;
  const entries = pageKinds.map((kind) => ({
    kind,
    count: kind === "absent" ? absent : (pages.byKind[pageKind[kindKey[kind]]] ?? 0),
  }));
  return (
    <ul className="page-legend" data-vma={vmaRole[vma.kind]}>
      {entries
        .filter(({ count }) => count > 0)
        .map(({ kind, count }) => (
          <li key={kind}>
            <span className="page-cell" data-kind={kind} aria-hidden="true">
              {kind === "zero" ? "0" : ""}
            </span>
            {text.kind[kind]} <b className="mono">{count}</b>
          </li>
        ))}
      {fault >= vma.start && fault < vma.end ? (
        <li data-testid="page-faulting">
          <span className="page-cell" data-kind="faulting" aria-hidden="true" />
          {text.faulting} <b className="mono">{hex(fault)}</b>
        </li>
      ) : null}
      {pages.dirty > 0 ? (
        <li>
          {text.dirty} <b className="mono">{pages.dirty}</b>
        </li>
      ) : null}
      {pages.shared > 0 ? (
        <li>
          {text.shared} <b className="mono">{pages.shared}</b>
        </li>
      ) : null}
    </ul>
  );
}

const kindKey = {
  absent: "absent",
  anonymous: "anonymous",
  zero: "zero",
  file: "file",
  "shared memory": "sharedMemory",
  special: "special",
} as const;
