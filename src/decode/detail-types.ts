/** One chunk as the inspector shows it. Plain data. */
import type { ChunkStateName, HeapProblem } from "./types";

export type ChunkFieldName = "prev_size" | "size" | "fd" | "bk" | "next" | "key" | "fd_nextsize" | "bk_nextsize";

/** One header word of a chunk. A word that is not a field in this state is still listed, with `valid` false and whose data it is. */
export interface ChunkField {
  readonly name: ChunkFieldName;
  readonly addr: number;
  /** Null when the word cannot be read. */
  readonly value: bigint | null;
  readonly valid: boolean;
  /** For a pointer: the address it leads to (safe-linking undone), else −1. */
  readonly target: number;
  /** Chunk at the target (links lead to chunk or user addresses), −1 when it is none; for a bin header see targetBin. */
  readonly targetChunk: number;
  /** BinList.id whose head the target is, −1. */
  readonly targetBin: number;
  /** True when the stored word is xor-ed with its own position. */
  readonly mangled: boolean;
  /** For prev_size that is not valid: the chunk before, whose user data this word is. −1 otherwise. */
  readonly ownerChunk: number;
}

export interface PointerHere {
  readonly kind: "bin" | "chunk" | "top" | "last_remainder" | "prevSize";
  /** Address of the word that points (list slot, link word, heap word). */
  readonly at: number;
  /** Row of the chunk that holds the word, −1. */
  readonly row: number;
  readonly bin: number;
  /** Field by which it points when it is malloc's own link. */
  readonly field: ChunkFieldName | null;
}

export interface ChunkDetail {
  readonly row: number;
  readonly addr: number;
  readonly userAddr: number;
  readonly sizeBytes: number;
  readonly sizeWord: bigint;
  readonly usableBytes: number;
  readonly flags: number;
  readonly state: ChunkStateName;
  readonly bin: number;
  readonly binPosition: number;
  readonly binCount: number;
  readonly prevRow: number;
  readonly nextRow: number;
  readonly fields: readonly ChunkField[];
  readonly problems: readonly HeapProblem[];
}
