/** Equal structs side by side in linear memory: freed ones are handed out again first, last freed first. Stands for a slab cache. */
import { assert } from "../base";
import type { Bytes } from "./host";

export interface Pool {
  /** A struct with what it last held. */
  take(): number;
  give(at: number): void;
}

export interface PoolPlace {
  readonly at: number;
  readonly stride: number;
  readonly capacity: number;
  /** Words of the kernel's that hold the head of the list of free structs and the first struct never used. */
  readonly free: number;
  readonly unused: number;
  /** Field of a struct that links it to the next free one. */
  readonly link: number;
}

export function createPool(bytes: Bytes, { at, stride, capacity, free, unused, link }: PoolPlace): Pool {
  return {
    take: () => {
      const head = bytes.u64(free);
      if (head !== 0) {
        bytes.put64(free, bytes.u64(head + link));
        return head;
      }
      const fresh = bytes.u64(unused) || at;
      assert(fresh < at + capacity * stride, "a pool of kernel structs is larger than max_map_count can ask for");
      bytes.put64(unused, fresh + stride);
      return fresh;
    },
    give: (struct) => {
      bytes.put64(struct + link, bytes.u64(free));
      bytes.put64(free, struct);
    },
  };
}
