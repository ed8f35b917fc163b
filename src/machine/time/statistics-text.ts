/** What malloc_stats and malloc_info print, from the numbers the engine leaves in the scratch block. The formats are glibc 2.36's. */
import {
  MALLOC_INFO_ROW_BYTES,
  MALLOC_STATS_ROW_BYTES,
  mallocInfo,
  mallocInfoArena,
  mallocStats,
} from "../../abi/glibc-statistics";

/** Reads a u64 of the scratch block. */
export type ScratchReader = (offset: number) => number;

const wide = (value: number) => String(value).padStart(10);

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** For the standard error stream. */
export function mallocStatsText(read: ScratchReader): string {
  const bytes = (system: number, inUse: number): string[] => [
    `system bytes     = ${wide(system)}`,
    `in use bytes     = ${wide(inUse)}`,
  ];
  return [
    ...numbers(read(mallocStats.arenas)).flatMap((arena) => {
      const row = mallocStats.rows + arena * MALLOC_STATS_ROW_BYTES;
      return [`Arena ${arena}:`, ...bytes(read(row), read(row + 8))];
    }),
    "Total (incl. mmap):",
    ...bytes(read(mallocStats.totalSystem), read(mallocStats.totalInUse)),
    `max mmap regions = ${wide(read(mallocStats.maxMmapRegions))}`,
    `max mmap bytes   = ${wide(read(mallocStats.maxMmapBytes))}`,
    "",
  ].join("\n");
}

/** One arena's numbers; heapCount 0: the main arena, all of whose memory counts as one piece that is accessible. */
type ArenaInfo = Readonly<Record<keyof typeof mallocInfoArena, number>>;

const totals = (info: ArenaInfo): string[] => [
  `<total type="fast" count="${info.fastCount}" size="${info.fastBytes}"/>`,
  `<total type="rest" count="${info.restCount}" size="${info.restBytes}"/>`,
];

const system = (info: ArenaInfo): string[] => [
  `<system type="current" size="${info.systemBytes}"/>`,
  `<system type="max" size="${info.maxSystemBytes}"/>`,
  `<aspace type="total" size="${info.heapBytes}"/>`,
  `<aspace type="mprotect" size="${info.heapAccessibleBytes}"/>`,
];

/** The XML for its stream. */
export function mallocInfoText(read: ScratchReader): string {
  const [fastbins, rowCount] = [read(mallocInfo.fastbins), read(mallocInfo.rowCount)];
  const stride = mallocInfoArena.rows + rowCount * MALLOC_INFO_ROW_BYTES;
  const fields = Object.entries(mallocInfoArena) as [keyof ArenaInfo, number][];

  function sizes(block: number): string[] {
    const texts = numbers(rowCount).map((row) => {
      const at = block + mallocInfoArena.rows + row * MALLOC_INFO_ROW_BYTES;
      const [from = 0, to = 0, total = 0, count = 0] = [0, 8, 16, 24].map((field) => read(at + field));
      const name = row === fastbins ? "unsorted" : "size";
      return count === 0 ? [] : [`  <${name} from="${from}" to="${to}" total="${total}" count="${count}"/>`];
    });
    // The unsorted bin comes last.
    return [...texts.slice(0, fastbins), ...texts.slice(fastbins + 1), ...texts.slice(fastbins, fastbins + 1)].flat();
  }

  const arenas = numbers(read(mallocInfo.arenas)).map((index) => {
    const block = mallocInfo.blocks + index * stride;
    const info = Object.fromEntries(fields.map(([name, offset]) => [name, read(block + offset)])) as ArenaInfo;
    const whole = info.heapCount === 0 ? { heapBytes: info.systemBytes, heapAccessibleBytes: info.systemBytes } : {};
    return { info: { ...info, ...whole }, sizes: sizes(block) };
  });
  const sum = Object.fromEntries(
    fields.map(([name]) => [name, arenas.reduce((total, { info }) => total + info[name], 0)]),
  ) as ArenaInfo;
  return [
    '<malloc version="1">',
    ...arenas.flatMap(({ info, sizes: lines }, index) => [
      `<heap nr="${index}">`,
      "<sizes>",
      ...lines,
      "</sizes>",
      ...totals(info),
      ...system(info),
      ...(info.heapCount === 0 ? [] : [`<aspace type="subheaps" size="${info.heapCount}"/>`]),
      "</heap>",
    ]),
    ...totals(sum),
    `<total type="mmap" count="${read(mallocInfo.mmapCount)}" size="${read(mallocInfo.mmapBytes)}"/>`,
    ...system(sum),
    "</malloc>",
    "",
  ].join("\n");
}
