/**
 * Addresses without their accidents: where a word lies, said in terms that mean the same under every version. A heap address becomes the
 * call whose block it is in and the distance from it; an address in libc's structs becomes struct and field.
 */
import type { MallocAbi, StructLayout } from "../../abi/glibc-structs";
import type { ProcessInfo } from "../../abi/process-info";

/** Blocks handed out so far, and where malloc keeps its own things. */
export interface Places {
  /** A block was handed out by call `call`. */
  handedOut(user: number, call: number): void;
  /** The thread's tcache was made there. */
  tcacheMade(addr: number): void;
  /** The call whose block is nearest at or below the address, and the distance from that chunk's start; null when none is near. */
  blockAt(addr: number): { readonly call: number; readonly offset: number } | null;
  /** Text for an address, null when it is none of malloc's. */
  name(addr: number): string | null;
}

/** Beyond this distance an address has nothing to do with the block before it. */
const REACH_BYTES = 1 << 20;

function fieldAt(layout: StructLayout, offset: number): string | null {
  const field = layout.fields.find((candidate) => offset >= candidate.offset && offset < candidate.offset + candidate.sizeBytes);
  if (field === undefined) return null;
  const element = Math.floor((offset - field.offset) / (field.sizeBytes / field.count));
  return field.count === 1 ? field.name : `${field.name}[${element}]`;
}

export function places(abi: MallocAbi, process: ProcessInfo): Places {
  /** Chunk addresses, ascending, and the latest call that handed each out. */
  const chunks: number[] = [];
  const calls = new Map<number, number>();
  let tcache = 0;
  const header = 2 * abi.wordBytes;
  const globals = [
    [process.globalMaxFast, "global_max_fast"],
    [process.perturbByte, "perturb_byte"],
  ] as const;

  function below(addr: number): number {
    let [low, high] = [0, chunks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((chunks[middle] ?? 0) <= addr) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  function blockAt(addr: number): { readonly call: number; readonly offset: number } | null {
    const start = chunks[below(addr)];
    if (start === undefined || addr - start > REACH_BYTES) return null;
    return { call: calls.get(start) ?? -1, offset: addr - start };
  }

  return {
    handedOut(user, call) {
      const chunk = user - header;
      if (!calls.has(chunk)) chunks.splice(below(chunk) + 1, 0, chunk);
      calls.set(chunk, call);
    },
    tcacheMade(addr) {
      tcache = addr;
    },
    blockAt,
    name(addr) {
      const { tcache: layout, mallocState, mallocPar } = abi;
      if (tcache > 0 && layout !== null && addr >= tcache && addr < tcache + layout.sizeBytes)
        return `tcache.${fieldAt(layout, addr - tcache)}`;
      if (addr >= process.mainArena && addr < process.mainArena + mallocState.sizeBytes)
        return `main_arena.${fieldAt(mallocState, addr - process.mainArena)}`;
      if (addr >= process.mp && addr < process.mp + mallocPar.sizeBytes) return `mp_.${fieldAt(mallocPar, addr - process.mp)}`;
      const global = globals.find(([at]) => at === addr);
      if (global !== undefined) return global[1];
      const block = blockAt(addr);
      return block === null ? null : `#${block.call}+${block.offset}`;
    },
  };
}
