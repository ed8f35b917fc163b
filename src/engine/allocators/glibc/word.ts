/** The word of the simulated machine: <W> is u64 (x86-64) or u32 (i386). Sizes and offsets that follow from it, and loads and stores of it. */
import { Feature, PROFILE_ALIGNMENT, PROFILE_PAGE_SIZE } from "../../generated/abi";
import { read, readState, write, writeState } from "../../memory/access";

/** A word of the heap (bins work too, only slower). */
@inline
export function get<W>(addr: W): W {
  return read<W>(<u64>addr);
}

@inline
export function put<W>(addr: W, value: W): void {
  write<W>(<u64>addr, value);
}

/** A word (or, with another type, a part of one) of libc's own data. */
@inline
export function getState<T>(addr: u64): T {
  return readState<T>(addr);
}

@inline
export function putState<T>(addr: u64, value: T): void {
  writeState<T>(addr, value);
}

/** SIZE_SZ. */
@inline
export function sizeSz<W>(): W {
  return <W>sizeof<W>();
}

/** CHUNK_HDR_SZ: prev_size and size. */
@inline
export function headerBytes<W>(): W {
  return <W>(2 * sizeof<W>());
}

/** MALLOC_ALIGN_MASK; only i386 changed its alignment over the years. */
@inline
export function alignMask<W>(): W {
  if (sizeof<W>() == 8) return <W>15;
  return <W>(known(PROFILE_ALIGNMENT) - 1);
}

/** MIN_CHUNK_SIZE: header, fd, bk. */
@inline
export function minChunk<W>(): W {
  return <W>(4 * sizeof<W>());
}

/** MINSIZE. */
@inline
export function minSize<W>(): W {
  return (minChunk<W>() + alignMask<W>()) & ~alignMask<W>();
}

/** sizeof (struct malloc_chunk). */
@inline
export function fullChunk<W>(): W {
  return <W>(6 * sizeof<W>());
}

/** PTRDIFF_MAX. */
@inline
export function ptrdiffMax<W>(): W {
  return ~(<W>0) >> 1;
}

@inline
export function isNegative<W>(value: W): bool {
  return value > ptrdiffMax<W>();
}

@inline
export function alignUp<W>(value: W, unit: W): W {
  return (value + unit - 1) & ~(unit - 1);
}

@inline
export function alignDown<W>(value: W, unit: W): W {
  return value & ~(unit - 1);
}

@inline
export function isAligned<W>(value: W): bool {
  return (value & alignMask<W>()) == 0;
}

@inline
export function pageSize<W>(): W {
  return <W>known(PROFILE_PAGE_SIZE);
}

/** Whether this glibc has a feature: a feature's number is where its byte is. In the copies for the usual glibc it is the answer. */
@inline
export function has(feature: Feature): bool {
  return load<u8>(<usize>feature) != 0;
}

/** A size, a count or an offset of this glibc, given where the profile has it. In the copies the constant is the number itself. */
@inline
export function known(at: usize): u32 {
  return load<u32>(at);
}

@inline
export function hasTcache(): bool {
  return has(Feature.Tcache);
}

@inline
export function hasTcacheKey(): bool {
  return has(Feature.TcacheKey);
}

@inline
export function hasSafeLinking(): bool {
  return has(Feature.SafeLinking);
}

/** Single links in tcache and fastbins are stored xor-ed with their own place (safe-linking). The same operation undoes it. */
@inline
export function mangle<W>(place: W, pointer: W): W {
  return hasSafeLinking() ? (place >> 12) ^ pointer : pointer;
}

/** checked_request2size: bytes of the chunk for a request, 0 when the request is too large. */
@inline
export function requestToSize<W>(request: W): W {
  if (!has(Feature.PtrdiffLimit)) return requestToSizeOnce<W>(request);
  if (request > ptrdiffMax<W>()) return 0;
  return paddedSize<W>(request);
}

/** As it was once: nearly the whole address space may be asked for. */
function requestToSizeOnce<W>(request: W): W {
  const limit: W = 0 - 2 * minSize<W>();
  if (!has(Feature.PaddedLimit)) return request >= limit ? <W>0 : paddedSize<W>(request);
  const size = paddedSize<W>(request);
  return size < request || size >= limit ? <W>0 : size;
}

/** request2size. */
@inline
export function paddedSize<W>(request: W): W {
  const padded: W = request + sizeSz<W>() + alignMask<W>();
  return padded < minSize<W>() ? minSize<W>() : padded & ~alignMask<W>();
}
