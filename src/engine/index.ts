/**
 * What the host can call (src/machine/engine-interface.ts). Words cross the border as two halves, addresses as f64; everything inside is
 * generic over the word of the simulated machine.
 */
import { emptyLike, moveCursor, putLinear, recordMark, tidyLinear, TRACE_WRITES, tracesMarks } from "./journal";
import { openJournal, syncJournal } from "./ring";
import {
  Api, CONTROL_ARENA_PATH, CONTROL_RESULT, CONTROL_RESULT_HI, CONTROL_TRACING, CONTROL_USUAL, Feature, hasUsualProfile, PROFILE_LIBC_TLS, PROFILE_WORD_BYTES,
} from "./generated/abi";
import { unlock } from "./allocators/glibc/arena";
import { arenaGet } from "./allocators/glibc/arena-get";
import { calloc as callocOf, free as freeOf, malloc as mallocOf } from "./allocators/glibc/malloc";
import { awaitArenas, lockArenas, renewArenas, takesPartInFork, unlockArenas } from "./allocators/glibc/fork";
import { layOut } from "./allocators/glibc/init";
import { alignedAlloc, memalign as memalignOf, posixMemalign, posixPointer, pvalloc as pvallocOf, valloc as vallocOf } from "./allocators/glibc/memalign";
import { realloc as reallocOf } from "./allocators/glibc/realloc";
import { mallinfo, mallocInfo, mallocStats, trim, usableSize } from "./allocators/glibc/statistics";
import { endThread } from "./allocators/glibc/thread-exit";
import { has } from "./allocators/glibc/word";
import { changeParameter, rememberTunable } from "./allocators/glibc/tunables";
import { needInit } from "./allocators/glibc/init";
import { placeThread, selectThread, spend as spendSteps } from "./control";
import { sbrk as sbrkOf } from "./kernel";
import { opBegin as recordBegin, opEnd as recordEnd } from "./marks";
import { read, write } from "./memory/access";
import { copy as copyBytes, fill as fillBytes, copyFrame as copyFrameAt, zeroFrame as zeroFrameAt } from "./memory/bulk";
import { flushTranslations } from "./memory/translate";
import { calloc as quietCalloc, free as quietFree, malloc as quietMalloc } from "./generated/quiet/allocators/glibc/malloc";
import { realloc as quietRealloc } from "./generated/quiet/allocators/glibc/realloc";
import { replay as quietReplay } from "./generated/quiet/trace";
import { replay as journalledReplay } from "./generated/journalled/trace";
import { replay } from "./trace";

export { __heap_base, loadWord as load, storeWord as store };

@inline
function word(lo: i32, hi: i32): u64 {
  return <u64>(<u32>lo) | (<u64>(<u32>hi) << 32);
}

/** Leaves the high half in the control block and returns the low one. */
function halves(value: u64): f64 {
  store<u32>(CONTROL_RESULT_HI, <u32>(value >> 32));
  return <f64>(<u32>value);
}

@inline
function is64(): bool {
  return load<u32>(PROFILE_WORD_BYTES) == 8;
}

/**
 * True for the glibc that the build made copies of the allocator for, each for one value of control.tracing: with sizes, offsets and features
 * constant they do the same, faster.
 */
@inline
function copied(tracing: u32): bool {
  return load<u32>(CONTROL_USUAL) != 0 && load<u32>(CONTROL_TRACING) == tracing;
}

/** True when nobody listens: the copy that records nothing will do. */
@inline
function quiet(): bool {
  return copied(0);
}

/** Every traced call goes through these two, so the host sees its records when it is back. */
function opBegin(api: u32, a: u64, b: u64, c: u32): void {
  openJournal();
  recordBegin(api, a, b, c);
}

function opEnd(api: u32, result: u64): void {
  recordEnd(api, result);
  syncJournal();
}

// ── memory ──

function loadWord(addr: f64, size: i32): f64 {
  const at = <u64>addr;
  if (size == 8) return halves(read<u64>(at));
  if (size == 4) return halves(<u64>read<u32>(at));
  if (size == 2) return halves(<u64>read<u16>(at));
  return halves(<u64>read<u8>(at));
}

