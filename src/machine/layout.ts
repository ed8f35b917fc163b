/** Process layouts: the default dynamic PIE program, and whatever a recording's header says. */
import type { AddressSpaceSpec, LoadPlan, MappingSpec, SegmentRow } from "../abi/layouts";
import {
  CACHE_FILE_BYTES,
  DEVICE,
  LIBC_TLS_BYTES,
  LOADER_SCRATCH_BYTES,
  ldso236,
  ldso32,
  MMAP_BASE,
  programShape,
  STACK_BYTES,
  STACK_TOP,
  THREAD_POINTER_OFFSET,
  TLS_MAPPING_BYTES,
  vdsoRows,
} from "../abi/layouts";
import { findGlibcSymbols } from "../abi/glibc-symbols";
import { type LibcImage, libcImage } from "../abi/libc-images";
import { PAGE_SIZE } from "../abi/machine-memory";
import { assert } from "../base";
import { type Placing, placesOf } from "./places";

/** Where a process's parts stand before anything runs. */
export interface ProcessLayout {
  readonly space: AddressSpaceSpec;
  readonly libcBase: number;
  /** Start of libc's thread-local block. */
  readonly libcTls: number;
  /** Base of the program, null when the layout came from a recording. */
  readonly programBase: number | null;
  readonly stackTop: number;
  /** Data of libc besides malloc's (LibcImage), null when the layout came from a recording. */
  readonly libcData: { readonly stdoutFile: number; readonly data: number } | null;
  /** Pages the loader has written before main: private copies, wherever they lie. */
  readonly touched: readonly number[];
  /** Pages it has read. */
  readonly read: readonly number[];
}

/** Sizes of the program's sections in bytes. */
export interface ProgramSizes {
  readonly textBytes: number;
  readonly rodataBytes: number;
  readonly dataBytes: number;
  readonly bssBytes: number;
}

/** The vdso's first page, behind [vvar], is read for getauxval and clocks. */
const VDSO_OFFSET = 0x6000;
/** On i386 libc's thread-local block is in the second of the loader's pages. */
const TLS_PAGE_32 = 0x1000;

const LOADER_CACHE_INODE = 268_311;

const pageUp = (bytes: number): number => Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;

function anonymous(start: number, sizeBytes: number, perms: string, name = ""): MappingSpec {
  return { start, end: start + sizeBytes, perms, offset: 0, device: "00:00", inode: 0, name };
}

function segments(base: number, rows: readonly SegmentRow[], path: string, inode: number): MappingSpec[] {
  return rows.map(([offset, sizeBytes, perms, fileOffset]) =>
    fileOffset === null
      ? anonymous(base + offset, sizeBytes, perms)
      : { start: base + offset, end: base + offset + sizeBytes, perms, offset: fileOffset, device: DEVICE, inode, name: path },
  );
}

/** Offsets of the program's sections from its base. */
export interface ProgramPlan {
  readonly text: number;
  readonly rodata: number;
  readonly data: number;
  readonly bss: number;
  /** First byte after bss. */
  readonly end: number;
}

/** gcc's layout for a program of these sizes: text, rodata, relro, data pages; bss behind data. */
export function planProgram(sizes: ProgramSizes): ProgramPlan {
  const text = programShape.text;
  const rodataPage = text + Math.max(PAGE_SIZE, pageUp(sizes.textBytes));
  const relroPage = rodataPage + Math.max(PAGE_SIZE, pageUp(programShape.rodataSkip + sizes.rodataBytes));
  const dataPage = relroPage + PAGE_SIZE;
  const data = dataPage + programShape.dataSkip;
  const bss = Math.ceil((data + sizes.dataBytes) / 32) * 32 + programShape.bssSkip;
  return { text, rodata: rodataPage + programShape.rodataSkip, data, bss, end: bss + sizes.bssBytes };
}

