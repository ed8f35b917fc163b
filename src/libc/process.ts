/** fork, wait and their like: unistd.h and sys/wait.h. Source: posix/fork.c, sysdeps/unix/sysv/linux/wait4.c. */
import { FIRST_PID } from "../abi/kernel";
import type { LibcCall } from "../clang/libc-call";
import { setErrno } from "./malloc";

const EINVAL = 22;
const WNOHANG = 1;
const WUNTRACED = 2;
const WCONTINUED = 8;

const failed = (call: LibcCall, error: number): void => {
  setErrno(call, error);
  call.returnInt(-1);
};

/** Comes back twice: the child's copy of the result is made while it is 0. */
function fork(call: LibcCall): void {
  call.returnInt(0);
  const child = call.threads.fork(false);
  if (child < 0) return failed(call, -child);
  call.returnInt(FIRST_PID + child);
}

/** The parent sleeps until the child has ended: the call is made once more then. */
function vfork(call: LibcCall): void {
  const ended = call.threads.takeVforked();
  if (ended >= 0) return call.returnInt(FIRST_PID + ended);
  call.returnInt(0);
  const child = call.threads.fork(true);
  if (child < 0) return failed(call, -child);
  call.threads.noteVforked(child);
  call.threads.waitForChild(child);
}

function waitFor(call: LibcCall, pid: number, statusAt: number, options: number): void {
  if ((options & ~(WNOHANG | WUNTRACED | WCONTINUED)) !== 0) return failed(call, EINVAL);
  // There are no process groups: whatever is no pid means any child.
  const wanted = pid > 0 ? pid : -1;
  const answer = call.threads.waitChild(wanted);
  if (typeof answer === "number") return failed(call, -answer);
  if (answer === null) {
    if ((options & WNOHANG) !== 0) return call.returnInt(0);
    return call.threads.waitForChild(wanted < 0 ? -1 : wanted - FIRST_PID);
  }
  if (statusAt !== 0) call.target.store(statusAt, 4, answer.exitCode, 0);
  call.returnInt(answer.pid);
}

export const processFunctions = {
  fork,
  vfork,
  wait: (call: LibcCall) => waitFor(call, -1, call.word(0), 0),
  waitpid: (call: LibcCall) => waitFor(call, call.lo(0), call.word(1), call.lo(2)),
  getpid: (call: LibcCall) => call.returnInt(FIRST_PID + call.threads.process),
  getppid: (call: LibcCall) => call.returnInt(call.threads.parentPid()),
};