function storeWord(addr: f64, size: i32, lo: i32, hi: i32): void {
  openJournal();
  const at = <u64>addr;
  if (size == 8) write<u64>(at, word(lo, hi));
  else if (size == 4) write<u32>(at, <u32>lo);
  else if (size == 2) write<u16>(at, <u16>lo);
  else write<u8>(at, <u8>lo);
  syncJournal();
}

export function fill(addr: f64, byte: i32, length: f64): void {
  openJournal();
  fillBytes(<u64>addr, <u8>byte, <u64>length);
  syncJournal();
}

export function copy(to: f64, from: f64, length: f64): void {
  openJournal();
  copyBytes(<u64>to, <u64>from, <u64>length);
  syncJournal();
}

export function put(offset: u32, size: i32, lo: i32, hi: i32): void {
  openJournal();
  if (size == 8) putLinear<u64>(offset, word(lo, hi));
  else if (size == 4) putLinear<u32>(offset, <u32>lo);
  else if (size == 2) putLinear<u16>(offset, <u16>lo);
  else putLinear<u8>(offset, <u8>lo);
  syncJournal();
}

export function zeroFrame(offset: u32): void {
  openJournal();
  zeroFrameAt(offset);
  syncJournal();
}

export function tidy(offset: u32, value: u32): void {
  openJournal();
  tidyLinear<u32>(offset, value);
  syncJournal();
}

export function emptyFrame(frame: u32, other: u32): void {
  openJournal();
  emptyLike(frame, other);
  syncJournal();
}

export function copyFrame(to: u32, from: u32): void {
  openJournal();
  copyFrameAt(to, from);
  syncJournal();
}

export function flush(addr: f64, length: f64): void {
  flushTranslations(<u64>addr, <u64>length);
}

// ── time ──

export function mark(kind: i32, id: i32, where: u32, aLo: i32, aHi: i32, bLo: i32, bHi: i32): void {
  openJournal();
  if (tracesMarks()) recordMark(kind, id, where, word(aLo, aHi), word(bLo, bHi));
  syncJournal();
}

/** Page tables may be among what is undone: what translation remembers is void. */
export function seek(target: u32): void {
  moveCursor(target);
  flushTranslations(0, 0);
}

export function spend(n: u32): void {
  spendSteps(n);
}

// ── threads ──

/** The thread whose libc block is at `tls` runs from here on: its tcache, its arena, its errno. */
export function switchThread(thread: u32, tls: f64): void {
  openJournal();
  selectThread(thread, <u64>tls);
  syncJournal();
}

/** There is, or is about to be, more than one thread. */
export function startThreads(): void {
  openJournal();
  putLinear<u32>(CONTROL_ARENA_PATH, 1);
  syncJournal();
}

/** malloc's part of the end of the running thread. */
export function thread_exit(): void {
  opBegin(Api.ThreadExit, 0, 0, 0);
  if (is64()) endThread<u64>();
  else endThread<u32>();
  opEnd(Api.ThreadExit, 0);
}

/** malloc's part of fork(2): 0 in the parent before it, 1 after it, 2 in the child. */
export function forkStep(step: u32): void {
  openJournal();
  if (!takesPartInFork()) return;
  if (step == 0) {
    if (is64()) awaitArenas<u64>();
    else awaitArenas<u32>();
  }
  opBegin(Api.ForkLockParent + step, 0, 0, 0);
  if (is64()) forkStepOf<u64>(step);
  else forkStepOf<u32>(step);
  opEnd(Api.ForkLockParent + step, 0);
}

function forkStepOf<W>(step: u32): void {
  if (step == 0) lockArenas<W>();
  else if (step == 1) unlockArenas<W>();
  else renewArenas<W>();
}

/** The running thread stands inside malloc, its arena locked; a thread without one gets it now. Returns the arena. */
export function holdArena(): f64 {
  openJournal();
  const arena = is64() ? <u64>arenaGet<u64>(0) : <u64>arenaGet<u32>(0);
  syncJournal();
  return <f64>arena;
}

