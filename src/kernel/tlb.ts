/**
 * What the kernel tells the processor's TLB when entries change that it may remember. Nobody listens unless a TLB is modelled
 * (src/machine/tlb): then this is undefined and costs nothing.
 */
import type { KernelContext } from "./context";
import type { TlbHost } from "./host";

/** Undefined too while the kernel works on an address space that nobody runs in: nothing of it is remembered. */
export function tlbOf(k: KernelContext): TlbHost | undefined {
  const { tlb } = k.host;
  return tlb !== undefined && k.mm.isRunning() ? tlb : undefined;
}
