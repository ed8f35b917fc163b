/** What the menu of a chunk says and offers, gathered from the instant and the run. */
import { chunkState } from "../../decode/types";
import type { PanelText } from "../../i18n/panels";
import type { Operation } from "../../protocol/messages";
import type { Instant } from "../../queries";
import { roleOfCode } from "../../render/roles";
import { rowOf } from "../../decode/chunk-table";
import { linksTo } from "../../decode/detail";
import { chunkName } from "../../scene/map-labels";
import type { ChunkMenuFacts } from "./chunk-menu";
import { stateText, titleOf } from "./labels";

/** How the end of main can name the block: a variable of main or a global that holds its user pointer. */
function expressionFor(instant: Instant, row: number): string {
  const usable = instant.chunkPointers.filter(
    ({ row: at, offset, pointer }) => at === row && offset === 0 && (pointer.frame < 0 || pointer.functionName === "main"),
  );
  const shown = chunkName(instant.picture, row);
  if (usable.some(({ pointer }) => pointer.path === shown)) return shown;
  return usable.reduce((best, { pointer }) => (best === "" || pointer.path.length < best.length ? pointer.path : best), "");
}

const concerns = (operation: Operation, userAddr: number): boolean =>
  operation.result === userAddr || (operation.args[0] === userAddr && (operation.api === "free" || operation.api === "realloc"));

export interface ChunkEvents {
  readonly malloc: number;
  readonly previous: number;
  readonly next: number;
}

/** The operation that handed the block out, and the events around the cursor; −1 where there is none. */
export function eventsOf(operations: readonly Operation[], userAddr: number, cursor: number): ChunkEvents {
  let [malloc, previous, next] = [-1, -1, -1];
  for (const operation of operations) {
    if (!concerns(operation, userAddr)) continue;
    if (operation.begin >= cursor) {
      next = operation.index;
      break;
    }
    if (operation.result === userAddr) malloc = operation.index;
    if (operation.end < cursor) previous = operation.index;
  }
  return { malloc, previous, next };
}

export function chunkFacts(
  instant: Instant,
  operations: readonly Operation[],
  chunkAddr: number,
  text: PanelText,
): ChunkMenuFacts {
  const { chunks } = instant.heap;
  const row = rowOf(chunks, chunkAddr);
  const userAddr = chunkAddr + 2 * instant.abi.wordBytes;
  const state = chunks.state[row] ?? chunkState.corrupt;
  const malloced =
    state !== chunkState.top &&
    state !== chunkState.meta &&
    state !== chunkState.foreign &&
    state !== chunkState.fencepost &&
    state !== chunkState.corrupt;
  return {
    chunkAddr,
    userAddr,
    sizeBytes: chunks.size[row] ?? 0,
    wordBytes: instant.abi.wordBytes,
    title: titleOf(instant.picture, row),
    state: stateText(instant.picture, row, text),
    role: roleOfCode(state),
    expression: expressionFor(instant, row),
    callable: malloced,
    ...eventsOf(operations, userAddr, instant.cursor),
    pointers:
      row < 0
        ? 0
        : linksTo(instant.context, instant.heap, row).length +
          instant.chunkPointers.filter((pointer) => pointer.row === row).length,
  };
}

/** C statements that the menu appends to main. */
export const statements = {
  free: (facts: ChunkMenuFacts): string => `free(${facts.expression});`,
  /** Twice as large: grows in place, moves, or becomes a mapping, by what stands around it. */
  realloc: (facts: ChunkMenuFacts): string => `${facts.expression} = realloc(${facts.expression}, ${reallocSize(facts)});`,
  /** One byte behind the usable bytes: the low byte of the next chunk's size word. */
  writePast: (facts: ChunkMenuFacts): string => `((char *)${facts.expression})[${facts.sizeBytes - facts.wordBytes}] = 0x41;`,
} as const;

export function reallocSize(facts: ChunkMenuFacts): number {
  return 2 * (facts.sizeBytes - facts.wordBytes);
}