export function releaseArena(arena: f64): void {
  openJournal();
  if (is64()) unlock<u64>(<u64>arena);
  else unlock<u32>(<u32>arena);
  syncJournal();
}

// ── allocator ──

export function initialise(): void {
  openJournal();
  flushTranslations(0, 0);
  placeThread(0, load<u64>(PROFILE_LIBC_TLS));
  store<u32>(CONTROL_ARENA_PATH, has(Feature.RetryOtherArena) ? 1 : 0);
  store<u32>(CONTROL_USUAL, hasUsualProfile() ? 1 : 0);
  if (is64()) layOut<u64>();
  else layOut<u32>();
  syncJournal();
}

export function setTunable(id: u32, lo: i32, hi: i32): void {
  rememberTunable(id, word(lo, hi));
}

export function malloc(sizeLo: i32, sizeHi: i32): f64 {
  const size = word(sizeLo, sizeHi);
  if (quiet()) return <f64>quietMalloc<u64>(size);
  opBegin(Api.Malloc, size, 0, 0);
  const result = is64() ? mallocOf<u64>(size) : <u64>mallocOf<u32>(<u32>size);
  opEnd(Api.Malloc, result);
  return <f64>result;
}

export function free(memLo: i32, memHi: i32): void {
  const mem = word(memLo, memHi);
  if (quiet()) {
    quietFree<u64>(mem);
    return;
  }
  opBegin(Api.Free, mem, 0, 0);
  if (is64()) freeOf<u64>(mem);
  else freeOf<u32>(<u32>mem);
  opEnd(Api.Free, 0);
}

export function calloc(countLo: i32, countHi: i32, sizeLo: i32, sizeHi: i32): f64 {
  const count = word(countLo, countHi);
  const size = word(sizeLo, sizeHi);
  if (quiet()) return <f64>quietCalloc<u64>(count, size);
  opBegin(Api.Calloc, count, size, 0);
  const result = is64() ? callocOf<u64>(count, size) : <u64>callocOf<u32>(<u32>count, <u32>size);
  opEnd(Api.Calloc, result);
  return <f64>result;
}

export function realloc(memLo: i32, memHi: i32, sizeLo: i32, sizeHi: i32): f64 {
  const mem = word(memLo, memHi);
  const size = word(sizeLo, sizeHi);
  if (quiet()) return <f64>quietRealloc<u64>(mem, size);
  opBegin(Api.Realloc, mem, size, 0);
  const result = is64() ? reallocOf<u64>(mem, size) : <u64>reallocOf<u32>(<u32>mem, <u32>size);
  opEnd(Api.Realloc, result);
  return <f64>result;
}

export function memalign(alignLo: i32, alignHi: i32, sizeLo: i32, sizeHi: i32): f64 {
  const alignment = word(alignLo, alignHi);
  const size = word(sizeLo, sizeHi);
  opBegin(Api.Memalign, alignment, size, 0);
  const result = is64() ? memalignOf<u64>(alignment, size) : <u64>memalignOf<u32>(<u32>alignment, <u32>size);
  opEnd(Api.Memalign, result);
  return <f64>result;
}

export function aligned_alloc(alignLo: i32, alignHi: i32, sizeLo: i32, sizeHi: i32): f64 {
  const alignment = word(alignLo, alignHi);
  const size = word(sizeLo, sizeHi);
  opBegin(Api.AlignedAlloc, alignment, size, 0);
  const result = is64() ? alignedAlloc<u64>(alignment, size) : <u64>alignedAlloc<u32>(<u32>alignment, <u32>size);
  opEnd(Api.AlignedAlloc, result);
  return <f64>result;
}

