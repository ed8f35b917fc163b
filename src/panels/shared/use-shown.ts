/** The instant as the views of memory show it: of the process that the reader chose, while that lives; else of the one that runs. */
import { useCallback, useMemo } from "react";
import { chunkBuilder } from "../../decode/chunk-table";
import { readConsistently } from "../../decode/consistent";
import { asWords, cursorOf } from "../../decode/memory";
import type { AddressSpace } from "../../decode/types";
import { decodeAddressSpace } from "../../decode/vmas";
import { type Instant, useInstant } from "../../queries";
import { useUi } from "../../store";
import { useMachine } from "./use-machine";

/** Decoded once, however many views show it. */
const decoded = new WeakMap<Instant, AddressSpace>();

function spaceOf(instant: Instant, linear: Uint8Array, pid: number): AddressSpace | null {
  const known = decoded.get(instant);
  if (known?.pid === pid) return known;
  const answer = readConsistently(linear, () => {
    return { space: decodeAddressSpace(linear, pid), here: cursorOf(asWords(linear)) === instant.cursor };
  });
  if (!answer.ok) return null;
  // What was read when memory stood elsewhere already is nothing to keep: the same instant may be come back to.
  if (answer.value.here) decoded.set(instant, answer.value.space);
  return answer.value.space;
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
