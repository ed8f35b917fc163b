/**
 * The address space: the kernel's mm_struct and VMAs, and which pages have frames. Names and kinds follow /proc/self/maps
 * (Linux fs/proc/task_mmu.c) and the order of an ELF file's segments.
 */
import { fileKind, fileStruct, mmStruct, vmAreaStruct, vmFlag, zoneStruct } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import { utf8Text } from "./utf8";
import { copyIndex, type KernelWords, kernelWords, tableSlot } from "./kernel-words";
import { asWords, entryFrame, frameState, isFrame, type MappedRanges, pagingLevels, topTable } from "./memory";
import type { AddressSpace, VmaFacts, VmaKind } from "./types";
import { vmaOrder } from "./vma-order";
import { asRunning, currentMm, decodeProcesses, currentPid } from "./process";

/** Tables visited at most while looking for resident pages: a bound on what damaged tables can cost. */
const TABLE_LIMIT = 1 << 14;

interface RawVma {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
  readonly pgoff: number;
  readonly file: RawFile | null;
}

interface RawFile {
  readonly at: number;
  readonly name: string;
  readonly kind: number;
  readonly device: string;
  readonly inode: number;
}

/** Pages of one kind, as an ascending list of page numbers. */
interface ResidentPages {
  readonly own: number[];
  readonly zero: number[];
  readonly complete: boolean;
}

function decodeFile(linear: Uint8Array, words: Uint32Array, offset: number): RawFile | null {
  const at = tableSlot(offset, fileStruct);
  if (at === 0) return null;
  const u32 = (field: number): number => words[(at + field) / 4] ?? 0;
  const length = Math.min(u32(fileStruct.name_length), fileStruct.nameBytes);
  const name = utf8Text(linear.subarray(at + fileStruct.name, at + fileStruct.name + length));
  const hex = (value: number): string => value.toString(16).padStart(2, "0");
  const device = `${hex(u32(fileStruct.dev_major))}:${hex(u32(fileStruct.dev_minor))}`;
  return { at, name, kind: u32(fileStruct.kind), device, inode: kernelWords(words).u64(at + fileStruct.i_ino) };
}

function decodeList(
  linear: Uint8Array,
  words: Uint32Array,
  kernel: KernelWords,
): { readonly vmas: readonly RawVma[]; readonly complete: boolean } {
  const files = new Map<number, RawFile | null>();
  const order = vmaOrder(kernel);
  const vmas = order.vmas.map((at) => {
    const file = kernel.u64(at + vmAreaStruct.vm_file);
    if (!files.has(file)) files.set(file, decodeFile(linear, words, file));
    return {
      start: kernel.u64(at + vmAreaStruct.vm_start),
      end: kernel.u64(at + vmAreaStruct.vm_end),
      flags: kernel.u64(at + vmAreaStruct.vm_flags),
      pgoff: kernel.u64(at + vmAreaStruct.vm_pgoff),
      file: files.get(file) ?? null,
    };
  });
  return { vmas, complete: order.complete };
}

/** All pages with a frame, by following only what is present: O(resident pages). */
function residentPages(words: Uint32Array, top: number): ResidentPages {
  const [own, zero]: [number[], number[]] = [[], []];
  const seen = new Set<number>();
  let complete = true;
  const visit = (table: number, level: number, firstPage: number): void => {
    // Every table has one place in the tree; one that is met again means damage, and could go on for ever.
    if (table < 0 || seen.has(table) || seen.size >= TABLE_LIMIT) {
      complete = false;
      return;
    }
    seen.add(table);
    for (let index = 0; index < 512; index++) {
      const frame = entryFrame(words, table, index);
      if (frame < 0) continue;
      const page = firstPage + index * 512 ** level;
      if (level > 0) visit(frame, level - 1, page);
      else (frameState(words, frame) === "zero" ? zero : own).push(page);
    }
  };
  visit(top, pagingLevels(words) - 1, 0);
  return { own, zero, complete };
}

