import { type ChunkStateName, type ChunkTable, chunkStateNames } from "../decode/types";

/** State of a chunk by name. */
export function stateName(table: ChunkTable, row: number): ChunkStateName {
  return chunkStateNames[table.state[row] ?? 0] ?? "corrupt";
}