function programSegments(plan: ProgramPlan): SegmentRow[] {
  const page = (offset: number): number => offset - (offset % PAGE_SIZE);
  const rodata = page(plan.rodata);
  const data = page(plan.data);
  const relro = data - PAGE_SIZE;
  const dataEnd = Math.max(data + PAGE_SIZE, pageUp(plan.bss - programShape.bssSkip));
  const bssEnd = pageUp(plan.end);
  const rows: SegmentRow[] = [
    [0, PAGE_SIZE, "r--p", 0],
    [plan.text, rodata - plan.text, "r-xp", plan.text],
    [rodata, relro - rodata, "r--p", rodata],
    [relro, PAGE_SIZE, "r--p", relro - PAGE_SIZE],
    [data, dataEnd - data, "rw-p", data - PAGE_SIZE],
  ];
  return bssEnd > dataEnd ? [...rows, [dataEnd, bssEnd - dataEnd, "rw-p", null]] : rows;
}

function debianLibc(): LibcImage {
  const symbols = findGlibcSymbols("2.36", "amd64");
  const image = symbols && libcImage(symbols);
  assert(image !== undefined, "Debian's libc is known");
  return image;
}

/** What is not said is Debian 12's: amd64, mmap top-down, PIE, no randomisation. */
export const defaultPlacing: Placing = { abi: "amd64", kind: "default", pie: true, seed: null };

/** The layout of a dynamically linked C program, with Debian's libc or another. */
export function defaultLayout(
  path: string,
  sizes: ProgramSizes,
  placing: Partial<Placing> = defaultPlacing,
  libc: LibcImage = debianLibc(),
): ProcessLayout & { readonly program: ProgramPlan; readonly load: LoadPlan } {
  const chosen = { ...defaultPlacing, ...placing };
  const narrow = chosen.abi === "i386";
  const ldso = narrow ? ldso32 : ldso236;
  const ldsoBytes = ldso.segments.reduce((end, [start, bytes]) => Math.max(end, start + bytes), 0);
  const places = placesOf(chosen, ldsoBytes, libc.sizeBytes);
  const { programBase, libcBase, ldsoBase, vvar, loaderWords, stackTop, topdown } = places;
  const program = planProgram(sizes);
  const libcEnd = libcBase + libc.sizeBytes;
  const tls = narrow ? loaderWords : topdown ? libcBase - TLS_MAPPING_BYTES : libcEnd;
  const tlsPage = tls + (narrow ? TLS_PAGE_32 : 0);
  const vdso = vdsoRows.map(([offset, sizeBytes, perms, name]) => anonymous(vvar + offset, sizeBytes, perms, name));
  const stackPages = pageUp(STACK_BYTES);
  const cacheBytes = CACHE_FILE_BYTES[chosen.abi];
  const cacheStart = topdown ? loaderWords - cacheBytes : loaderWords + LOADER_SCRATCH_BYTES;
  const parts = {
    program: segments(programBase, programSegments(program), path, programShape.inode),
    libc: segments(libcBase, libc.segments, libc.path, libc.inode),
    loader: segments(ldsoBase, ldso.segments, ldso.path, ldso.inode),
    kernelPages: vdso,
    loaderWords: anonymous(loaderWords, LOADER_SCRATCH_BYTES, "rw-p"),
    threadBlock: narrow ? null : anonymous(tls, TLS_MAPPING_BYTES, "rw-p"),
    stack: anonymous(stackTop - stackPages, stackPages, "rw-p", "[stack]"),
  };
  const { threadBlock, loaderWords: words, stack } = parts;
  const mappings = joined([
    ...parts.program,
    ...parts.libc,
    ...(threadBlock === null ? [] : [threadBlock]),
    words,
    ...vdso,
    ...parts.loader,
    stack,
  ]);
  const touched = [
    programBase + program.data - (program.data % PAGE_SIZE) - PAGE_SIZE,
    programBase + program.data - (program.data % PAGE_SIZE),
    tls,
    tls + PAGE_SIZE,
    ...libc.touched.map((offset) => libcBase + offset),
    ...(narrow ? [] : [loaderWords]),
    ...ldso.touched.map((offset) => ldsoBase + offset),
    stackTop - 2 * PAGE_SIZE,
    stackTop - PAGE_SIZE,
  ];
  const space: AddressSpaceSpec = {
    mappings,
    taskSize: places.taskSize,
    mmapBase: places.mmapBase,
    topdown,
    startBrk: programBase + pageUp(program.end) + places.brkGap,
    startStack: stackTop - 16,
    startCode: programBase + program.text,
    endCode: programBase + program.text + sizes.textBytes,
    startData: programBase + program.data,
    endData: programBase + program.data + sizes.dataBytes,
  };
  const cached: MappingSpec | null =
    cacheBytes === 0
      ? null
      : { ...anonymous(cacheStart, cacheBytes, "r--p", "/etc/ld.so.cache"), device: DEVICE, inode: LOADER_CACHE_INODE };
  return {
    space,
    load: { space, ...parts, cache: cached },
    libcBase,
    libcTls: tlsPage + THREAD_POINTER_OFFSET - LIBC_TLS_BYTES,
    programBase,
    stackTop,
    libcData: { stdoutFile: libcBase + libc.stdoutFile, data: libcBase + libc.data },
    touched,
    read: [
      programBase,
      programBase + program.text,
      ...libc.read.map((offset) => libcBase + offset),
      vvar + VDSO_OFFSET,
      ...ldso.read.map((offset) => ldsoBase + offset),
    ],
    program,
  };
}