/** Runs [first, length] of the pages in [start, end), relative to start. `from` is where the last call stopped. */
function runs(pages: readonly number[], from: { at: number }, start: number, end: number): Float64Array {
  const found: number[] = [];
  while (from.at < pages.length && (pages[from.at] ?? 0) < start) from.at++;
  for (; from.at < pages.length; from.at++) {
    const page = (pages[from.at] ?? 0) - start;
    if (page >= end - start) break;
    const open = found.length - 2;
    if (open >= 0 && (found[open] ?? 0) + (found[open + 1] ?? 0) === page) found[open + 1] = (found[open + 1] ?? 0) + 1;
    else found.push(page, 1);
  }
  return Float64Array.from(found);
}

interface MmFacts {
  readonly startBrk: number;
  readonly brk: number;
  readonly startStack: number;
  readonly exe: number;
}

function nameOf(vma: RawVma, mm: MmFacts): string {
  if (vma.file !== null) return vma.file.name;
  if (vma.start < mm.brk && vma.end > mm.startBrk) return "[heap]";
  return vma.start <= mm.startStack && vma.end >= mm.startStack ? "[stack]" : "";
}

/** Which segment of its file a mapping is, from what was mapped before it. */
function partOf(vmas: readonly RawVma[], index: number): VmaFacts["part"] {
  const vma = vmas[index];
  const before = vmas[index - 1];
  if (vma === undefined) return "";
  if (vma.file === null)
    return before?.file?.kind === fileKind.regular && before.end === vma.start && (before.flags & vmFlag.WRITE) !== 0
      ? "bss"
      : "";
  if (vma.file.kind !== fileKind.regular) return "";
  if ((vma.flags & vmFlag.EXEC) !== 0) return "text";
  if ((vma.flags & vmFlag.WRITE) !== 0) return "data";
  const earlier = vmas.slice(Math.max(0, index - 8), index).filter((other) => other.file?.at === vma.file?.at);
  const text = earlier.findIndex((other) => (other.flags & vmFlag.EXEC) !== 0);
  if (text < 0) return "elf";
  return text === earlier.length - 1 ? "rodata" : "relro";
}

function kindOf(vma: RawVma, name: string, part: VmaFacts["part"], mm: MmFacts): VmaKind {
  if (name === "[heap]") return "heap";
  if (name === "[stack]") return "stack";
  if (vma.file !== null && vma.file.kind !== fileKind.regular) return vma.file.kind === fileKind.sharedMemory ? "mmap" : "kernel";
  if ((vma.flags & (vmFlag.READ | vmFlag.WRITE | vmFlag.EXEC)) === 0) return vma.file === null ? "guard" : "lib";
  if (part === "bss") return "bss";
  if (vma.file === null || part === "") return "mmap";
  if (vma.file.at !== mm.exe) return "lib";
  if (part === "text" || part === "data") return part;
  return "rodata";
}

/**
 * Decodes the address space from linear memory: the running process's, or that of another one that lives. Total: a damaged index or table is
 * cut off and `complete` is false.
 */
