/** The instant as the views of memory show it: of the process that the reader chose, while that lives; else of the one that runs. */
import { useCallback, useMemo } from "react";
import { chunkBuilder } from "../../decode/chunk-table";
import type { AddressSpace } from "../../decode/types";
import { decodeAddressSpace } from "../../decode/vmas";
import { type Instant, useInstant } from "../../queries";
import { useUi } from "../../store";
import { useMachine } from "./use-machine";

/** Decoded once, however many views show it. */
const decoded = new WeakMap<Instant, AddressSpace>();

function spaceOf(instant: Instant, linear: Uint8Array, pid: number): AddressSpace {
  const known = decoded.get(instant);
  if (known?.pid === pid) return known;
  const space = decodeAddressSpace(linear, pid);
  decoded.set(instant, space);
  return space;
}

/** Of what the program and its calls do, nothing is another process's. */
function elsewhere(instant: Instant, space: AddressSpace): Instant {
  const chunks = chunkBuilder().finish(0, 0, 0);
  const picture = { ...instant.picture, chunks, changed: [], focus: [], nextWrite: -1 };
  return { ...instant, space, heap: { ...instant.heap, chunks }, picture, threads: [], stackPointer: -1 };
}

export function useShown(): Instant | null {
  const instant = useInstant();
  const chosen = useUi((state) => state.process);
  const other = instant === null || chosen === null || chosen === instant.space.pid ? null : chosen;
  const lives = instant?.space.processes.some(({ pid, zombie }) => pid === other && !zombie) ?? false;
  const read = useCallback(
    (linear: Uint8Array) => (instant === null || other === null ? null : spaceOf(instant, linear, other)),
    [instant, other],
  );
  const space = useMachine(lives ? instant : null, read);
  return useMemo(() => (instant === null || space === null ? instant : elsewhere(instant, space)), [instant, space]);
}
