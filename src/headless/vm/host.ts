/** A kernel over flat memory, for system calls alone: no engine, no journal. The memory is taken over by the next process. */
import { HEAP_WINDOW_SLOTS, machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { createKernel, type Kernel } from "../../kernel/kernel";

/** Frames beside the heap's window: 256 MiB. */
const POOL_FRAMES = 65_536;

export interface VmHost {
  /** A kernel in memory that is all zero. */
  restart(): Kernel;
}

export function createVmHost(): VmHost {
  const memory = new ArrayBuffer(machineMemory.frames + (HEAP_WINDOW_SLOTS + POOL_FRAMES) * PAGE_SIZE);
  const bytes = new Uint8Array(memory);
  const words = new Uint32Array(memory);
  const written = new Set<number>();
  const note = (offset: number): void => {
    written.add(offset - (offset % PAGE_SIZE));
  };
  return {
    restart: () => {
      for (const page of written) bytes.fill(0, page, page + PAGE_SIZE);
      written.clear();
      return createKernel({
        memory,
        put: (offset, size, lo, hi) => {
          note(offset);
          words[offset >>> 2] = lo;
          if (size === 8) words[(offset >>> 2) + 1] = hi;
        },
        zeroFrame: (offset) => {
          if (written.has(offset)) bytes.fill(0, offset, offset + PAGE_SIZE);
        },
        tidy: (offset, value) => {
          note(offset);
          words[offset >>> 2] = value;
        },
        emptyFrame: (frame) => void bytes.fill(0, frame, frame + PAGE_SIZE),
        copyFrame: (to, from) => {
          note(to);
          bytes.copyWithin(to, from, from + PAGE_SIZE);
        },
        mark: () => {},
        flush: () => {},
      });
    },
  };
}