export function decodeAddressSpace(linear: Uint8Array, pid: number | null = null): AddressSpace {
  const words = asWords(linear);
  const running = kernelWords(words);
  const kernel = asRunning(running, pid);
  const at = currentMm(kernel);
  const field = (offset: number): number => kernel.u64(at + offset);
  const list = decodeList(linear, words, kernel);
  const top = kernel === running ? topTable(words) : kernel.u32(at + mmStruct.pgd);
  const pages = residentPages(words, isFrame(words, top) ? top : -1);
  const startCode = field(mmStruct.start_code);
  const exe =
    list.vmas.find((vma) => startCode >= vma.start && startCode < vma.end)?.file?.at ??
    list.vmas.find((vma) => vma.file !== null)?.file?.at ??
    0;
  const mm: MmFacts = {
    startBrk: field(mmStruct.start_brk),
    brk: field(mmStruct.brk),
    startStack: field(mmStruct.start_stack),
    exe,
  };
  const [ownAt, zeroAt] = [{ at: 0 }, { at: 0 }];
  const vmas = list.vmas.map((vma, index): VmaFacts => {
    const name = nameOf(vma, mm);
    const part = name === "[heap]" ? "" : partOf(list.vmas, index);
    const [first, past] = [vma.start / PAGE_SIZE, vma.end / PAGE_SIZE];
    const residentRuns = runs(pages.own, ownAt, first, past);
    const has = (flag: number): boolean => (vma.flags & flag) !== 0;
    return {
      start: vma.start,
      end: vma.end,
      read: has(vmFlag.READ),
      write: has(vmFlag.WRITE),
      exec: has(vmFlag.EXEC),
      shared: has(vmFlag.MAYSHARE),
      growsDown: has(vmFlag.GROWSDOWN),
      kind: kindOf(vma, name, part, mm),
      name,
      part,
      fileOffset: vma.file === null ? 0 : vma.pgoff * PAGE_SIZE,
      device: vma.file?.device ?? "00:00",
      inode: vma.file?.inode ?? 0,
      uncounted: vma.file?.kind === fileKind.pfnmap || vma.file?.kind === fileKind.absent,
      residentRuns,
      zeroRuns: runs(pages.zero, zeroAt, first, past),
      residentPages: residentRuns.reduce((sum, value, i) => (i % 2 === 1 ? sum + value : sum), 0),
    };
  });
  const rss = field(mmStruct.rss_file) + field(mmStruct.rss_anon) + field(mmStruct.rss_shmem);
  const copy = copyIndex(words, kernel);
  return {
    vmas,
    brkStart: mm.startBrk,
    brk: mm.brk,
    mmapBase: field(mmStruct.mmap_base),
    mmapMinimum: kernel.u64(zoneStruct.at + zoneStruct.mmap_min_addr),
    taskSize: field(mmStruct.task_size),
    topDown: field(mmStruct.topdown) !== 0,
    virtualBytes: field(mmStruct.total_vm) * PAGE_SIZE,
    residentBytes: rss * PAGE_SIZE,
    pageTableBytes: field(mmStruct.pgtables_bytes),
    minorFaults: field(mmStruct.min_flt),
    complete: list.complete && pages.complete,
    index: copy === null ? null : asRunning(copy, pid),
    top,
    pid: currentPid(kernel),
    processes: decodeProcesses(kernel),
  };
}

/** The ranges a memory view needs to tell untouched pages from absent ones. */
export function mappedRanges(space: AddressSpace): MappedRanges {
  return {
    start: Float64Array.from(space.vmas, (vma) => vma.start),
    end: Float64Array.from(space.vmas, (vma) => vma.end),
    zeroFill: Uint8Array.from(space.vmas, (vma) => (vma.inode === 0 && vma.kind !== "kernel" ? 1 : 0)),
  };
}

/** Mappings in which malloc's mmapped chunks can be: private, anonymous, readable. */
export function chunkMappings(space: AddressSpace): { readonly start: number; readonly end: number }[] {
  return space.vmas
    .filter((vma) => vma.kind === "mmap" && vma.name === "" && vma.read && !vma.shared)
    .map(({ start, end }) => ({ start, end }));
}

/** Index of the mapping that holds an address, −1. */
export function vmaAt(space: AddressSpace, addr: number): number {
  return space.vmas.findIndex((vma) => addr >= vma.start && addr < vma.end);
}

/** One line as /proc/self/maps prints it, without the line feed. */
export function mapsLine(vma: VmaFacts): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
  const perms = `${vma.read ? "r" : "-"}${vma.write ? "w" : "-"}${vma.exec ? "x" : "-"}${vma.shared ? "s" : "p"}`;
  const left = `${hex(vma.start, 8)}-${hex(vma.end, 8)} ${perms} ${hex(vma.fileOffset, 8)} ${vma.device} ${vma.inode} `;
  return vma.name === "" ? left : left.padEnd(73) + vma.name;
}
