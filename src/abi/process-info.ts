/**
 * Where things are in one simulated process: what `readelf` and a debugger would know before looking at any byte.
 * Filled by the machine when it lays the process out; decoders need nothing else. Addresses are below 2^47, hence numbers.
 */
export interface ProcessInfo {
  /** e.g. "2.36" and "amd64". */
  readonly glibc: string;
  readonly abi: "amd64" | "i386";
  readonly wordBytes: 4 | 8;
  readonly heapStart: number;
  readonly libcBase: number;
  /** Addresses of glibc's own objects. tcachePointer is the thread-local variable that holds the address of the tcache. */
  readonly mainArena: number;
  readonly mp: number;
  readonly tcachePointer: number;
  readonly tcacheKey: number;
  readonly globalMaxFast: number;
  readonly perturbByte: number;
  readonly stackTop: number;
}
