/**
 * A chunk as malloc sees it, from its address p:
 *
 *   p      prev_size      size of the chunk before, only while that one is free (else its last word of user data)
 *   p + w  size | A M P   P: chunk before is in use; M: mmapped on its own; A: not main_arena's
 *   p + 2w fd             user data begins here; fd, bk while free
 *   p + 3w bk
 *   p + 4w fd_nextsize    free and large only
 *   p + 5w bk_nextsize
 */
import { change, readEither, readState, writeEither, writeState } from "../../memory/access";
import { get, headerBytes, isAligned, put, sizeSz } from "./word";

export const PREV_INUSE: u32 = 1;
export const IS_MMAPPED: u32 = 2;
export const NON_MAIN_ARENA: u32 = 4;
const SIZE_BITS: u32 = 7;

@inline
export function memOf<W>(p: W): W {
  return p + headerBytes<W>();
}

@inline
export function chunkOf<W>(mem: W): W {
  return mem - headerBytes<W>();
}

/** The size word with its flags. */
@inline
export function head<W>(p: W): W {
  return get<W>(p + sizeSz<W>());
}

@inline
export function setHead<W>(p: W, value: W): void {
  put<W>(p + sizeSz<W>(), value);
}

/** A size word without its flags. */
@inline
export function sizeIn<W>(headWord: W): W {
  return headWord & ~(<W>SIZE_BITS);
}

@inline
export function chunkSize<W>(p: W): W {
  return sizeIn<W>(head<W>(p));
}

/** New size, flags as they are. */
@inline
export function setHeadSize<W>(p: W, size: W): void {
  change<W>(<u64>(p + sizeSz<W>()), size, ~(size | <W>SIZE_BITS));
}

@inline
export function flagsIn<W>(headWord: W): W {
  return headWord & <W>SIZE_BITS;
}

@inline
export function prevSize<W>(p: W): W {
  return get<W>(p);
}

@inline
export function setPrevSize<W>(p: W, size: W): void {
  put<W>(p, size);
}

/** The copy of a free chunk's size in the word after it. */
@inline
export function setFoot<W>(p: W, size: W): void {
  put<W>(p + size, size);
}

@inline
export function hasPrevInuse<W>(headWord: W): bool {
  return (headWord & <W>PREV_INUSE) != 0;
}

@inline
export function isMmapped<W>(headWord: W): bool {
  return (headWord & <W>IS_MMAPPED) != 0;
}

@inline
export function isForeign<W>(headWord: W): bool {
  return (headWord & <W>NON_MAIN_ARENA) != 0;
}

/** Marks the chunk that ends at `next` as used. */
@inline
export function setInuseBefore<W>(next: W): void {
  change<W>(<u64>(next + sizeSz<W>()), <W>PREV_INUSE, 0);
}

@inline
export function clearInuseBefore<W>(next: W): void {
  change<W>(<u64>(next + sizeSz<W>()), 0, <W>PREV_INUSE);
}

@inline
export function fd<W>(p: W): W {
  return get<W>(p + headerBytes<W>());
}

@inline
export function bk<W>(p: W): W {
  return get<W>(p + 3 * sizeSz<W>());
}

@inline
export function setFd<W>(p: W, value: W): void {
  put<W>(p + headerBytes<W>(), value);
}

@inline
export function setBk<W>(p: W, value: W): void {
  put<W>(p + 3 * sizeSz<W>(), value);
}

@inline
export function fdNextsize<W>(p: W): W {
  return get<W>(p + 4 * sizeSz<W>());
}

@inline
export function bkNextsize<W>(p: W): W {
  return get<W>(p + 5 * sizeSz<W>());
}

@inline
export function setFdNextsize<W>(p: W, value: W): void {
  put<W>(p + 4 * sizeSz<W>(), value);
}

@inline
export function setBkNextsize<W>(p: W, value: W): void {
  put<W>(p + 5 * sizeSz<W>(), value);
}

/** Links of a list's member or of its end, which is the bin: heap or arena, as it comes. */
@inline
export function fdOfEither<W>(p: W): W {
  return readEither<W>(<u64>(p + headerBytes<W>()));
}

@inline
export function bkOfEither<W>(p: W): W {
  return readEither<W>(<u64>(p + 3 * sizeSz<W>()));
}

@inline
export function setFdOfEither<W>(p: W, value: W): void {
  writeEither<W>(<u64>(p + headerBytes<W>()), value);
}

@inline
export function setBkOfEither<W>(p: W, value: W): void {
  writeEither<W>(<u64>(p + 3 * sizeSz<W>()), value);
}

/** First and last of a bin, given its header. */
@inline
export function firstOf<W>(bin: W): W {
  return readState<W>(<u64>(bin + headerBytes<W>()));
}

@inline
export function lastOf<W>(bin: W): W {
  return readState<W>(<u64>(bin + 3 * sizeSz<W>()));
}

@inline
export function setFirstOf<W>(bin: W, p: W): void {
  writeState<W>(<u64>(bin + headerBytes<W>()), p);
}

@inline
export function setLastOf<W>(bin: W, p: W): void {
  writeState<W>(<u64>(bin + 3 * sizeSz<W>()), p);
}

/** misaligned_chunk: what must be aligned is the user's pointer. */
@inline
export function isMisaligned<W>(p: W): bool {
  return !isAligned<W>(memOf<W>(p));
}
