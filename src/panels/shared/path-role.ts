/** How a call's path is coloured: like the chunks of the place that served or took the block. */
import type { OperationPath } from "../../protocol/messages";
import type { ChunkRole } from "../../render/roles";

const roles = {
  tcache: "tcache",
  fast: "fast",
  unsorted: "unsorted",
  small: "small",
  large: "large",
  top: "inuse",
  mmap: "mmap",
  sysmalloc: "inuse",
  error: "bad",
} as const satisfies Readonly<Record<Exclude<OperationPath, "none">, ChunkRole>>;

/** `other` is for calls that have no path. */
export function pathRole<Other extends string>(path: string, other: Other): ChunkRole | Other {
  return (roles as Readonly<Record<string, ChunkRole>>)[path] ?? other;
}
