/** Who is told of every access of the process, and of what the kernel asks of the TLB. */
import type { TlbHost } from "../kernel/host";
import type { Kernel } from "../kernel/kernel";

/** Only build/engine/engine-counted.wasm tells of accesses. */
export interface AccessWatch {
  /** The machine is put together. */
  attach(kernel: Kernel, memory: ArrayBufferLike): void;
  /** Before an access of the program or its C library. */
  access(addr: number, bytes: number, write: number): void;
  /** The kernel has served a fault; the access is made again. */
  faultServed(addr: number): void;
  /** A marker's kind and id. */
  mark(kind: number, id: number): void;
  readonly tlb: TlbHost;
}
