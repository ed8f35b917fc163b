/** What malloc_stats and malloc_info print, from the numbers the engine leaves in the scratch block. The formats are glibc 2.36's. */
import { MALLOC_INFO_ROW_BYTES, mallocInfo, mallocStats } from "../../abi/glibc-statistics";

/** Reads a u64 of the scratch block. */
export type ScratchReader = (offset: number) => number;

const wide = (value: number) => String(value).padStart(10);

/** For the standard error stream. */
export function mallocStatsText(read: ScratchReader): string {
  return [
    "Arena 0:",
    `system bytes     = ${wide(read(mallocStats.arenaSystem))}`,
    `in use bytes     = ${wide(read(mallocStats.arenaInUse))}`,
    "Total (incl. mmap):",
    `system bytes     = ${wide(read(mallocStats.totalSystem))}`,
    `in use bytes     = ${wide(read(mallocStats.totalInUse))}`,
    `max mmap regions = ${wide(read(mallocStats.maxMmapRegions))}`,
    `max mmap bytes   = ${wide(read(mallocStats.maxMmapBytes))}`,
    "",
  ].join("\n");
}

/** The XML for its stream. */
export function mallocInfoText(read: ScratchReader): string {
  const fastbins = read(mallocInfo.fastbins);
  const sizes: string[] = [];
  for (let row = 0; row < read(mallocInfo.rowCount); row++) {
    const [from = 0, to = 0, total = 0, count = 0] = [0, 8, 16, 24].map((field) =>
      read(mallocInfo.rows + row * MALLOC_INFO_ROW_BYTES + field),
    );
    if (count === 0) continue;
    sizes.push(`  <${row === fastbins ? "unsorted" : "size"} from="${from}" to="${to}" total="${total}" count="${count}"/>`);
  }
  const totals = [
    `<total type="fast" count="${read(mallocInfo.fastCount)}" size="${read(mallocInfo.fastBytes)}"/>`,
    `<total type="rest" count="${read(mallocInfo.restCount)}" size="${read(mallocInfo.restBytes)}"/>`,
  ];
  const current = read(mallocInfo.systemBytes);
  const system = [
    `<system type="current" size="${current}"/>`,
    `<system type="max" size="${read(mallocInfo.maxSystemBytes)}"/>`,
    `<aspace type="total" size="${current}"/>`,
    `<aspace type="mprotect" size="${current}"/>`,
  ];
  const mapped = `<total type="mmap" count="${read(mallocInfo.mmapCount)}" size="${read(mallocInfo.mmapBytes)}"/>`;
  return [
    '<malloc version="1">',
    '<heap nr="0">',
    "<sizes>",
    ...sizes,
    "</sizes>",
    ...totals,
    ...system,
    "</heap>",
    ...totals,
    mapped,
    ...system,
    "</malloc>",
    "",
  ].join("\n");
}
