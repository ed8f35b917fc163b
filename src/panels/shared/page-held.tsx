/** "Who pins this page?" and "why did free not give it back?", for the page in sight. Fetched with the pages. */
import { useMemo } from "react";
import { PAGE_SIZE } from "../../abi/machine-memory";
import { pageHeld, type Pin } from "../../decode/page-pins";
import { rowOf } from "../../decode/chunk-table";
import { chunkState, chunkStateNames, type VmaFacts } from "../../decode/types";
import { pagesTexts } from "../../i18n/pages";
import { panelTexts } from "../../i18n/panels";
import { type Instant, useInstant } from "../../queries";
import { roleOfCode } from "../../render/roles";
import { hex, shortAddress } from "../../render/text";
import { binName } from "../../scene/bin-names";
import { chunkName } from "../../scene/map-labels";
import { sizeText } from "../../scene/sizes";
import { useActions, useUi } from "../../store";
import "./page-held.css";
import { usePageInSight } from "./use-page";
import { useShown } from "./use-shown";

/** More are not listed: the first ones, and how many follow. */
const LIMIT = 12;

/** Bytes as they are stored, and for people when they are many. */
const bytesText = (count: number): string => (count < 1024 ? hex(count) : `${hex(count)} (${sizeText(count)})`);

function PageHeldCard(): React.ReactNode {
  const instant = useInstant();
  const sight = usePageInSight();
  const here = useShown()?.space.pid === instant?.space.pid;
  const vma = sight?.vma ?? null;
  // The heap is the running process's.
  return instant === null || !here || sight === null || vma === null ? null : (
    <Held instant={instant} vma={vma} start={sight.start} />
  );
}

interface HeldProps {
  readonly instant: Instant;
  readonly vma: VmaFacts;
  readonly start: number;
}

function Held({ instant, vma, start }: HeldProps) {
  const locale = useUi((state) => state.locale);
  const text = pagesTexts[locale];
  const { context, heap, picture } = instant;
  const held = useMemo(() => pageHeld(context, heap, start, vma.kind), [context, heap, start, vma]);
  const index = (start - vma.start) / PAGE_SIZE;
  const resident = inRuns(vma.residentRuns, index);
  const nameAt = (addr: number): string => {
    const row = rowOf(heap.chunks, addr);
    return (row < 0 ? "" : chunkName(picture, row)) || shortAddress(addr);
  };
  const words = { bytes: bytesText, chunk: nameAt, kind: (kind: typeof vma.kind) => panelTexts[locale].space.kind[kind] };
  const trimPages = held.trim === null ? "" : panelTexts[locale].space.pages((held.trim.to - held.trim.from) / PAGE_SIZE);
  return (
    <article className="page-held" data-testid="page-held">
      <h3>
        {text.pins}
        <span className="right mono">{shortAddress(start)}</span>
      </h3>
      {held.pins.length === 0 ? <p className="note">{text.noPins}</p> : null}
      <ul>
        {held.pins.slice(0, LIMIT).map((pin) => (
          <PinLine key={`${pin.state} ${pin.addr}`} pin={pin} name={nameAt(pin.addr)} instant={instant} />
        ))}
      </ul>
      {held.pins.length > LIMIT ? <p className="note">{panelTexts[locale].bins.more(held.pins.length - LIMIT)}</p> : null}
      {resident && held.liveBytes > 0 ? (
        <p className="page-sum">{text.sum(held.liveBytes.toLocaleString("en").replaceAll(",", " "))}</p>
      ) : null}
      <h3>{text.why}</h3>
      <p>{resident ? text.because(held.because, words) : text.notThere}</p>
      {resident && held.because.code !== "not malloc" ? (
        <p className="note">{held.trim === null ? text.noTrim : text.trim(held.trim.by, trimPages)}</p>
      ) : null}
    </article>
  );
}

/** Whether a page is in one of the runs [first, length]. */
function inRuns(runs: Float64Array, page: number): boolean {
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const first = runs[i] ?? 0;
    if (page < first) return false;
    if (page < first + (runs[i + 1] ?? 0)) return true;
  }
  return false;
}

/** A chunk can be selected; a struct of the allocator's is only named. */
function PinLine({ pin, name, instant }: { readonly pin: Pin; readonly name: string; readonly instant: Instant }) {
  const locale = useUi((state) => state.locale);
  const actions = useActions();
  const selected = useUi((state) => state.selection === pin.addr);
  const state = chunkStateNames[pin.state] ?? "corrupt";
  const list = instant.heap.lists[pin.bin];
  const what = list === undefined ? panelTexts[locale].state[state] : binName(list);
  const isChunk = pin.state !== chunkState.heapInfo && pin.state !== chunkState.mallocState;
  const line = (
    <>
      <span className="page-swatch" aria-hidden="true" />
      <b className="mono">{name}</b>
      <span className="page-what">{what}</span>
      <span className="mono dim">{pagesTexts[locale].onPage(hex(pin.to - pin.from))}</span>
    </>
  );
  return (
    <li data-role={roleOfCode(pin.state)}>
      {isChunk ? (
        <button
          type="button"
          aria-pressed={selected}
          onClick={() => actions.select(pin.addr)}
          onPointerEnter={() => actions.hover(pin.addr)}
          onPointerLeave={() => actions.hover(null)}
        >
          {line}
        </button>
      ) : (
        <span className="page-line">{line}</span>
      )}
    </li>
  );
}

export default PageHeldCard;
