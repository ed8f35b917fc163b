/** The heap as text: arena, chunks in address order, lists. Read by the decoders, like every view. */
import type { ProcessInfo } from "../abi/process-info";
import { siteOf } from "../decode/context";
import { decodeHeap } from "../decode/heap";
import { machineView } from "../decode/memory";
import { decodeThreads } from "../decode/threads";
import { chunkStateNames, type BinList, type HeapFacts } from "../decode/types";
import { chunkMappings, decodeAddressSpace, mappedRanges } from "../decode/vmas";

const hex = (value: number | bigint) => `0x${value.toString(16)}`;

function listName(list: BinList): string {
  const size = list.kind === "large" ? `${hex(list.sizeBytes)}…` : hex(list.sizeBytes);
  return list.kind === "unsorted" ? "unsorted" : `${list.kind}[${size}]`;
}

function chunkLines({ chunks, bins }: HeapFacts): string[] {
  const lines: string[] = [];
  for (let row = 0; row < chunks.count; row++) {
    const flags = chunks.flags[row] ?? 0;
    const bin = bins.lists.find(({ id }) => id === chunks.bin[row]);
    const place = bin === undefined ? "" : `  ${listName(bin)} ${chunks.binPosition[row]}/${bin.entries.length}`;
    const flagText = `${flags & 4 ? "A" : "-"}${flags & 2 ? "M" : "-"}${flags & 1 ? "P" : "-"}`;
    const state = chunkStateNames[chunks.state[row] ?? 0] ?? "";
    lines.push(`${hex(chunks.addr[row] ?? 0)}  ${hex(chunks.size[row] ?? 0).padStart(8)}  ${flagText}  ${state}${place}`);
  }
  return lines;
}

function listLines({ bins }: HeapFacts): string[] {
  return bins.lists
    .filter((list) => list.entries.length > 0)
    .map(
      (list) =>
        `${listName(list).padEnd(16)} ${Array.from(list.entries, hex).join(" → ")}${list.end === "nil" || list.end === "ring" ? "" : `  (${list.end})`}`,
    );
}

/** Lines of `--heap`. `linear` is linear memory. */
export function heapDump(linear: Uint8Array, process: ProcessInfo): string[] {
  const space = decodeAddressSpace(linear);
  const memory = machineView(linear, mappedRanges(space));
  const place = siteOf(memory, process, space.brk, decodeThreads(linear));
  if (place === undefined) return ["heap: this glibc's layout is not known"];
  const heap = decodeHeap(memory, place.abi, place.site, { mappings: chunkMappings(space) });
  const totals = heap.totals;
  return [
    `arena ${hex(process.mainArena)}  top ${hex(heap.bins.top)}  last_remainder ${hex(heap.bins.lastRemainder)}`,
    `in use ${totals.inUse}  free ${totals.freeInBins}  top ${totals.top}`,
    ...(heap.unborn ? ["no heap yet"] : chunkLines(heap)),
    ...listLines(heap),
    ...heap.problems.map((problem) => `problem: ${problem.code} at ${hex(problem.at)}: ${hex(problem.value)}`),
  ];
}