/** In address order. Anonymous memory that libc's bss is followed by became one mapping with it. */
function joined(mappings: readonly MappingSpec[]): readonly MappingSpec[] {
  const result: MappingSpec[] = [];
  for (const mapping of mappings.toSorted((a, b) => a.start - b.start)) {
    const below = result.at(-1);
    const alike = below?.end === mapping.start && below.name === "" && mapping.name === "" && below.perms === mapping.perms;
    if (below === undefined || !alike) result.push(mapping);
    else result[result.length - 1] = { ...below, end: mapping.end };
  }
  return result;
}

/** Parses one line of /proc/self/maps; null when it is not one. */
export function parseMapsLine(line: string): MappingSpec | null {
  const match = /^([0-9a-f]+)-([0-9a-f]+) ([rwxps-]{4}) ([0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+)\s*(.*)$/.exec(line);
  if (match === null) return null;
  const [, start = "", end = "", perms = "", offset = "", device = "", inode = "", name = ""] = match;
  const hex = (text: string): number => Number.parseInt(text, 16);
  return { start: hex(start), end: hex(end), perms, offset: hex(offset), device, inode: Number(inode), name };
}

/** The address space that a recording's header describes. Null when a line is no mapping or a part is missing. */
export function layoutFromMaps(lines: readonly string[], startBrk: number, libcBase: number): ProcessLayout | null {
  const mappings: MappingSpec[] = [];
  for (const line of lines) {
    const mapping = parseMapsLine(line);
    if (mapping === null) return null;
    if (mapping.name !== "[vsyscall]") mappings.push(mapping);
  }
  const stack = mappings.find((mapping) => mapping.name === "[stack]");
  const code = mappings.find((mapping) => mapping.perms === "r-xp");
  const data = mappings.find((mapping) => mapping.perms === "rw-p");
  const vvar = mappings.findIndex((mapping) => mapping.name === "[vvar]");
  // The thread's block lies below libc, or (32 bits) at the end of the last anonymous memory before the kernel's own pages.
  const below = mappings.find((mapping) => mapping.end === libcBase && mapping.name === "");
  const tls =
    below ?? mappings.slice(0, Math.max(0, vvar)).findLast((mapping) => mapping.name === "" && mapping.perms === "rw-p");
  if (stack === undefined || code === undefined || data === undefined || tls === undefined) return null;
  const libcData = mappings.filter((mapping) => mapping.name.includes("/libc") && mapping.perms === "rw-p");
  return {
    space: {
      mappings,
      taskSize: stack.end,
      mmapBase: stack.end - (STACK_TOP - MMAP_BASE),
      topdown: true,
      startBrk,
      startStack: stack.end - PAGE_SIZE,
      startCode: code.start,
      endCode: code.end,
      startData: data.start,
      endData: data.end,
    },
    libcBase,
    libcTls: (below === undefined ? tls.end - PAGE_SIZE : tls.start) + THREAD_POINTER_OFFSET - LIBC_TLS_BYTES,
    programBase: null,
    stackTop: stack.end,
    libcData: null,
    read: [],
    touched: libcData.flatMap((mapping) => pagesOf(mapping)),
  };
}

function pagesOf(mapping: MappingSpec): number[] {
  return Array.from({ length: (mapping.end - mapping.start) / PAGE_SIZE }, (_, page) => mapping.start + page * PAGE_SIZE);
}
