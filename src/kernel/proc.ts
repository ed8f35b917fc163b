/** Text of files in /proc/self. fs/proc/task_mmu.c. */
import { vmFlag } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, mmGet } from "./context";
import { readFile } from "./files";
import { pageUp } from "./host";
import { residentPages } from "./resident";
import type { Vma } from "./vma";

/** Where the name column begins (counted from 0). */
const NAME_COLUMN = 73;
/** The page of the kernel that programs see at a fixed address; not part of the mm. */
const VSYSCALL = { start: "ffffffffff600000", end: "ffffffffff601000" };

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

/** `rw-p` and the like. */
export function permissions(flags: number): string {
  const letter = (bit: number, yes: string, no = "-"): string => ((flags & bit) !== 0 ? yes : no);
  return letter(vmFlag.READ, "r") + letter(vmFlag.WRITE, "w") + letter(vmFlag.EXEC, "x") + letter(vmFlag.MAYSHARE, "s", "p");
}

/** What the last column says: the file's path, [heap], [stack] or nothing. */
export function vmaName(k: KernelContext, vma: Vma): string {
  const file = k.vmas.file(vma);
  if (file !== 0) return readFile(k, file).name;
  const start = k.vmas.start(vma);
  const end = k.vmas.end(vma);
  if (start < mmGet(k, "brk") && end > mmGet(k, "start_brk")) return "[heap]";
  return start <= mmGet(k, "start_stack") && end >= mmGet(k, "start_stack") ? "[stack]" : "";
}

function line(columns: string, name: string): string {
  return name === "" ? `${columns} ` : `${`${columns} `.padEnd(NAME_COLUMN)}${name}`;
}

/** The line of a VMA in maps; in smaps its numbers follow. */
export function vmaLine(k: KernelContext, vma: Vma): string {
  const at = k.vmas.file(vma);
  const file = at === 0 ? null : readFile(k, at);
  const offset = file === null ? 0 : k.vmas.pgoff(vma) * PAGE_SIZE;
  const device = `${hex(file?.deviceMajor ?? 0, 2)}:${hex(file?.deviceMinor ?? 0, 2)}`;
  const range = `${hex(k.vmas.start(vma), 8)}-${hex(k.vmas.end(vma), 8)}`;
  return line(`${range} ${permissions(k.vmas.flags(vma))} ${hex(offset, 8)} ${device} ${file?.inode ?? 0}`, vmaName(k, vma));
}

/** /proc/self/maps without the final newline of each line. */
export function mapsLines(k: KernelContext): string[] {
  const lines: string[] = [];
  for (let vma = k.vmas.first(); vma !== 0; vma = k.vmas.next(vma)) lines.push(vmaLine(k, vma));
  return [...lines, ...vsyscallLines(k)];
}

/** Where there is such a page, its line. */
export function vsyscallLines(k: KernelContext): readonly string[] {
  if (mmGet(k, "task_size") <= 2 ** 32) return [];
  return [line(`${VSYSCALL.start}-${VSYSCALL.end} --xp 00000000 00:00 0`, "[vsyscall]")];
}

/** The line of smaps_rollup for all of [start, end). */
export function rollupLine(start: number, end: number): string {
  return line(`${hex(start, 8)}-${hex(end, 8)} ---p 00000000 00:00 0`, "[rollup]");
}

/** The memory lines of /proc/self/status, in kB. */
export interface MemoryStatus {
  readonly VmPeak: number;
  readonly VmSize: number;
  readonly VmHWM: number;
  readonly VmRSS: number;
  readonly RssAnon: number;
  readonly RssFile: number;
  readonly RssShmem: number;
  readonly VmData: number;
  readonly VmStk: number;
  readonly VmExe: number;
  readonly VmLib: number;
  readonly VmPTE: number;
}

export function memoryStatus(k: KernelContext): MemoryStatus {
  const kB = (pages: number): number => (pages * PAGE_SIZE) / 1024;
  const startCode = mmGet(k, "start_code");
  const exe = (pageUp(mmGet(k, "end_code")) - (startCode - (startCode % PAGE_SIZE))) / PAGE_SIZE;
  return {
    VmPeak: kB(Math.max(mmGet(k, "hiwater_vm"), mmGet(k, "total_vm"))),
    VmSize: kB(mmGet(k, "total_vm")),
    VmHWM: kB(Math.max(mmGet(k, "hiwater_rss"), residentPages(k))),
    VmRSS: kB(residentPages(k)),
    RssAnon: kB(mmGet(k, "rss_anon")),
    RssFile: kB(mmGet(k, "rss_file")),
    RssShmem: kB(mmGet(k, "rss_shmem")),
    VmData: kB(mmGet(k, "data_vm")),
    VmStk: kB(mmGet(k, "stack_vm")),
    VmExe: kB(exe),
    VmLib: kB(mmGet(k, "exec_vm") - exe),
    VmPTE: mmGet(k, "pgtables_bytes") / 1024,
  };
}
