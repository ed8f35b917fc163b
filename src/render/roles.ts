/**
 * What a state looks like, as data: which colour role and which pattern. Shape is the second channel beside colour, so every state
 * can be told apart in greyscale.
 */
import type { ChunkStateName, VmaKind } from "../decode/types";
import { chunkStateNames } from "../decode/types";

/** Colour roles of chunks: `--c-<role>-fill / -edge / -ink`. */
export const chunkRoles = ["inuse", "tcache", "fast", "unsorted", "small", "large", "top", "mmap", "meta", "bad"] as const;
export type ChunkRole = (typeof chunkRoles)[number];

/** Colour roles of mappings: `--v-<role>-fill / -edge / -ink`. */
export const vmaRoles = ["text", "ro", "data", "bss", "heap", "mmap", "lib", "stack", "kern", "guard"] as const;
export type VmaRole = (typeof vmaRoles)[number];

export type PatternName =
  | "none"
  | "diagonal"
  | "dots"
  | "crosshatch"
  | "vertical"
  | "horizontal"
  | "sparse"
  | "waves"
  | "grid"
  | "zigzag";

export const stateRole: Readonly<Record<ChunkStateName, ChunkRole>> = {
  inuse: "inuse",
  tcache: "tcache",
  fast: "fast",
  unsorted: "unsorted",
  small: "small",
  large: "large",
  top: "top",
  mmapped: "mmap",
  meta: "meta",
  corrupt: "bad",
  fencepost: "meta",
  foreign: "top",
  loose: "top",
  heap_info: "meta",
  malloc_state: "meta",
};

export const rolePattern: Readonly<Record<ChunkRole, PatternName>> = {
  inuse: "none",
  tcache: "diagonal",
  fast: "dots",
  unsorted: "crosshatch",
  small: "vertical",
  large: "horizontal",
  top: "sparse",
  mmap: "waves",
  meta: "grid",
  bad: "zigzag",
};

export const vmaRole: Readonly<Record<VmaKind, VmaRole>> = {
  text: "text",
  rodata: "ro",
  data: "data",
  bss: "bss",
  heap: "heap",
  lib: "lib",
  mmap: "mmap",
  stack: "stack",
  kernel: "kern",
  guard: "guard",
};

/** Role of a state code of a ChunkTable. */
export function roleOfCode(code: number): ChunkRole {
  return stateRole[chunkStateNames[code] ?? "corrupt"];
}
