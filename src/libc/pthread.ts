/**
 * pthread.h and sched.h. A mutex is the bytes of glibc's: __lock 0 free, 1 taken, 2 taken and somebody waits; __owner, __nusers, and __count
 * of a recursive one. Source: nptl/pthread_mutex_lock.c, pthread_mutex_unlock.c, pthread_join_common.c; lowlevellock.h for the values of __lock.
 */
import { threadState } from "../abi/threads";
import type { LibcCall } from "../clang/libc-call";
import { trait } from "../clang/vm/threads";
import { storeWord } from "./memory";
import { flushStdout } from "./stdio";

const ESRCH = 3;
const EPERM = 1;
const EBUSY = 16;
const EINVAL = 22;
const EDEADLK = 35;

/** Thread ids: the process's own, and those after it. */
const FIRST_TID = 1000;

const kind = { normal: 0, recursive: 1, errorCheck: 2 } as const;

type Field = "lock" | "count" | "owner" | "nusers" | "kind";
/** Offsets in pthread_mutex_t; the types of the fields are all int. */
const fields: Readonly<Record<4 | 8, Readonly<Record<Field, number>>>> = {
  8: { lock: 0, count: 4, owner: 8, nusers: 12, kind: 16 },
  4: { lock: 0, count: 4, owner: 8, kind: 12, nusers: 16 },
};
const mutexBytes = { 8: 40, 4: 24 } as const;

/** A pthread_mutex_t of the program. */
class Mutex {
  readonly at: number;

  constructor(private readonly call: LibcCall) {
    this.at = call.word(0);
  }

  get(name: Field): number {
    return this.call.target.load(this.at + fields[this.call.wordBytes][name], 4) | 0;
  }

  set(name: Field, value: number): void {
    this.call.target.store(this.at + fields[this.call.wordBytes][name], 4, value, 0);
  }
}

const tidOf = (thread: number): number => FIRST_TID + thread;

function take(call: LibcCall, mutex: Mutex): void {
  const { threads } = call;
  mutex.set("lock", threads.has(threads.current, trait.woken) ? 2 : 1);
  threads.setTrait(threads.current, trait.woken, false);
  mutex.set("owner", tidOf(threads.current));
  mutex.set("nusers", mutex.get("nusers") + 1);
}

function lock(call: LibcCall, waits: boolean): void {
  const { threads } = call;
  const mutex = new Mutex(call);
  const mine = mutex.get("owner") === tidOf(threads.current);
  if (mine && mutex.get("kind") === kind.recursive) mutex.set("count", mutex.get("count") + 1);
  else if (mine && mutex.get("kind") === kind.errorCheck) return call.returnInt(waits ? EDEADLK : EBUSY);
  else if (mutex.get("lock") === 0) {
    take(call, mutex);
    if (mutex.get("kind") === kind.recursive) mutex.set("count", 1);
  } else {
    if (!waits) return call.returnInt(EBUSY);
    if (mutex.get("lock") !== 2) mutex.set("lock", 2);
    return threads.wait(threadState.locking, 0, mutex.at);
  }
  call.returnInt(0);
}

function unlock(call: LibcCall): void {
  const { threads } = call;
  const mutex = new Mutex(call);
  const strict = mutex.get("kind") !== kind.normal;
  if (strict && mutex.get("owner") !== tidOf(threads.current)) return call.returnInt(EPERM);
  if (mutex.get("kind") === kind.recursive) {
    mutex.set("count", mutex.get("count") - 1);
    if (mutex.get("count") !== 0) return call.returnInt(0);
  }
  const contended = mutex.get("lock") === 2;
  mutex.set("owner", 0);
  mutex.set("nusers", mutex.get("nusers") - 1);
  mutex.set("lock", 0);
  if (contended) threads.wakeOne(mutex.at);
  call.returnInt(0);
}

function create(call: LibcCall): void {
  const thread = call.threads.create([call.lo(2), call.hi(2)], [call.lo(3), call.hi(3)]);
  if (thread < 0) return call.returnInt(-thread);
  storeWord(call, call.word(0), call.threads.pointerOf(thread));
  call.returnInt(0);
}

function join(call: LibcCall): void {
  const { threads } = call;
  const thread = threads.find(call.word(0));
  if (thread < 0 || threads.stateOf(thread) === threadState.gone) return call.returnInt(ESRCH);
  if (threads.has(thread, trait.detached)) return call.returnInt(EINVAL);
  if (thread === threads.current) return call.returnInt(EDEADLK);
  if (!threads.isOver(thread)) return threads.wait(threadState.joining, thread, 0);
  if (call.word(1) !== 0) {
    const [lo, hi] = threads.resultOf(thread);
    call.target.store(call.word(1), call.wordBytes, lo, hi);
  }
  threads.reap(thread);
  call.returnInt(0);
}

function detach(call: LibcCall): void {
  const { threads } = call;
  const thread = threads.find(call.word(0));
  if (thread < 0 || threads.stateOf(thread) === threadState.gone) return call.returnInt(ESRCH);
  if (threads.has(thread, trait.detached)) return call.returnInt(EINVAL);
  threads.setTrait(thread, trait.detached, true);
  if (threads.isOver(thread)) threads.reap(thread);
  call.returnInt(0);
}

/** The last thread takes the process with it. */
function exitThread(call: LibcCall): void {
  if (call.threads.alive > 1) return call.threads.end(call.lo(0), call.hi(0));
  flushStdout(call);
  call.exit(0);
}

const giveWay = (call: LibcCall) => {
  call.returnInt(0);
  call.threads.yield();
};
const succeed = (call: LibcCall) => call.returnInt(0);

export const pthreadFunctions = {
  pthread_create: create,
  pthread_join: join,
  pthread_detach: detach,
  pthread_exit: exitThread,
  pthread_self: (call: LibcCall) => call.returnWord(call.threads.pointerOf(call.threads.current)),
  pthread_equal: (call: LibcCall) => call.returnInt(call.word(0) === call.word(1) ? 1 : 0),
  pthread_mutex_init: (call: LibcCall) => {
    const mutex = new Mutex(call);
    call.target.fill(mutex.at, 0, mutexBytes[call.wordBytes]);
    const asked = call.word(1) === 0 ? kind.normal : call.target.load(call.word(1), 4);
    if (asked !== kind.normal) mutex.set("kind", asked);
    call.returnInt(0);
  },
  pthread_mutex_destroy: (call: LibcCall) => {
    const mutex = new Mutex(call);
    if (mutex.get("nusers") !== 0) return call.returnInt(EBUSY);
    mutex.set("kind", -1);
    call.returnInt(0);
  },
  pthread_mutex_lock: (call: LibcCall) => lock(call, true),
  pthread_mutex_trylock: (call: LibcCall) => lock(call, false),
  pthread_mutex_unlock: unlock,
  pthread_mutexattr_init: (call: LibcCall) => {
    call.target.store(call.word(0), 4, kind.normal, 0);
    call.returnInt(0);
  },
  pthread_mutexattr_settype: (call: LibcCall) => {
    if (call.lo(1) < kind.normal || call.lo(1) > kind.errorCheck) return call.returnInt(EINVAL);
    call.target.store(call.word(0), 4, call.lo(1), 0);
    call.returnInt(0);
  },
  pthread_mutexattr_destroy: succeed,
  /** Time does not pass here: waiting for it only lets others run. */
  sched_yield: giveWay,
  sleep: giveWay,
  usleep: giveWay,
};
