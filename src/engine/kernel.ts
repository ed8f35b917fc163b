/** System calls as glibc's wrappers see them: −1 and errno on failure. The kernel itself is TypeScript on the host's side. */
import { setErrno, ENOMEM } from "./control";
import { PROFILE_CURBRK } from "./generated/abi";
import { read, write } from "./memory/access";
import { syncJournal } from "./ring";

// biome-ignore format: one import a line
@external("kernel", "brk") declare function kernelBrk(addr: f64): f64;
@external("kernel", "mmap") declare function kernelMmap(addr: f64, length: f64, prot: i32, flags: i32): f64;
@external("kernel", "munmap") declare function kernelMunmap(addr: f64, length: f64): f64;
@external("kernel", "mremap") declare function kernelMremap(addr: f64, oldLength: f64, newLength: f64, flags: i32): f64;
@external("kernel", "mprotect") declare function kernelMprotect(addr: f64, length: f64, prot: i32): f64;
@external("kernel", "madvise") declare function kernelMadvise(addr: f64, length: f64, advice: i32): f64;

export const FAILED: u64 = ~(<u64>0);

export const PROT_NONE: i32 = 0;
export const PROT_READ_WRITE: i32 = 3;
export const MAP_PRIVATE_ANONYMOUS: i32 = 0x22;
export const MAP_NORESERVE: i32 = 0x4000;
const MREMAP_MAYMOVE: i32 = 1;
export const MADV_DONTNEED: i32 = 4;
export const MADV_HUGEPAGE: i32 = 14;

/** A system call's answer: negative is −errno. */
function answer(result: f64): u64 {
  if (result >= 0) return <u64>result;
  setErrno(<i32>-result);
  return FAILED;
}

export function mmap(length: u64, flags: i32): u64 {
  syncJournal();
  return answer(kernelMmap(0, <f64>length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS | flags));
}

/** At a place (0: anywhere), with any protection. */
export function mmapAt(addr: u64, length: u64, protection: i32, flags: i32): u64 {
  syncJournal();
  return answer(kernelMmap(<f64>addr, <f64>length, protection, flags));
}

export function munmap(addr: u64, length: u64): u64 {
  syncJournal();
  return answer(kernelMunmap(<f64>addr, <f64>length));
}

export function mremap(addr: u64, oldLength: u64, newLength: u64): u64 {
  syncJournal();
  return answer(kernelMremap(<f64>addr, <f64>oldLength, <f64>newLength, MREMAP_MAYMOVE));
}

export function mprotect(addr: u64, length: u64, prot: i32): u64 {
  syncJournal();
  return answer(kernelMprotect(<f64>addr, <f64>length, prot));
}

export function madvise(addr: u64, length: u64, advice: i32): u64 {
  syncJournal();
  return answer(kernelMadvise(<f64>addr, <f64>length, advice));
}

/** brk(3): asks for a break and remembers what the kernel said in __curbrk. */
function setBreak<W>(wanted: W): bool {
  syncJournal();
  const now = <W>kernelBrk(<f64>wanted);
  write<W>(load<u64>(PROFILE_CURBRK), now);
  if (now >= wanted) return true;
  setErrno(ENOMEM);
  return false;
}

/**
 * sbrk(3). misc/sbrk.c and sysdeps/unix/sysv/linux/brk.c: the first call asks the kernel where the break is. Returns the old break.
 * brk(3) comes here too, and on 32 bits its way may be longer than an increment's sign can tell.
 */
export function sbrk<W>(increment: W, shrinks: bool = (increment >> (<W>sizeof<W>() * 8 - 1)) != 0): W {
  const at = load<u64>(PROFILE_CURBRK);
  if (read<W>(at) == 0 && !setBreak<W>(0)) return <W>FAILED;
  const old = read<W>(at);
  if (increment == 0) return old;
  const top: W = old + increment;
  if (shrinks ? top > old : top < old) {
    setErrno(ENOMEM);
    return <W>FAILED;
  }
  return setBreak<W>(top) ? old : <W>FAILED;
}
