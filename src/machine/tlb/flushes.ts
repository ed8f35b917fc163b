/**
 * When the kernel has the TLB forget something, and how much of it: a few pages one by one, more than that by forgetting all of the address
 * space. arch/x86/mm/tlb.c: flush_tlb_mm_range, choose_new_asid; mm/mmu_gather.c.
 */
import { TLB_ADDRESS_SPACES, TLB_FLUSH_CEILING } from "../../abi/tlb";
import type { TlbHost } from "../../kernel/host";
import type { TlbFlush } from "../../protocol/tlb";

/** A flush as the kernel decides on it. */
export type FlushOrder = Pick<TlbFlush, "what" | "from" | "to" | "pages" | "stride" | "pcid" | "top">;

export interface FlushRules {
  readonly host: TlbHost;
  /** Processes begin with this one. */
  begin(mm: number): void;
}

const PAGE = 4096;
/** Of orders that are about no range. */
const NO_RANGE = { from: 0, to: Number.POSITIVE_INFINITY, pages: 0, stride: PAGE, top: 0 } as const;

export function flushRules(order: (flush: FlushOrder) => void): FlushRules {
  let [from, to, stride] = [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY];
  /** Whose PCID is n + 1; 0: nobody's. */
  const spaces: number[] = Array.from({ length: TLB_ADDRESS_SPACES }, () => 0);
  let current = 0;
  let next = 0;

  function flush(start: number, end: number, step: number): void {
    const pages = Math.ceil((end - start) / step);
    const single = pages <= TLB_FLUSH_CEILING;
    order({ what: single ? "range" : "all", from: start, to: end, pages, stride: step, pcid: current + 1, top: 0 });
  }

  return {
    begin: (mm) => {
      spaces.fill(0);
      spaces[0] = mm;
      [current, next] = [0, 1];
    },
    host: {
      gather: (addr, bytes, step) => {
        from = Math.min(from, addr - (addr % step));
        to = Math.max(to, addr + bytes, addr - (addr % step) + step);
        stride = Math.min(stride, step);
      },
      flush: () => {
        if (to > from) flush(from, to, stride);
        [from, to, stride] = [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY];
      },
      flushRange: (addr, bytes) => flush(addr, addr + bytes, PAGE),
      flushAll: () => order({ ...NO_RANGE, what: "all", pcid: current + 1 }),
      switchTo: (mm, top) => {
        const known = spaces.indexOf(mm);
        current = known >= 0 ? known : next % TLB_ADDRESS_SPACES;
        if (known < 0) next = current + 1;
        spaces[current] = mm;
        order({ ...NO_RANGE, what: known >= 0 ? "switch" : "first", pcid: current + 1, top });
      },
      drop: (mm) => {
        const known = spaces.indexOf(mm);
        // Nobody is ever known by the number of one that is gone; its entries stay until the number is used again.
        if (known < 0) return;
        spaces[known] = -1;
        order({ ...NO_RANGE, what: "end", pcid: known + 1 });
      },
    },
  };
}
