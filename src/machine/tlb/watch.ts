/** The machine's end of the log: what the counting engine and the kernel tell becomes rows. */
import { kernelCallNames } from "../../abi/api";
import { control } from "../../abi/control";
import { recordKind } from "../../abi/journal";
import { pte } from "../../abi/kernel";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import type { Target, ThreadCalls } from "../../clang/target";
import { type KernelContext, mmGet } from "../../kernel/context";
import { hugeStart, isHuge } from "../../kernel/huge";
import { pfnOf } from "../../kernel/page-table";
import type { AccessWatch } from "../access-watch";
import { flushRules } from "./flushes";
import type { TlbLog } from "./log";
import type { Translation } from "./model";

/** What the page tables give to the processor. */
function walk(k: KernelContext, addr: number): Translation | null {
  const entry = addr < mmGet(k, "task_size") ? k.pages.find(addr) : 0;
  const low = entry === 0 ? 0 : k.bytes.u32(entry);
  const rights = pte.PRESENT | pte.USER;
  if ((low & rights) !== rights) return null;
  const large = isHuge(k, addr);
  const first = large ? k.bytes.u32(k.pages.find(hugeStart(addr))) : low;
  return { pfn: pfnOf(first), writable: (low & pte.RW) !== 0, large };
}

/** A watch that counts from the program's first statement on, when the program runs through `targetFor`. */
export interface TlbWatch extends AccessWatch {
  targetFor(target: Target): Target;
}

export function tlbWatch(log: TlbLog): TlbWatch {
  let k: KernelContext | null = null;
  let words: Uint32Array = new Uint32Array(0);
  let counting = false;
  /** What happens is the simulation's own affair. */
  let quiet = false;
  /** Accesses under way that came to a fault. */
  let refused: { readonly addr: number; readonly bytes: number; readonly write: boolean }[] = [];
  const now = (): number => words[(machineMemory.control + control.journalCursor) >>> 2] ?? 0;
  const walkNow = (addr: number): Translation | null => (k === null ? null : walk(k, addr));
  const calls: string[] = [];
  const rules = flushRules((order) => {
    if (counting) log.flush(now(), kernelCallNames.find((name) => name === calls.at(-1)) ?? "none", order);
  });

  function access(addr: number, bytes: number, write: boolean): void {
    if (log.access(now(), addr, bytes, write, walkNow)) refused.push({ addr, bytes, write });
  }

  function quietly<Args extends readonly unknown[], T>(work: (...args: Args) => T): (...args: Args) => T {
    return (...args) => {
      const before = quiet;
      quiet = true;
      try {
        return work(...args);
      } finally {
        quiet = before;
      }
    };
  }

  /** Who runs, and what a paused thread holds, is arranged by the simulation; what threads really do to memory is theirs. */
  const quietThreads = (threads: ThreadCalls): ThreadCalls => ({
    ...threads,
    switchTo: quietly(threads.switchTo),
    hold: quietly(threads.hold),
    release: quietly(threads.release),
  });

  return {
    attach: (kernel, memory) => {
      k = kernel.context;
      words = new Uint32Array(memory);
    },
    access: (addr, bytes, write) => {
      if (!counting || quiet) return;
      refused = [];
      const inPage = PAGE_SIZE - (addr % PAGE_SIZE);
      access(addr, Math.min(bytes, inPage), write !== 0);
      if (bytes > inPage) access(addr + inPage, bytes - inPage, write !== 0);
    },
    faultServed: (addr) => {
      const page = Math.floor(addr / PAGE_SIZE);
      const again = refused.filter((each) => Math.floor(each.addr / PAGE_SIZE) === page);
      refused = refused.filter((each) => !again.includes(each));
      for (const each of again) access(each.addr, each.bytes, each.write);
    },
    mark: (kind, id) => {
      if (kind === recordKind.syscallBegin) calls.push(kernelCallNames[id] ?? "none");
      else if (kind === recordKind.syscallEnd) calls.pop();
    },
    tlb: rules.host,
    targetFor: (target) => ({
      ...target,
      statement: (id, frame, stack) => {
        target.statement(id, frame, stack);
        if (counting || k === null) return;
        counting = true;
        rules.begin(k.mm.at());
        log.begin(now(), k.pages.top());
      },
      ...(target.threads === undefined ? {} : { threads: quietThreads(target.threads) }),
    }),
  };
}