export function posix_memalign(alignLo: i32, alignHi: i32, sizeLo: i32, sizeHi: i32): f64 {
  const alignment = word(alignLo, alignHi);
  const size = word(sizeLo, sizeHi);
  opBegin(Api.PosixMemalign, alignment, size, 0);
  const error = is64() ? posixMemalign<u64>(alignment, size) : <u64>posixMemalign<u32>(<u32>alignment, <u32>size);
  const pointer: u64 = error == 0 ? posixPointer : 0;
  opEnd(Api.PosixMemalign, pointer);
  store<u32>(CONTROL_RESULT, <u32>pointer);
  store<u32>(CONTROL_RESULT_HI, <u32>(pointer >> 32));
  return <f64>error;
}

export function valloc(sizeLo: i32, sizeHi: i32): f64 {
  const size = word(sizeLo, sizeHi);
  opBegin(Api.Valloc, size, 0, 0);
  const result = is64() ? vallocOf<u64>(size) : <u64>vallocOf<u32>(<u32>size);
  opEnd(Api.Valloc, result);
  return <f64>result;
}

export function pvalloc(sizeLo: i32, sizeHi: i32): f64 {
  const size = word(sizeLo, sizeHi);
  opBegin(Api.Pvalloc, size, 0, 0);
  const result = is64() ? pvallocOf<u64>(size) : <u64>pvallocOf<u32>(<u32>size);
  opEnd(Api.Pvalloc, result);
  return <f64>result;
}

export function malloc_usable_size(memLo: i32, memHi: i32): f64 {
  const mem = word(memLo, memHi);
  opBegin(Api.MallocUsableSize, mem, 0, 0);
  const result = is64() ? usableSize<u64>(mem) : <u64>usableSize<u32>(<u32>mem);
  opEnd(Api.MallocUsableSize, result);
  return <f64>result;
}

export function mallopt(param: i32, value: i32): i32 {
  opBegin(Api.Mallopt, <u64>(<i64>param), <u64>(<i64>value), 0);
  if (is64()) needInit<u64>();
  else needInit<u32>();
  const result = is64() ? changeParameter<u64>(param, value) : changeParameter<u32>(param, value);
  opEnd(Api.Mallopt, <u64>result);
  return result;
}

export function malloc_trim(padLo: i32, padHi: i32): i32 {
  const pad = word(padLo, padHi);
  opBegin(Api.MallocTrim, pad, 0, 0);
  const result = is64() ? trim<u64>(pad) : trim<u32>(<u32>pad);
  opEnd(Api.MallocTrim, <u64>result);
  return result;
}

export function mallinfo2(): void {
  opBegin(Api.Mallinfo2, 0, 0, 0);
  if (is64()) mallinfo<u64>();
  else mallinfo<u32>();
  opEnd(Api.Mallinfo2, 0);
}

export function malloc_stats(): void {
  opBegin(Api.MallocStats, 0, 0, 0);
  if (is64()) mallocStats<u64>();
  else mallocStats<u32>();
  opEnd(Api.MallocStats, 0);
}

export function malloc_info(): void {
  opBegin(Api.MallocInfo, 0, 0, 0);
  if (is64()) mallocInfo<u64>();
  else mallocInfo<u32>();
  opEnd(Api.MallocInfo, 0);
}

/** An address of 32 bits, or what tells a failure. */
function wide(result: u32): u64 {
  return result == ~(<u32>0) ? ~(<u64>0) : <u64>result;
}

export function sbrk(lo: i32, hi: i32): f64 {
  const increment = word(lo, hi);
  opBegin(Api.Sbrk, increment, 0, 0);
  const shrinks = <i64>increment < 0;
  const result = is64() ? sbrkOf<u64>(increment, shrinks) : wide(sbrkOf<u32>(<u32>increment, shrinks));
  opEnd(Api.Sbrk, result);
  return result == ~(<u64>0) ? -1 : <f64>result;
}

export function replayTrace(offset: u32, count: u32): u32 {
  if (quiet()) return quietReplay<u64>(offset, count);
  openJournal();
  const done = copied(TRACE_WRITES) ? journalledReplay<u64>(offset, count) : is64() ? replay<u64>(offset, count) : replay<u32>(offset, count);
  syncJournal();
  return done;
}
