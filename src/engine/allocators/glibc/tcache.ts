/**
 * The thread cache: per size a counter and a singly linked list of user pointers, `tcache_perthread_struct`, itself the thread's first chunk.
 *
 *   counts[i] u16 …   entries[i] ─► next ^ (place >> 12) ─► …      a freed entry: word 0 next, word 1 key
 */
import {
  Mark, Msg, PROFILE_MP_TCACHE_BINS, PROFILE_MP_TCACHE_COUNT, PROFILE_TCACHE_BYTES, PROFILE_TCACHE_COUNTS, PROFILE_TCACHE_ENTRIES,
  PROFILE_TCACHE_KEY, PROFILE_TCACHE_POINTER,
} from "../../generated/abi";
import { spend } from "../../control";
import { decide, line, phase } from "../../marks";
import { add, read, readPaged, write } from "../../memory/access";
import { fill } from "../../memory/bulk";
import { lock, mainArena, unlock } from "./arena";
import { memOf } from "./chunk";
import { die } from "./die";
import { intMalloc } from "./int-malloc";
import { mp } from "./parameters";
import { alignMask, get, hasTcache, hasTcacheKey, isAligned, mangle, minSize, put, sizeSz } from "./word";

/** The thread's tcache, 0 before it exists. */
@inline
export function threadCache<W>(): W {
  return readPaged<W>(load<u64>(PROFILE_TCACHE_POINTER));
}

/** csize2tidx. Sizes below MINSIZE wrap to an index that no cache has. */
@inline
export function tcacheIndex<W>(size: W): W {
  return (size - minSize<W>() + alignMask<W>()) / (alignMask<W>() + 1);
}

@inline
export function tcacheBins<W>(): W {
  return mp<W>(PROFILE_MP_TCACHE_BINS);
}

@inline
function countAt<W>(tc: W, index: W): W {
  return tc + <W>load<u32>(PROFILE_TCACHE_COUNTS) + index * 2;
}

@inline
function entryAt<W>(tc: W, index: W): W {
  return tc + <W>load<u32>(PROFILE_TCACHE_ENTRIES) + index * sizeSz<W>();
}

@inline
export function tcacheCount<W>(tc: W, index: W): W {
  return <W>read<u16>(<u64>countAt<W>(tc, index));
}

@inline
export function tcacheFill<W>(): W {
  return mp<W>(PROFILE_MP_TCACHE_COUNT);
}

@inline
export function tcacheFirst<W>(tc: W, index: W): W {
  return get<W>(entryAt<W>(tc, index));
}

/** Puts a chunk in front of its list. malloc.c: tcache_put. */
export function tcachePut<W>(tc: W, p: W, index: W): void {
  const entry = memOf<W>(p);
  if (hasTcacheKey()) put<W>(entry + sizeSz<W>(), readPaged<W>(load<u64>(PROFILE_TCACHE_KEY)));
  put<W>(entry, mangle<W>(entry, tcacheFirst<W>(tc, index)));
  put<W>(entryAt<W>(tc, index), entry);
  add<u16>(<u64>countAt<W>(tc, index), 1);
  line<W>(Mark.TcachePut, entry, index);
}

/** Takes the first entry. The caller knows there is one. malloc.c: tcache_get. */
export function tcacheGet<W>(tc: W, index: W): W {
  const entry = tcacheFirst<W>(tc, index);
  if (!decide<W>(Mark.TcacheGetAligned, isAligned<W>(entry), entry, index)) die<W>(Msg.TcacheUnaligned);
  put<W>(entryAt<W>(tc, index), mangle<W>(entry, get<W>(entry)));
  add<u16>(<u64>countAt<W>(tc, index), 0xffff);
  if (hasTcacheKey()) put<W>(entry + sizeSz<W>(), 0);
  return entry;
}

/** MAYBE_INIT_TCACHE. */
@inline
export function needTcache<W>(): void {
  if (hasTcache() && threadCache<W>() == 0) initTcache<W>();
}

/** The cache is a chunk like any other: its place is the thread's first allocation. malloc.c: tcache_init. */
function initTcache<W>(): void {
  const bytes = <W>load<u32>(PROFILE_TCACHE_BYTES);
  phase<W>(Mark.TcacheInit, bytes, 0);
  const av = mainArena<W>();
  lock<W>(av);
  const mem = intMalloc<W>(av, bytes);
  unlock<W>(av);
  if (decide<W>(Mark.TcacheInitGot, mem != 0, mem, bytes)) {
    write<W>(load<u64>(PROFILE_TCACHE_POINTER), mem);
    fill(<u64>mem, 0, <u64>bytes);
  }
}

/** The entry carries the key: walk the list to tell a double free from a coincidence. Dies when it is one. */
export function searchDoubleFree<W>(tc: W, entry: W, index: W): void {
  phase<W>(Mark.TcacheKeySearch, entry, index);
  const limit = tcacheFill<W>();
  let seen: W = 0;
  for (let at = tcacheFirst<W>(tc, index); at != 0; at = mangle<W>(at, get<W>(at))) {
    if (!decide<W>(Mark.TcacheSearchCount, seen < limit, seen, limit)) die<W>(Msg.TcacheTooMany);
    if (!decide<W>(Mark.TcacheSearchAligned, isAligned<W>(at), at, entry)) die<W>(Msg.TcacheUnaligned2);
    if (decide<W>(Mark.TcacheSearchSame, at == entry, at, entry)) die<W>(Msg.TcacheDoubleFree);
    seen++;
    spend(1);
  }
}
