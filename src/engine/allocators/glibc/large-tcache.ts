/**
 * The thread cache since 2.42: besides the small bins, twelve that hold a power of two's range of sizes each, sorted by size; free looks at
 * the cache before it checks anything but the pointer's alignment, and only a request that the cache could serve makes one.
 *
 *   entries[64] ─► 0x410 ─► 0x450 ─► 0x450 ─► 0        links after the first are stored mangled, like every link inside an entry
 */
import { Feature, Mark, Msg, PROFILE_MP_TCACHE_MAX_BYTES, PROFILE_TCACHE_SMALL_BINS } from "../../generated/abi";
import { spend } from "../../control";
import { decide, phase } from "../../marks";
import { chunkOf, chunkSize, isMmapped } from "./chunk";
import { die } from "./die";
import { mp } from "./parameters";
import {
  dropEntry, initTcache, linkEntry, tcacheFirst, tcacheGet, tcacheHasRoom, tcacheHead, tcacheIndex, tcacheKey, tcachePut, threadCache, verifyNotFree,
} from "./tcache";
import { get, has, isAligned, known, mangle, minSize, put, sizeSz } from "./word";

@inline
function smallBins<W>(): W {
  return <W>known(PROFILE_TCACHE_SMALL_BINS);
}

/** Index of a large size's bin: one for each power of two. malloc.c: large_csize2tidx; its first release leaves the header out. */
@inline
export function largeIndexOf<W>(size: W): W {
  const header: W = has(Feature.LargeTcacheExact) ? 0 : sizeSz<W>();
  const largestSmall: u32 = <u32>(minSize<W>() + (smallBins<W>() - 1) * 16 - header);
  return smallBins<W>() + <W>(<i32>clz<u32>(largestSmall) - <i32>clz<u32>(<u32>size));
}

/** Whether a size the cache serves is for the bins that hold ranges. */
@inline
export function isLargeCached<W>(size: W): bool {
  return tcacheIndex<W>(size) >= smallBins<W>();
}

/** Whether requests and chunks of this size are the cache's business. */
@inline
export function tcacheServes<W>(size: W): bool {
  const limit = mp<W>(PROFILE_MP_TCACHE_MAX_BYTES);
  return decide<W>(Mark.TcacheServes, size < limit, size, limit);
}

/** Memory for a chunk size that the cache serves, 0 when it has none. */
export function takeCached<W>(nb: W): W {
  const tc = threadCache<W>();
  if (tc == 0) {
    if (!has(Feature.TcacheByFree)) initTcache<W>(0);
    return 0;
  }
  const index = tcacheIndex<W>(nb);
  if (index >= smallBins<W>()) return takeLarge<W>(tc, nb);
  phase<W>(Mark.TrySmallTcache, nb, index);
  const first = tcacheFirst<W>(tc, index);
  return decide<W>(Mark.SmallTcacheHit, first != 0, index, first) ? tcacheGet<W>(tc, index) : <W>0;
}

let insideList: bool = false;

/** The link to the first entry of at least `size` bytes; insideList tells whether it is in an entry, and so mangled. */
function placeFor<W>(tc: W, index: W, size: W): W {
  let place = tcacheHead<W>(tc, index);
  let entry = get<W>(place);
  insideList = false;
  while (entry != 0) {
    const itsSize = chunkSize<W>(chunkOf<W>(entry));
    if (!decide<W>(Mark.LargeTcacheWalk, itsSize < size, itsSize, size)) break;
    place = entry;
    insideList = true;
    entry = mangle<W>(entry, get<W>(entry));
    spend(1);
  }
  return place;
}

@inline
function entryAtPlace<W>(place: W): W {
  return insideList ? mangle<W>(place, get<W>(place)) : get<W>(place);
}

function takeLarge<W>(tc: W, nb: W): W {
  const index = largeIndexOf<W>(nb);
  phase<W>(Mark.TryLargeTcache, nb, index);
  const place = placeFor<W>(tc, index, nb);
  const entry = entryAtPlace<W>(place);
  const fits = entry != 0 && (!has(Feature.LargeTcacheExact) || chunkSize<W>(chunkOf<W>(entry)) == nb);
  if (!decide<W>(Mark.LargeTcacheHit, fits, entry, nb)) return 0;
  if (!isAligned<W>(entry)) die<W>(Msg.TcacheUnaligned);
  dropEntry<W>(tc, index, place, insideList, entry);
  return entry;
}

/** An entry of exactly this size that is aligned. malloc.c: tcache_get_align. */
export function takeCachedAligned<W>(nb: W, alignment: W): W {
  if (!tcacheServes<W>(nb)) return 0;
  const tc = threadCache<W>();
  if (tc == 0) {
    if (!has(Feature.TcacheByFree)) initTcache<W>(0);
    return 0;
  }
  let index = tcacheIndex<W>(nb);
  if (index >= smallBins<W>()) index = largeIndexOf<W>(nb);
  phase<W>(Mark.MemalignCached, alignment, index);
  let place = tcacheHead<W>(tc, index);
  let entry = get<W>(place);
  let inner = false;
  while (entry != 0) {
    const size = chunkSize<W>(chunkOf<W>(entry));
    const passes = size < nb || (size == nb && entry % alignment != 0);
    if (!decide<W>(Mark.MemalignCachedWalk, passes, entry, size)) {
      if (size != nb) return 0;
      if (!isAligned<W>(entry)) die<W>(Msg.TcacheUnaligned);
      dropEntry<W>(tc, index, place, inner, entry);
      return entry;
    }
    place = entry;
    inner = true;
    entry = mangle<W>(entry, get<W>(entry));
    spend(1);
  }
  return 0;
}

/** Outcomes of offering a freed chunk to the cache. */
export const REFUSED: u32 = 0;
export const TAKEN: u32 = 1;
/** The chunk looked like a freed one and turned out not to be: free it once more. */
export const AGAIN: u32 = 2;

/** free's first stop. */
export function offerToTcache<W>(p: W, mem: W, size: W): u32 {
  const tc = threadCache<W>();
  if (tc == 0 && !has(Feature.TcacheByFree)) return REFUSED;
  const key = tcacheKey<W>(tc);
  const word = get<W>(mem + sizeSz<W>());
  if (decide<W>(Mark.FreeCachedKey, word == key, word, key)) {
    if (tc != 0) verifyNotFree<W>(tc, mem);
    put<W>(mem + sizeSz<W>(), 0);
    return AGAIN;
  }
  if (tc == 0) return initTcache<W>(0) ? AGAIN : REFUSED;
  const index = tcacheIndex<W>(size);
  if (index < smallBins<W>()) {
    if (!decide<W>(Mark.FreeCachedRoom, tcacheHasRoom<W>(tc, index), size, index)) return REFUSED;
    tcachePut<W>(tc, p, index);
    return TAKEN;
  }
  return putLarge<W>(tc, p, mem, size);
}

function putLarge<W>(tc: W, p: W, mem: W, size: W): u32 {
  const index = largeIndexOf<W>(size);
  const mapped = !has(Feature.MappedLikeHeap) && isMmapped<W>(get<W>(p + sizeSz<W>()));
  const room = size >= minSize<W>() && !mapped && tcacheHasRoom<W>(tc, index);
  if (!decide<W>(Mark.FreeLargeCachedRoom, room, size, index)) return REFUSED;
  const place = placeFor<W>(tc, index, size);
  linkEntry<W>(tc, index, place, insideList, mem);
  return TAKEN;
}
