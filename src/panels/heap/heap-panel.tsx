/** The heap panel: the instant from its query, marks from the store, actions to the controller. */
import { useCallback, useMemo, useState } from "react";
import { panelTexts } from "../../i18n/panels";
import { useHeapPlace, useHeapPlaces, useInstant, useOperation, useSummary } from "../../queries";
import { useActions, useUi } from "../../store";
import { rowOf } from "../../decode/chunk-table";
import { chunkState } from "../../decode/types";
import { heapPicture } from "../../scene/heaps";
import type { ChunkMenuActions, ChunkMenuFacts } from "./chunk-menu";
import { chunkFacts, statements } from "./chunk-facts";
import type { MapMarks } from "./heap-map";
import { HeapChoice } from "./heap-choice";
import { HeapView } from "./heap-view";
import type { Zoom } from "./zoom";

/** Narrower than this the map is drawn for fingers. */
const COMPACT_QUERY = "(max-width: 767px)";

/** Most chunks under one lens. */
const FOCUS_LIMIT = 4;

const noFacts: ChunkMenuFacts = {
  chunkAddr: 0,
  userAddr: 0,
  sizeBytes: 0,
  wordBytes: 8,
  title: "",
  state: "",
  role: "meta",
  expression: "",
  callable: false,
  malloc: -1,
  previous: -1,
  next: -1,
  pointers: 0,
};

export function HeapPanel(): React.ReactNode {
  const text = panelTexts[useUi((state) => state.locale)];
  const instant = useInstant();
  const summary = useSummary();
  const actions = useActions();
  const selected = useUi((state) => state.selection);
  const pinned = useUi((state) => state.pinned);
  const hovered = useUi((state) => state.hover);
  const call = useOperation();
  const [zoom, setZoom] = useState<Zoom>("auto");
  const compact = useMemo(() => matchMedia(COMPACT_QUERY).matches, []);

  const wordBytes = instant?.abi.wordBytes ?? 8;
  const takes = call?.inside === true && (call.operation.api === "free" || call.operation.api === "realloc");
  const freeing = takes ? (call.operation.args[0] ?? 0) - 2 * wordBytes : -1;
  const died = call !== null && !call.operation.finished && instant !== null && instant.cursor >= call.operation.end;
  const bad = died ? (call.operation.args[0] ?? 0) - 2 * wordBytes : -1;
  const marks = useMemo<MapMarks>(
    () => ({ selected, pinned, hovered, freeing: died ? -1 : freeing, bad }),
    [selected, pinned, hovered, freeing, bad, died],
  );
  const reveal = useMemo(() => (selected === null ? null : { addr: selected }), [selected]);

  const places = useHeapPlaces();
  const place = useHeapPlace();
  const menuFacts = useCallback(
    (addr: number) => (instant === null ? noFacts : chunkFacts(instant, summary?.operations ?? [], addr, text)),
    [instant, summary, text],
  );
  const menuActions = useMemo<ChunkMenuActions>(
    () => ({
      free: (facts) => void actions.appendStatement(statements.free(facts)),
      realloc: (facts) => void actions.appendStatement(statements.realloc(facts)),
      writePast: (facts) => void actions.appendStatement(statements.writePast(facts)),
      goTo: (operation) => actions.seekOperation(operation),
      whoPoints: (facts) => {
        actions.select(facts.chunkAddr);
        actions.focusPanel("inspector");
      },
      pin: (facts) => actions.pin(facts.chunkAddr),
      copy: (facts) =>
        void navigator.clipboard.writeText(`0x${facts.userAddr.toString(16)}`).then(
          () => actions.toast(text.menu.copied),
          () => actions.toast(text.menu.notCopied),
        ),
    }),
    [actions, text],
  );
  // Inside a call the heap is briefly inconsistent on purpose: that is no problem of the program.
  const settled = call === null || !call.inside || died;
  const usedBytes = useMemo(() => {
    const { inUse, freeInBins } = summary?.ledger ?? { inUse: [], freeInBins: [] };
    let most = 0;
    for (let i = 0; i < inUse.length; i++) most = Math.max(most, (inUse[i] ?? 0) + (freeInBins[i] ?? 0));
    return most;
  }, [summary]);
  const base = instant?.picture;
  const whole = useMemo(() => (base === undefined || place === undefined ? null : heapPicture(base, place)), [base, place]);
  const inHeap = instant !== null && !instant.heap.unborn && whole !== null && whole.chunks.heapCount > 0;
  // While a block is being freed the lens stays on it, also between the writes.
  const picture = useMemo(() => {
    if (!inHeap) return null;
    const { focus, chunks } = whole;
    if (freeing < 0 || focus.includes(freeing) || rowOf(chunks, freeing) < 0 || rowOf(chunks, freeing) >= chunks.heapCount)
      return whole;
    return { ...whole, focus: [...focus, freeing].toSorted((a, b) => a - b).slice(0, FOCUS_LIMIT) };
  }, [whole, inHeap, freeing]);
  const onSelect = useCallback(
    (addr: number, pin: boolean) => {
      const state = picture === null ? -1 : picture.chunks.state[rowOf(picture.chunks, addr)];
      // A struct's block begins a word before it, as every block does.
      const at = addr + wordBytes;
      if (state === chunkState.heapInfo) actions.selectStructure({ kind: "heap_info", addr: at });
      else if (state === chunkState.mallocState) actions.selectStructure({ kind: "malloc_state", addr: at });
      else if (pin) actions.pin(addr);
      else actions.select(addr);
    },
    [actions, picture, wordBytes],
  );
  return (
    <HeapView
      picture={picture}
      head={places.length > 1 || (summary?.threads.at.length ?? 0) > 0 ? <HeapChoice /> : null}
      text={text}
      zoom={zoom}
      onZoom={setZoom}
      marks={marks}
      compact={compact}
      reveal={reveal !== null && picture !== null && rowOf(picture.chunks, reveal.addr) >= 0 ? reveal : null}
      onSelect={onSelect}
      onHover={actions.hover}
      menuFacts={menuFacts}
      menuActions={menuActions}
      usedBytes={usedBytes}
      problems={settled ? (instant?.heap.problems.length ?? 0) : 0}
    />
  );
}
