/**
 * Linear memory has fewer slots than RAM may have frames. When none is free, the process's own pages whose bytes are equal share one
 * (what programs write to find out how much they get is the same in every page):
 *
 *   frame ─┐                         slot owners   the frame + 1
 *   frame ─┼─► slot                                or SHARED_SLOT + how many frames share it
 *   frame ─┘
 *
 * Entries of page tables stay as they are: this is not the process's matter. Nothing may be written to a shared slot; the engine's walk
 * finds none before a write (src/engine/memory/translate.ts), and the frame gets a slot of its own first. All of it is journalled.
 */
import { control } from "../abi/control";
import { pageDescriptor, pageFlag, zoneStruct } from "../abi/kernel";
import { machineMemory, PAGE_SIZE, SHARED_SLOT } from "../abi/machine-memory";
import { equalWords, hashWords } from "../base";
import { pageOf } from "./buddy";
import type { Bytes, KernelHost } from "./host";

export interface SharedSlots {
  /** Whether a frame's bytes are other frames' too. */
  isShared(slot: number): boolean;
  /** Brings equal pages together. False when that gave so little that trying again and again would take for ever. */
  makeRoom(): boolean;
  /** One frame fewer shares the slot. */
  leave(slot: number): void;
  /** Slots that frames do without. */
  saved(): number;
}

/** Less than this part of all slots is not worth a search. */
const WORTHWHILE = 1 / 64;

const SAVED = zoneStruct.at + zoneStruct.slots_saved;
export const ownerAt = (slot: number): number => machineMemory.slotOwners + slot * 4;
export const bytesAt = (slot: number): number => machineMemory.frames + slot * PAGE_SIZE;

export function createSharedSlots(host: KernelHost, bytes: Bytes): SharedSlots {
  const owner = (slot: number): number => bytes.u32(ownerAt(slot));
  const isShared = (slot: number): boolean => owner(slot) >= SHARED_SLOT;

  /** The engine's fast paths write to the hot regions without looking. */
  function isHot(page: number): boolean {
    const lies = (start: number, length: number): boolean => {
      const first = bytes.u64(machineMemory.control + start) / PAGE_SIZE;
      return page >= first && page < first + bytes.u64(machineMemory.control + length) / PAGE_SIZE;
    };
    return lies(control.hot0Start, control.hot0Length) || lies(control.hot1Start, control.hot1Length);
  }

  /** Holds the bytes of one page of the process, which may move. */
  function isMovable(slot: number): boolean {
    const pfn = owner(slot) - 1;
    if (pfn < 0 || isShared(slot)) return false;
    const at = pageOf(pfn);
    const own = bytes.u32(at + pageDescriptor.flags) === pageFlag.anon && bytes.u32(at + pageDescriptor.slot) === slot;
    return own && !isHot(bytes.u64(at + pageDescriptor.index));
  }

  function makeRoom(): boolean {
    const known = new Map<number, number[]>();
    const joined = new Map<number, number>();
    /** An earlier slot with the same bytes; else this one is kept for later ones. */
    const earlier = (slot: number): number | undefined => {
      const words = bytes.frame(bytesAt(slot));
      const hash = hashWords(words);
      const alike = known.get(hash) ?? [];
      const found = alike.find((other) => equalWords(words, bytes.frame(bytesAt(other))));
      if (found === undefined) known.set(hash, [...alike, slot]);
      return found;
    };
    for (let slot = 0; slot < bytes.slots; slot++) if (isShared(slot)) earlier(slot);
    let freed = 0;
    for (let slot = 0; slot < bytes.slots; slot++) {
      const other = isMovable(slot) ? earlier(slot) : undefined;
      if (other === undefined) continue;
      host.tidy(pageOf(owner(slot) - 1) + pageDescriptor.slot, other);
      host.tidy(ownerAt(slot), 0);
      host.emptyFrame(bytesAt(slot), bytesAt(other));
      joined.set(other, (joined.get(other) ?? 0) + 1);
      freed++;
    }
    for (const [slot, frames] of joined) host.tidy(ownerAt(slot), (isShared(slot) ? owner(slot) : SHARED_SLOT + 1) + frames);
    host.tidy(SAVED, bytes.u32(SAVED) + freed);
    host.flush(0, 0);
    return freed >= bytes.slots * WORTHWHILE;
  }

  function leave(slot: number): void {
    const frames = owner(slot) - SHARED_SLOT;
    host.tidy(ownerAt(slot), frames === 1 ? 0 : SHARED_SLOT + frames - 1);
    if (frames > 1) host.tidy(SAVED, bytes.u32(SAVED) - 1);
  }

  return { isShared, makeRoom, leave, saved: () => bytes.u32(SAVED) };
}
