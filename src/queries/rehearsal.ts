/**
 * Runs on a copy: what a program would do, without touching the process on the page. A second worker does it.
 */
import { chunkMappings, decodeAddressSpace, mappedRanges } from "../decode/vmas";
import { siteOf } from "../decode/context";
import { decodeHeap } from "../decode/heap";
import { machineView } from "../decode/memory";
import type { HeapFacts } from "../decode/types";
import type { RunSummary } from "../protocol/messages";
import type { Scenario } from "../scenario";
import type { Session } from "../session";
import { spareSession } from "./spare-session";

/** Engine steps: a rehearsal is over in the blink of an eye, or there is none. */
const BUDGET = 400_000;
const IDLE_MS = 20_000;

const spare = spareSession(IDLE_MS);

const rehearse = <T>(work: (session: Session) => Promise<T | null>): Promise<T | null> => spare(work).catch(() => null);

/** What the whole program does; null when it does not compile or takes too long. */
export function rehearsedRun(scenario: Scenario): Promise<RunSummary | null> {
  return rehearse(async (on) => {
    const opened = await on.open(scenario, { budget: BUDGET, cursor: 0 });
    return opened.type === "opened" && opened.summary.status !== "budget" ? opened.summary : null;
  });
}

function heapOf(memory: Uint8Array, summary: RunSummary, cursor: number): HeapFacts | null {
  const space = decodeAddressSpace(memory);
  const view = machineView(memory, mappedRanges(space));
  const place = siteOf(view, summary.process, space.brk);
  if (place === undefined) return null;
  const handedOut = summary.operations.filter(({ end, result }) => end <= cursor && result > 0);
  const users = new Set(handedOut.map(({ result }) => result));
  return decodeHeap(view, place.abi, place.site, { mappings: chunkMappings(space), users, inCall: false });
}

/** Ends of calls looked at while searching for the richest heap. */
const SAMPLES = 48;

/** How much there is to see: many kinds of chunks first, then many chunks. */
function richness({ chunks }: HeapFacts): number {
  return 1000 * new Set(chunks.state.subarray(0, chunks.count)).size + chunks.count;
}

/** The heap of a program at the call after which there is most to see in it. */
export function richestHeap(scenario: Scenario): Promise<HeapFacts | null> {
  return rehearse(async (on) => {
    const opened = await on.open(scenario, { budget: BUDGET, cursor: 0 });
    if (opened.type === "rejected") return null;
    const { summary } = opened;
    const stride = Math.max(1, Math.ceil(summary.operations.length / SAMPLES));
    const ends = summary.operations.filter(({ index }) => index % stride === 0).map(({ end }) => end);
    let best: HeapFacts | null = null;
    for (const cursor of ends) {
      await on.seek(cursor);
      const heap = heapOf(on.memory, summary, cursor);
      if (heap !== null && (best === null || richness(heap) >= richness(best))) best = heap;
    }
    return best;
  });
}
