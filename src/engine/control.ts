/** The control block as the engine sees it: errno, the step budget and the ways a run stops. */
import {
  CONTROL_BUDGET, CONTROL_CANCEL, CONTROL_ERRNO, CONTROL_SIGNAL, CONTROL_SIGNAL_ADDR, CONTROL_SIGNAL_CODE, CONTROL_SIGNAL_WRITE,
  CONTROL_ERRNO_ADDRESS, CONTROL_STEPS, CONTROL_STOP, CONTROL_STOP_MESSAGE, CONTROL_STOP_POINTER, CONTROL_TCACHE_POINTER, CONTROL_THREAD,
  CONTROL_THREAD_ARENA, CONTROL_WAIT_ARENA, PROFILE_ERRNO, PROFILE_LIBC_TLS, PROFILE_TCACHE_POINTER, PROFILE_THREAD_ARENA, Stop,
} from "./generated/abi";
import { putLinear } from "./journal";
import { read, write } from "./memory/access";
import { translate } from "./memory/translate";
import { syncJournal } from "./ring";

export const ENOMEM: i32 = 12;
export const EINVAL: i32 = 22;

const SIGABRT: u32 = 6;
const SIGSEGV: u32 = 11;

/** Where a thread's variables are follows from its libc block. */
export function placeThread(thread: u32, tls: u64): void {
  const distance = tls - load<u64>(PROFILE_LIBC_TLS);
  putLinear<u32>(CONTROL_THREAD, thread);
  putLinear<u64>(CONTROL_TCACHE_POINTER, load<u64>(PROFILE_TCACHE_POINTER) + distance);
  putLinear<u64>(CONTROL_THREAD_ARENA, load<u64>(PROFILE_THREAD_ARENA) + distance);
  putLinear<u64>(CONTROL_ERRNO_ADDRESS, load<u64>(PROFILE_ERRNO) + distance);
}

/** Makes a thread the running one, its errno the host's. */
export function selectThread(thread: u32, tls: u64): void {
  if (load<u32>(CONTROL_STOP) == Stop.Blocked) store<u32>(CONTROL_STOP, 0);
  // The host may have cleared its copy of errno only. What is the same already is not written: the page may be another process's too.
  const at = load<u64>(CONTROL_ERRNO_ADDRESS);
  if (read<i32>(at) != load<i32>(CONTROL_ERRNO)) write<i32>(at, load<i32>(CONTROL_ERRNO));
  placeThread(thread, tls);
  putLinear<u32>(CONTROL_ERRNO, read<u32>(load<u64>(CONTROL_ERRNO_ADDRESS)));
}

/** errno lives in the control block, for the host, and at its place in the thread's storage. */
export function setErrno(value: i32): void {
  putLinear<u32>(CONTROL_ERRNO, <u32>value);
  write<i32>(load<u64>(CONTROL_ERRNO_ADDRESS), value);
}

/**
 * Puts back an errno saved earlier. Storing what is there already would be a change of nothing on every free, so it is left out; but the
 * thread's storage must still be writable, as it is for glibc (a wild munmap may have taken it away).
 */
export function restoreErrno(value: i32): void {
  if (load<i32>(CONTROL_ERRNO) != value) setErrno(value);
  else translate(load<u64>(CONTROL_ERRNO_ADDRESS), true);
}

/** The host's budget before a run has one. */
const NO_BUDGET: u64 = 1 << 63;

/** Counts engine steps and stops the run when the budget is used up or the user asked to. Stopping so is no event of the process: not journalled. */
@inline
export function spend(n: u32): void {
  const steps = load<u64>(CONTROL_STEPS) + <u64>n;
  store<u64>(CONTROL_STEPS, steps);
  if (<i32>(steps >= load<u64>(CONTROL_BUDGET)) | <i32>atomic.load<u32>(CONTROL_CANCEL)) halt();
}

/** The run ends here for a reason of the simulation's own; while a program is loaded, without a budget yet, there is no run to end. */
function halt(): void {
  if (load<u64>(CONTROL_BUDGET) == NO_BUDGET) return;
  store<u32>(CONTROL_STOP, atomic.load<u32>(CONTROL_CANCEL) != 0 ? Stop.Cancelled : Stop.Budget);
  syncJournal();
  unreachable();
}

/**
 * The call needs a lock that a thread paused inside malloc holds. It has changed nothing yet that matters; the host lets the other thread go
 * on and makes the call again.
 */
export function wait(arena: u64): void {
  store<u64>(CONTROL_WAIT_ARENA, arena);
  store<u32>(CONTROL_STOP, Stop.Blocked);
  syncJournal();
  unreachable();
}

/** Death by SIGABRT with one of src/abi/messages.ts, about a pointer. */
export function abortWith(message: u32, pointer: u64): void {
  putLinear<u64>(CONTROL_STOP_POINTER, pointer);
  putLinear<u32>(CONTROL_STOP_MESSAGE, message);
  putLinear<u32>(CONTROL_SIGNAL, SIGABRT);
  putLinear<u32>(CONTROL_STOP, Stop.Abort);
  syncJournal();
  unreachable();
}

/** Death by SIGSEGV that the kernel was not asked about. */
export function segfault(code: u32, addr: u64, write: bool): void {
  putLinear<u32>(CONTROL_SIGNAL, SIGSEGV);
  putLinear<u32>(CONTROL_SIGNAL_CODE, code);
  putLinear<u64>(CONTROL_SIGNAL_ADDR, addr);
  putLinear<u32>(CONTROL_SIGNAL_WRITE, write ? 1 : 0);
  stopBySignal();
}

/** The signal fields are filled: stop, unless the kernel has already said why (out of memory). */
export function stopBySignal(): void {
  if (load<u32>(CONTROL_STOP) == 0) putLinear<u32>(CONTROL_STOP, Stop.Signal);
  syncJournal();
  unreachable();
}
