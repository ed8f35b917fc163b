/** RAM at this instant, what it was before the last step, and which frame is looked at. */
import { useCallback, useMemo } from "react";
import { recordKind } from "../../abi/journal";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { wordsBefore } from "../../decode/before";
import { type FreeBlocks, freeBlocks } from "../../decode/buddy";
import { type BuddyChange, buddyChanges } from "../../decode/buddy-changes";
import { readConsistently } from "../../decode/consistent";
import { kernelWords } from "../../decode/kernel-words";
import { asWords, frameIn } from "../../decode/memory";
import { decodePhysical, type Physical } from "../../decode/physical";
import { decodeSlabCaches, type SlabCache } from "../../decode/slab";
import { type SlabObject, slabObjects, slabsOf } from "../../decode/slab-objects";
import type { Instant } from "../../queries";
import { useMoment } from "../../queries";
import { useUi } from "../../store";
import { useMachine } from "../shared/use-machine";
import { usePageInSight } from "../shared/use-page";

export interface SlabNow {
  readonly cache: SlabCache;
  readonly all: readonly {
    readonly pfn: number;
    readonly list: "full" | "partial" | "free";
    readonly inUse: number;
    readonly objects: readonly SlabObject[];
  }[];
  /** Offsets of objects that the last step took or gave back. */
  readonly changed: ReadonlySet<number>;
}

export interface Ram {
  readonly physical: Physical;
  readonly caches: readonly SlabNow[];
  /** What the last step did to the free lists; null when that is not known. */
  readonly changes: readonly BuddyChange[] | null;
  /** Between two writes of the kernel: its lists need not be whole. */
  readonly inFlux: boolean;
  /** Frame behind a page of the process, −1 none. */
  readonly frameOfPage: (page: number) => number;
}

/** Whether the records before and behind the cursor are writes to the kernel's structs. */
function betweenWrites({ records, cursor }: Instant): boolean {
  if (records === null) return false;
  const inKernel = (row: number): boolean => {
    const where = records.where[row] ?? 0;
    return records.kind[row] === recordKind.write && where >= machineMemory.kernel && where < machineMemory.scratch;
  };
  const row = cursor - records.from;
  return row > 0 && row < records.count && inKernel(row - 1) && inKernel(row);
}

function readSlabs(linear: Uint8Array, earlier: readonly SlabCache[]): readonly SlabNow[] {
  const kernel = kernelWords(asWords(linear));
  return decodeSlabCaches(linear).map((cache, id) => {
    const all = slabsOf(cache).map(({ slab, list }) => {
      return { pfn: slab.pfn, list, inUse: slab.inUse, objects: slabObjects(kernel, cache, slab) };
    });
    const before = earlier[id];
    return { cache, all, changed: before === undefined ? new Set<number>() : changedObjects(before, cache) };
  });
}

/** Objects that were free and are not, or the other way round; those of slabs that came or went count when they are in use. */
function changedObjects(before: SlabCache, now: SlabCache): ReadonlySet<number> {
  const freeOf = (cache: SlabCache) => new Set(slabsOf(cache).flatMap(({ slab }) => slab.free));
  const slabsAt = new Map(slabsOf(before).map(({ slab }) => [slab.at, slab]));
  const [old, free] = [freeOf(before), freeOf(now)];
  const changed = new Set<number>();
  for (const { slab } of slabsOf(now))
    for (let index = 0; index < now.objectsPerSlab; index++) {
      const at = slab.at + index * now.size;
      const wasFree = !slabsAt.has(slab.at) || old.has(at);
      if (wasFree !== free.has(at)) changed.add(at);
    }
  return changed;
}

export function useRam(instant: Instant | null): Ram | null {
  const { position } = useMoment();
  const from = position?.stepFrom ?? -1;
  const read = useCallback(
    (linear: Uint8Array): Ram | null => {
      if (instant === null) return null;
      const physical = decodePhysical(linear, instant.space);
      // Where the last step was one, and not a jump.
      const before = wordsBefore(linear, instant.records, from, instant.cursor);
      const lists: FreeBlocks | null = before === null ? null : freeBlocks(linear, before);
      const words = asWords(linear);
      return {
        physical,
        caches: readSlabs(linear, before === null ? [] : decodeSlabCaches(linear, before)),
        changes: lists === null || lists.damaged ? null : buddyChanges(lists, physical.free),
        inFlux: betweenWrites(instant),
        frameOfPage: (page) => {
          const found = readConsistently(linear, () => frameIn(words, instant.space.top, page));
          return found.ok ? found.value : -1;
        },
      };
    },
    [instant, from],
  );
  return useMachine(instant, read);
}

export interface FrameInSight {
  /** −1 when nothing is looked at. */
  readonly selected: number;
  readonly hovered: number;
  /** Frames of the selected chunk. */
  readonly linked: ReadonlySet<number>;
}

/** Frames of a chunk are marked up to here. */
const LINK_LIMIT = 4096;

/** The frame that the reader chose, or the one behind the page in sight. */
export function useFrameInSight(ram: Ram | null): FrameInSight {
  const chosen = useUi((state) => state.frame);
  const hover = useUi((state) => state.hover);
  const selection = useUi((state) => state.selection);
  const sight = usePageInSight();
  return useMemo(() => {
    if (ram === null) return { selected: -1, hovered: -1, linked: new Set<number>() };
    const { physical, frameOfPage } = ram;
    const behind = sight === null ? -1 : frameOfPage(Math.floor(sight.start / PAGE_SIZE));
    const linked = new Set<number>();
    const chunk = sight?.chunk ?? null;
    if (chunk !== null && selection !== null) {
      const [from, to] = [Math.floor(chunk.start / PAGE_SIZE), Math.ceil(chunk.end / PAGE_SIZE)];
      for (let page = from; page < Math.min(to, from + LINK_LIMIT); page++) {
        const frame = frameOfPage(page);
        if (frame >= 0) linked.add(frame);
      }
    }
    return {
      selected: chosen ?? (behind >= 0 ? behind : physical.start),
      hovered: hover === null ? -1 : frameOfPage(Math.floor(hover / PAGE_SIZE)),
      linked,
    };
  }, [ram, chosen, hover, selection, sight]);
}
