/**
 * System calls of a program's own: sys/mman.h, sys/resource.h, sysconf. The kernel answers a value or −errno; glibc's wrappers turn that
 * into −1 and errno. Structs are glibc's of x86-64 and i386, all words.
 */
import { errno, mapFlag, mremapFlag } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { LibcCall } from "../clang/libc-call";
import { setErrno } from "./malloc";
import { loadWord, storeWord } from "./memory";

const EBADF = 9;
/** Descriptors that are open: they are no files that can be mapped. */
const LAST_OPEN = 2;

/** `sysconf` names. */
const name = { pageSize: 30, physicalPages: 85 } as const;

/** struct rusage: how many words, and which of them are known. */
const rusage = { words: 18, maxrss: 4, minflt: 8 } as const;
const who = { self: 0, children: -1 } as const;

/** What the program gets for the kernel's answer: −1 with errno for an error. */
function answer(call: LibcCall, result: number): number {
  if (result >= 0) return result;
  setErrno(call, -result);
  return -1;
}

const status = (run: (call: LibcCall) => number) => (call: LibcCall) => call.returnInt(answer(call, run(call)));
const address = (run: (call: LibcCall) => number) => (call: LibcCall) => call.returnWord(answer(call, run(call)));

function mmap(call: LibcCall): number {
  const { system } = call.target;
  const [flags, fd, offset] = [call.lo(3), call.lo(4), call.lo(5)];
  if (offset % PAGE_SIZE !== 0) return -errno.EINVAL;
  if ((flags & mapFlag.ANONYMOUS) === 0 && (fd < 0 || fd > LAST_OPEN)) return -EBADF;
  return system.mmap(call.word(0), call.word(1), call.lo(2), flags);
}

function mremap(call: LibcCall): number {
  const flags = call.lo(3);
  // Only then is there a fifth argument to be taken.
  const target = (flags & (mremapFlag.FIXED | mremapFlag.DONTUNMAP)) === 0 ? 0 : call.word(4);
  return call.target.system.mremap(call.word(0), call.word(1), call.word(2), flags, target);
}

function mincore(call: LibcCall): number {
  const { target } = call;
  const [addr, length, vector] = [call.word(0), call.word(1), call.word(2)];
  const pages = Math.ceil(length / PAGE_SIZE);
  if (addr % PAGE_SIZE !== 0) return -errno.EINVAL;
  if (!target.system.reaches(vector, pages, true)) return -errno.EFAULT;
  target.spend(Math.ceil(pages / 64));
  const present = target.system.mincore(addr, length);
  if (typeof present === "number") return present;
  for (const [page, there] of present.entries()) target.store(vector + page, 1, there ? 1 : 0, 0);
  return 0;
}

/** A limit as the program's rlim_t: all ones for none, and on i386 for what does not fit. */
function storeLimit(call: LibcCall, addr: number, bytes: number): void {
  const none = call.wordBytes === 8 ? bytes === Infinity : bytes >= 0xffff_ffff;
  if (none) call.target.store(addr, call.wordBytes, -1, -1);
  else storeWord(call, addr, bytes);
}

function loadLimit(call: LibcCall, addr: number): number {
  const bytes = loadWord(call, addr);
  return bytes >= (call.wordBytes === 8 ? 2 ** 63 : 0xffff_ffff) ? Infinity : bytes;
}

function getrlimit(call: LibcCall): number {
  const { system } = call.target;
  const limit = system.getrlimit(call.lo(0));
  const into = call.word(1);
  if (typeof limit === "number") return limit;
  if (into === 0) return 0;
  if (!system.reaches(into, 2 * call.wordBytes, true)) return -errno.EFAULT;
  storeLimit(call, into, limit.soft);
  storeLimit(call, into + call.wordBytes, limit.hard);
  return 0;
}

function setrlimit(call: LibcCall): number {
  const { system } = call.target;
  const from = call.word(1);
  if (from === 0) return typeof system.getrlimit(call.lo(0)) === "number" ? -errno.EINVAL : 0;
  if (!system.reaches(from, 2 * call.wordBytes, false)) return -errno.EFAULT;
  return system.setrlimit(call.lo(0), loadLimit(call, from), loadLimit(call, from + call.wordBytes));
}

/** Time does not pass here, and there are no children: what is not known to be zero is counted by the kernel. */
function getrusage(call: LibcCall): number {
  const { system } = call.target;
  const asked = call.lo(0);
  const into = call.word(1);
  if (asked !== who.self && asked !== who.children) return -errno.EINVAL;
  const { minorFaults, peakResidentBytes } = system.usage();
  if (!system.reaches(into, rusage.words * call.wordBytes, true)) return -errno.EFAULT;
  const words: number[] = Array.from({ length: rusage.words }, () => 0);
  if (asked === who.self) {
    words[rusage.maxrss] = peakResidentBytes / 1024;
    words[rusage.minflt] = minorFaults;
  }
  for (const [index, word] of words.entries()) storeWord(call, into + index * call.wordBytes, word);
  return 0;
}

function sysconf(call: LibcCall): number {
  switch (call.lo(0)) {
    case name.pageSize:
      return PAGE_SIZE;
    case name.physicalPages:
      return call.target.system.physicalPages();
    default:
      return -errno.EINVAL;
  }
}

export const systemFunctions = {
  mmap: address(mmap),
  munmap: status((call) => call.target.system.munmap(call.word(0), call.word(1))),
  mprotect: status((call) => call.target.system.mprotect(call.word(0), call.word(1), call.lo(2))),
  mremap: address(mremap),
  madvise: status((call) => call.target.system.madvise(call.word(0), call.word(1), call.lo(2))),
  mincore: status(mincore),
  getrlimit: status(getrlimit),
  setrlimit: status(setrlimit),
  getrusage: status(getrusage),
  getpagesize: (call: LibcCall) => call.returnInt(PAGE_SIZE),
  sysconf: address(sysconf),
};
