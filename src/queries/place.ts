/** Which heap and whose tcache the panels show: what the reader chose, else what the program is at. */
import { useMemo } from "react";
import type { TcacheFacts } from "../decode/types";
import { type HeapPlace, heapPlaces, placeAt } from "../scene/heaps";
import { useUi } from "../store";
import type { Instant } from "./instant";
import { useInstant } from "./instant-context";
import { useSubject } from "./subject";
import type { ThreadNow } from "./threads";

const none: readonly HeapPlace[] = [];

export function useHeapPlaces(): readonly HeapPlace[] {
  const heap = useInstant()?.heap;
  return useMemo(() => (heap === undefined ? none : heapPlaces(heap)), [heap]);
}

/** Undefined before there is a process. */
export function useHeapPlace(): HeapPlace | undefined {
  const instant = useInstant();
  const places = useHeapPlaces();
  const choice = useUi((state) => state.heapChoice);
  const selection = useUi((state) => state.selection);
  const subject = useSubject();
  if (instant === null || places.length <= 1) return places[0];
  const chosen = places.find(({ id }) => id === choice);
  if (chosen !== undefined) return chosen;
  for (const addr of [selection, instant.picture.focus[0], subject]) {
    const place = addr === null || addr === undefined ? undefined : placeAt(places, instant.heap, addr);
    if (place !== undefined) return place;
  }
  return places[0];
}

/** Threads that the allocator knows something of: those that are not gone. */
export function useTcacheOwner(): { readonly thread: ThreadNow | null; readonly tcache: TcacheFacts | null } {
  const instant = useInstant();
  const choice = useUi((state) => state.tcacheChoice);
  return useMemo(() => (instant === null ? { thread: null, tcache: null } : tcacheOf(instant, choice)), [instant, choice]);
}

function tcacheOf(
  { heap, threads }: Instant,
  choice: number | null,
): {
  readonly thread: ThreadNow | null;
  readonly tcache: TcacheFacts | null;
} {
  const thread = threads.find(({ number }) => number === choice) ?? threads.find(({ current }) => current) ?? null;
  const addr = thread === null ? heap.bins.tcacheAddr : thread.tcache;
  return { thread, tcache: heap.tcaches.find((tcache) => tcache.addr === addr && addr > 0) ?? null };
}
