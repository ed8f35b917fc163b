/**
 * The thread cache: per size a counter and a singly linked list of user pointers, `tcache_perthread_struct`, itself the thread's first chunk.
 *
 *   counts[i] u16 …   entries[i] ─► next ^ (place >> 12) ─► …      a freed entry: word 0 next, word 1 key
 *
 * Counters were signed bytes before 2.30; since 2.42 they say how many entries still fit (`large`: who knows the answer already hands it on,
 * which spares malloc's and free's shortest paths the question).
 */
import {
  CONTROL_TCACHE_POINTER, Feature, Mark, Msg, PROFILE_MP_TCACHE_BINS, PROFILE_MP_TCACHE_COUNT, PROFILE_TCACHE_BINS, PROFILE_TCACHE_BYTES, PROFILE_TCACHE_COUNTS,
  PROFILE_TCACHE_ENTRIES, PROFILE_TCACHE_KEY,
} from "../../generated/abi";
import { spend } from "../../control";
import { decide, line, phase } from "../../marks";
import { add, read, readPaged, write } from "../../memory/access";
import { fill } from "../../memory/bulk";
import { arenaGet, leaveArena, retryArena } from "./arena-get";
import { memOf } from "./chunk";
import { die, insist } from "./die";
import { intMalloc } from "./int-malloc";
import { mp } from "./parameters";
import { alignMask, get, has, hasSafeLinking, hasTcache, hasTcacheKey, isAligned, known, mangle, minSize, paddedSize, put, sizeSz } from "./word";

/** TCACHE_MAX_BINS while every list holds one size. */
const TCACHE_SMALL_BINS: u32 = 64;

/** The thread's tcache, 0 before it exists. */
@inline
export function threadCache<W>(): W {
  return readPaged<W>(load<u64>(CONTROL_TCACHE_POINTER));
}

/** The thread gets no other cache from here on. tcache_shutting_down; where in the thread's storage it stands is our choice. */
export function endCache<W>(ended: bool = true): void {
  write<u8>(load<u64>(CONTROL_TCACHE_POINTER) + sizeof<W>(), ended ? 1 : 0);
}

@inline
function isCacheEnded<W>(): bool {
  return read<u8>(load<u64>(CONTROL_TCACHE_POINTER) + sizeof<W>()) != 0;
}

/** csize2tidx. Sizes below MINSIZE wrap to an index that no cache has. */
@inline
export function tcacheIndex<W>(size: W, large: bool = has(Feature.LargeTcache)): W {
  const up: W = large ? 0 : alignMask<W>();
  return (size - minSize<W>() + up) / (alignMask<W>() + 1);
}

@inline
export function tcacheBins<W>(): W {
  return mp<W>(PROFILE_MP_TCACHE_BINS);
}

@inline
function countAt<W>(tc: W, index: W): u64 {
  const counts: W = tc + <W>known(PROFILE_TCACHE_COUNTS);
  return <u64>(has(Feature.WideCounts) ? counts + index * 2 : counts + index);
}

@inline
function entryAt<W>(tc: W, index: W): W {
  return tc + <W>known(PROFILE_TCACHE_ENTRIES) + index * sizeSz<W>();
}

/** How many entries a list holds, as far as its counter tells. */
@inline
export function tcacheCount<W>(tc: W, index: W, large: bool = has(Feature.LargeTcache)): W {
  const at = countAt<W>(tc, index);
  if (!has(Feature.WideCounts)) return <W>(<i64>read<i8>(at));
  const count = <W>read<u16>(at);
  return large ? mp<W>(PROFILE_MP_TCACHE_COUNT) - count : count;
}

@inline
export function tcacheFill<W>(): W {
  return mp<W>(PROFILE_MP_TCACHE_COUNT);
}

/** Whether a list takes one more. Counters that count down are not compared with the limit. */
@inline
export function tcacheHasRoom<W>(tc: W, index: W, large: bool = has(Feature.LargeTcache)): bool {
  if (large) return read<u16>(countAt<W>(tc, index)) != 0;
  return tcacheCount<W>(tc, index, large) < tcacheFill<W>();
}

/** One entry more, or one less. */
@inline
function tally<W>(tc: W, index: W, more: bool, large: bool): void {
  const at = countAt<W>(tc, index);
  if (!has(Feature.WideCounts)) add<u8>(at, more ? 1 : 0xff);
  else add<u16>(at, more != large ? 1 : 0xffff);
}

/** Where the list of a bin begins. */
@inline
export function tcacheHead<W>(tc: W, index: W): W {
  return entryAt<W>(tc, index);
}

@inline
export function tcacheFirst<W>(tc: W, index: W): W {
  return get<W>(entryAt<W>(tc, index));
}

/** What marks a chunk as being in this tcache. */
@inline
export function tcacheKey<W>(tc: W): W {
  return has(Feature.KeyIsAddress) ? tc : readPaged<W>(load<u64>(PROFILE_TCACHE_KEY));
}

@inline
export function setCacheEntry<W>(tc: W, index: W, entry: W): void {
  put<W>(entryAt<W>(tc, index), entry);
}

/** Links an entry in where `place` holds a link, mangled when that is in another entry. malloc.c: tcache_put_n. */
@inline
export function linkEntry<W>(tc: W, index: W, place: W, inner: bool, entry: W, large: bool = has(Feature.LargeTcache)): void {
  if (hasTcacheKey()) put<W>(entry + sizeSz<W>(), tcacheKey<W>(tc));
  const next = get<W>(place);
  put<W>(entry, mangle<W>(entry, inner ? mangle<W>(place, next) : next));
  put<W>(place, inner ? mangle<W>(place, entry) : entry);
  tally<W>(tc, index, true, large);
  line<W>(Mark.TcachePut, entry, index);
}

