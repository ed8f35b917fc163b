/**
 * Addresses without their accidents: where a word lies, said in terms that mean the same under every version. A heap address becomes the
 * call whose block it is in and the distance from it; an address in libc's structs becomes struct and field.
 */
import type { MallocAbi, StructLayout } from "../../abi/glibc-structs";
import type { ProcessInfo } from "../../abi/process-info";

/** Blocks handed out so far, and where malloc keeps its own things. */
export interface Places {
  /** A block of that many bytes was handed out by call `call`. */
  handedOut(user: number, requestBytes: number, call: number): void;
  /** The thread's tcache was made there. */
  tcacheMade(addr: number): void;
  /** The call whose block the address lies in, and the distance from that chunk's start; null when it is in none's. */
  blockAt(addr: number): { readonly call: number; readonly offset: number } | null;
  /** Text for an address, null when it is none of malloc's. */
  name(addr: number): string | null;
}

function fieldAt(layout: StructLayout, offset: number): string | null {
  const field = layout.fields.find((candidate) => offset >= candidate.offset && offset < candidate.offset + candidate.sizeBytes);
  if (field === undefined) return null;
  const element = Math.floor((offset - field.offset) / (field.sizeBytes / field.count));
  return field.count === 1 ? field.name : `${field.name}[${element}]`;
}

export function places(abi: MallocAbi, process: ProcessInfo): Places {
  /** Chunk addresses, ascending; of each the latest call that handed it out, and the most bytes it ever had. */
  const chunks: number[] = [];
  const blocks = new Map<number, { readonly call: number; readonly bytes: number }>();
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
    const block = start === undefined ? undefined : blocks.get(start);
    return start === undefined || block === undefined || addr >= start + block.bytes
      ? null
      : { call: block.call, offset: addr - start };
  }

  return {
    handedOut(user, requestBytes, call) {
      const chunk = user - header;
      const known = blocks.get(chunk);
      if (known === undefined) chunks.splice(below(chunk) + 1, 0, chunk);
      const padded = Math.ceil((requestBytes + abi.wordBytes) / abi.alignment) * abi.alignment;
      blocks.set(chunk, { call, bytes: Math.max(padded, abi.minChunkBytes, known?.bytes ?? 0) });
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
