/** Loads and stores of 1, 2, 4 or 8 bytes at virtual addresses. Stores are journalled. */
import { putLinear } from "../journal";
import { atHot0, atHot1, cached, inHot0, inHot1, resolve, straddles, translate } from "./translate";

function readCold<T>(addr: u64): T {
  if (!straddles(addr, sizeof<T>())) return load<T>(translate(addr, false));
  let value: u64 = 0;
  for (let i: u32 = 0; i < sizeof<T>(); i++) value |= <u64>load<u8>(translate(addr + <u64>i, false)) << <u64>(8 * i);
  return <T>value;
}

function readBeyond<T>(addr: u64): T {
  const offset = cached<T>(addr, false);
  return offset != 0 ? load<T>(offset) : readCold<T>(addr);
}

function readElsewhere<T>(addr: u64): T {
  return inHot0<T>(addr) ? load<T>(atHot0(addr)) : readBeyond<T>(addr);
}

function readOutsideHeap<T>(addr: u64): T {
  return inHot1<T>(addr) ? load<T>(atHot1(addr)) : readBeyond<T>(addr);
}

/** Reads; the heap's hot region is tried inline. */
@inline
export function read<T>(addr: u64): T {
  return inHot0<T>(addr) ? load<T>(atHot0(addr)) : readOutsideHeap<T>(addr);
}

/** Reads; the hot region of libc's data is tried inline. */
@inline
export function readState<T>(addr: u64): T {
  return inHot1<T>(addr) ? load<T>(atHot1(addr)) : readElsewhere<T>(addr);
}

/** A store that straddles two pages is one record a byte; both pages are faulted in before anything changes. */
function writeCold<T>(addr: u64, value: T): void {
  if (!straddles(addr, sizeof<T>())) {
    putLinear<T>(translate(addr, true), value);
    return;
  }
  resolve(addr, true);
  resolve(addr + <u64>(sizeof<T>() - 1) & ~(<u64>0xfff), true);
  for (let i: u32 = 0; i < sizeof<T>(); i++) putLinear<u8>(translate(addr + <u64>i, true), <u8>(<u64>value >> <u64>(8 * i)));
}

function writeBeyond<T>(addr: u64, value: T): void {
  const offset = cached<T>(addr, true);
  if (offset != 0) putLinear<T>(offset, value);
  else writeCold<T>(addr, value);
}

function writeElsewhere<T>(addr: u64, value: T): void {
  if (inHot0<T>(addr)) putLinear<T>(atHot0(addr), value);
  else writeBeyond<T>(addr, value);
}

function writeOutsideHeap<T>(addr: u64, value: T): void {
  if (inHot1<T>(addr)) putLinear<T>(atHot1(addr), value);
  else writeBeyond<T>(addr, value);
}

@inline
export function write<T>(addr: u64, value: T): void {
  if (inHot0<T>(addr)) putLinear<T>(atHot0(addr), value);
  else writeOutsideHeap<T>(addr, value);
}

@inline
export function writeState<T>(addr: u64, value: T): void {
  if (inHot1<T>(addr)) putLinear<T>(atHot1(addr), value);
  else writeElsewhere<T>(addr, value);
}

/** Reads what may be in either hot region, heap or libc's data (a list's end is its bin): no branch on which, as it cannot be predicted. */
@inline
export function readEither<T>(addr: u64): T {
  const inHeap = inHot0<T>(addr);
  if (!(<i32>inHeap | <i32>inHot1<T>(addr))) return readBeyond<T>(addr);
  return load<T>(select<usize>(atHot0(addr), atHot1(addr), inHeap));
}

@inline
export function writeEither<T>(addr: u64, value: T): void {
  const inHeap = inHot0<T>(addr);
  if (<i32>inHeap | <i32>inHot1<T>(addr)) putLinear<T>(select<usize>(atHot0(addr), atHot1(addr), inHeap), value);
  else writeBeyond<T>(addr, value);
}

/** Reads thread-locals and libc's lesser variables, which are in neither hot region: the translation cache is tried inline. */
@inline
export function readPaged<T>(addr: u64): T {
  const offset = cached<T>(addr, false);
  return offset != 0 ? load<T>(offset) : readElsewhere<T>(addr);
}

/** Reads, changes and writes back a word with one translation: sets the bits of `set` and clears those of `clear`. */
@inline
export function change<T>(addr: u64, set: T, clear: T): void {
  if (inHot0<T>(addr)) {
    const at = atHot0(addr);
    putLinear<T>(at, <T>((load<T>(at) | set) & ~clear));
  } else writeOutsideHeap<T>(addr, <T>((readOutsideHeap<T>(addr) | set) & ~clear));
}

/** Adds to a counter in the heap with one translation. */
@inline
export function add<T>(addr: u64, n: T): void {
  if (inHot0<T>(addr)) {
    const at = atHot0(addr);
    putLinear<T>(at, <T>(load<T>(at) + n));
  } else writeOutsideHeap<T>(addr, <T>(readOutsideHeap<T>(addr) + n));
}