/** Some releases insist that a list is there, while mp_.tcache_bins may have come to say anything. */
@inline
function insistOnList<W>(index: W, message: Msg): void {
  if (index >= <W>TCACHE_SMALL_BINS) insist<W>(false, message);
}

/** Puts a chunk in front of its list. malloc.c: tcache_put. */
export function tcachePut<W>(tc: W, p: W, index: W, large: bool = has(Feature.LargeTcache)): void {
  insistOnList<W>(index, Msg.AssertTcachePutIndex);
  linkEntry<W>(tc, index, entryAt<W>(tc, index), false, memOf<W>(p), large);
}

/** Takes the first entry. The caller knows there is one. malloc.c: tcache_get. */
export function tcacheGet<W>(tc: W, index: W, large: bool = has(Feature.LargeTcache)): W {
  const entry = tcacheFirst<W>(tc, index);
  insistOnList<W>(index, Msg.AssertTcacheGetIndex);
  if (hasSafeLinking() && !decide<W>(Mark.TcacheGetAligned, isAligned<W>(entry), entry, index)) die<W>(Msg.TcacheUnaligned);
  dropEntry<W>(tc, index, entryAt<W>(tc, index), false, entry, large);
  return entry;
}

/** Takes an entry that was put there a while ago, from what is the thread's cache by now. */
export function takeStashed<W>(index: W): W {
  const tc = threadCache<W>();
  insist<W>(tcacheFirst<W>(tc, index) != 0, Msg.AssertTcacheGetEntry);
  return tcacheGet<W>(tc, index);
}

/** Takes an entry out of its list: `place` holds the link to it, mangled when that is in another entry. */
@inline
export function dropEntry<W>(tc: W, index: W, place: W, inner: bool, entry: W, large: bool = has(Feature.LargeTcache)): void {
  const next = mangle<W>(entry, get<W>(entry));
  put<W>(place, inner ? mangle<W>(place, next) : next);
  tally<W>(tc, index, false, large);
  if (hasTcacheKey()) put<W>(entry + sizeSz<W>(), 0);
}

/** MAYBE_INIT_TCACHE. */
@inline
export function needTcache<W>(): void {
  if (hasTcache() && threadCache<W>() == 0) initTcache<W>(0);
}

/**
 * The cache is a chunk like any other: its place is the thread's first allocation, or since it is made only when needed, a later one. `within`:
 * the arena of a malloc that is under way, 0 for none. True when there is a cache now. malloc.c: tcache_init.
 */
export function initTcache<W>(within: W): bool {
  const bytes = <W>known(PROFILE_TCACHE_BYTES);
  if (isCacheEnded<W>()) return false;
  phase<W>(Mark.TcacheInit, bytes, 0);
  if (has(Feature.TcacheByFree)) {
    // Until it is there, nothing may want to make it.
    endCache<W>(true);
    if (tcacheFill<W>() == 0) return false;
  }
  const mem: W = within != 0 ? intMalloc<W>(within, paddedSize<W>(bytes)) : cacheMemory<W>(bytes);
  if (!decide<W>(Mark.TcacheInitGot, mem != 0, mem, bytes)) return false;
  write<W>(load<u64>(CONTROL_TCACHE_POINTER), mem);
  fill(<u64>mem, 0, <u64>bytes);
  if (has(Feature.TcacheByFree)) endCache<W>(false);
  if (has(Feature.LargeTcache)) {
    const bins = <W>known(PROFILE_TCACHE_BINS);
    for (let index: W = 0; index < bins; index++) write<u16>(countAt<W>(mem, index), <u16>tcacheFill<W>());
  }
  return true;
}

/** Memory for the cache as a program would get it. */
function cacheMemory<W>(bytes: W): W {
  let av = arenaGet<W>(bytes);
  let mem = intMalloc<W>(av, bytes);
  if (mem == 0 && av != 0) {
    av = retryArena<W>(av, bytes);
    mem = intMalloc<W>(av, bytes);
  }
  leaveArena<W>(av);
  return mem;
}

/** The entry carries the key: since 2.42 any list may hold it. Dies when one does. */
export function verifyNotFree<W>(tc: W, entry: W): void {
  const bins = <W>known(PROFILE_TCACHE_BINS);
  for (let index: W = 0; index < bins; index++) searchDoubleFree<W>(tc, entry, index);
}

/** The entry carries the key: walk the list to tell a double free from a coincidence. Dies when it is one. */
export function searchDoubleFree<W>(tc: W, entry: W, index: W): void {
  phase<W>(Mark.TcacheKeySearch, entry, index);
  const limit = tcacheFill<W>();
  let seen: W = 0;
  for (let at = tcacheFirst<W>(tc, index); at != 0; at = mangle<W>(at, get<W>(at))) {
    if (has(Feature.TcacheLoopCheck) && !decide<W>(Mark.TcacheSearchCount, seen < limit, seen, limit)) die<W>(Msg.TcacheTooMany);
    if (hasSafeLinking() && !decide<W>(Mark.TcacheSearchAligned, isAligned<W>(at), at, entry)) die<W>(Msg.TcacheUnaligned2);
    if (decide<W>(Mark.TcacheSearchSame, at == entry, at, entry)) die<W>(Msg.TcacheDoubleFree);
    seen++;
    spend(1);
  }
}
