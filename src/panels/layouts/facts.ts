/** What the columns tell of a process: read from its mappings, by what they are. */
import { type SpaceRoom, spaceRoom } from "../../decode/room";
import type { AddressSpace, VmaFacts } from "../../decode/types";
import { sizeText } from "../../scene/sizes";

export interface LayoutFacts {
  readonly space: AddressSpace;
  readonly room: SpaceRoom;
  readonly program: VmaFacts | undefined;
  readonly heap: VmaFacts | undefined;
  readonly libc: VmaFacts | undefined;
  readonly vdso: VmaFacts | undefined;
  readonly stack: VmaFacts | undefined;
}

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** Room to grow: in MiB as long as those tell layouts of 32 bits apart. */
export function roomText(bytes: number): string {
  return bytes < 4 * GIB ? `${(bytes / MIB).toFixed(1)} MiB` : sizeText(bytes);
}

export function layoutFacts(space: AddressSpace): LayoutFacts {
  const first = (is: (vma: VmaFacts) => boolean): VmaFacts | undefined => space.vmas.find(is);
  return {
    space,
    room: spaceRoom(space),
    program: first(({ kind }) => kind === "rodata" || kind === "text"),
    heap: first(({ kind }) => kind === "heap"),
    libc: first(({ kind, name }) => kind === "lib" && /\/libc[.-]/.test(name)),
    vdso: first(({ name }) => name === "[vdso]"),
    stack: first(({ name }) => name === "[stack]"),
  };
}
