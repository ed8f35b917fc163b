/** execve, seen from the memory model: an empty mm, then the mappings a loader would have made. */
import { control } from "../abi/control";
import { fileKind, FIRST_PID, mmOfRow, pageFlag, taskState, taskStruct, vmFlag } from "../abi/kernel";
import { type AddressSpaceSpec, type MappingSpec, TASK_SIZE } from "../abi/layouts";
import { hasMapleTree, type KernelRelease, type Overcommit, RLIM_INFINITY } from "../abi/linux";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { mapleFlag } from "../abi/maple";
import { assert } from "../base";
import { accountVm, commit, type KernelContext, mmSet, zoneSet } from "./context";
import { createFile } from "./files";
import { startHeapRegion } from "./hot";
import { hugePages } from "./huge";
import { limitWord } from "./limits";
import { pageProtOf } from "./protection";

/** What the machine offers: RAM in pages, limits in bytes. */
export interface MachineSpec {
  readonly kernel: KernelRelease;
  readonly totalramPages: number;
  /** 5: with LA57. Addresses stay below 2^47 all the same unless a program asks. */
  readonly pagingLevels: 4 | 5;
  readonly overcommitMemory: Overcommit;
  readonly transparentHugepage: keyof typeof hugePages;
  readonly overcommitRatio: number;
  /** Promises to other processes, in pages. */
  readonly committedElsewhere: number;
  readonly userReservePages: number;
  readonly adminReservePages: number;
  readonly maxMapCount: number;
  /** No mapping is placed below this; what the kernel was built with raises the setting. */
  readonly mmapMinAddr: number;
  /** The setting, vm.mmap_min_addr: where MAP_FIXED ends for others than root. */
  readonly dacMmapMinAddr: number;
  /** The process may map below that (as root). */
  readonly mapsLow?: boolean;
  readonly rlimitStack: number;
  readonly rlimitData: number;
  readonly rlimitAs: number;
}

/** The machine that made the recordings: 24684084 kB of RAM, no swap, default limits. */
export const defaultMachineSpec: MachineSpec = {
  kernel: "6.1+",
  totalramPages: 24684084 / 4,
  pagingLevels: 4,
  overcommitMemory: 0,
  transparentHugepage: "madvise",
  overcommitRatio: 50,
  committedElsewhere: 0,
  userReservePages: 131_072 / 4,
  adminReservePages: 8192 / 4,
  maxMapCount: 65530,
  mmapMinAddr: 65_536,
  dacMmapMinAddr: 4096,
  rlimitStack: 8 * 2 ** 20,
  rlimitData: RLIM_INFINITY,
  rlimitAs: RLIM_INFINITY,
};

const MAY_ALL = vmFlag.MAYREAD | vmFlag.MAYWRITE | vmFlag.MAYEXEC;

/** Starts a process with the given address space. Linear memory must be zero where kernel structs, descriptors and frames stand. */
export function exec(k: KernelContext, space: AddressSpaceSpec, machine: MachineSpec = defaultMachineSpec): void {
  boot(k, space, machine);
  describeProgram(k, space);
  const files = openFiles(k, space.mappings);
  for (const mapping of space.mappings) placeMapping(k, mapping, files);
  startHeapRegion(k);
}

/** A machine with one process, whose address space is empty. */
export function boot(k: KernelContext, space: AddressSpaceSpec, machine: MachineSpec = defaultMachineSpec): void {
  k.frames.initialise(machine.totalramPages);
  k.slabs.initialise();
  zoneSet(k, "totalram_pages", machine.totalramPages);
  zoneSet(k, "overcommit_memory", machine.overcommitMemory);
  zoneSet(k, "overcommit_ratio", machine.overcommitRatio);
  zoneSet(k, "transparent_hugepage", hugePages[machine.transparentHugepage]);
  zoneSet(k, "committed_as", machine.committedElsewhere);
  zoneSet(k, "user_reserve_pages", machine.userReservePages);
  zoneSet(k, "admin_reserve_pages", machine.adminReservePages);
  zoneSet(k, "max_map_count", machine.maxMapCount);
  zoneSet(k, "mmap_min_addr", machine.mmapMinAddr);
  zoneSet(k, "dac_mmap_min_addr", machine.dacMmapMinAddr);
  zoneSet(k, "cap_sys_rawio", machine.mapsLow === true ? 1 : 0);
  const task = taskStruct.at;
  k.bytes.putPair(task + taskStruct.state, taskState.running, FIRST_PID);
  k.bytes.put32(task + taskStruct.mm, mmOfRow(0));
  const pgd = k.frames.allocate(pageFlag.pageTable, 0);
  assert(pgd >= 0, "the pool of frames is empty");
  k.bytes.put32(machineMemory.control + control.pgd, pgd);
  k.bytes.put32(machineMemory.control + control.pagingLevels, machine.pagingLevels);
  mmSet(k, "pgd", pgd);
  mmSet(k, "task_size", space.taskSize);
  mmSet(k, "mmap_base", space.mmapBase);
  mmSet(k, "topdown", space.topdown ? 1 : 0);
  mmSet(k, "rlimit_stack", limitWord(machine.rlimitStack));
  mmSet(k, "rlimit_data", limitWord(machine.rlimitData));
  mmSet(k, "rlimit_as", limitWord(machine.rlimitAs));
  for (const field of ["rlimit_stack_max", "rlimit_data_max", "rlimit_as_max"] as const) mmSet(k, field, limitWord(Infinity));
  mmSet(k, "ma_flags", hasMapleTree(machine.kernel) ? mapleFlag.ranges | mapleFlag.rcu | mapleFlag.externalLock : 0);
}

/** Where the program's parts, its heap and its stack stand. */
export function describeProgram(k: KernelContext, space: AddressSpaceSpec): void {
  mmSet(k, "start_brk", space.startBrk);
  mmSet(k, "brk", space.startBrk);
  mmSet(k, "start_stack", space.startStack);
  mmSet(k, "start_code", space.startCode);
  mmSet(k, "end_code", space.endCode);
  mmSet(k, "start_data", space.startData);
  mmSet(k, "end_data", space.endData);
}

/** The files of mappings by their names: rows of the kernel's table. */
export type OpenFiles = ReadonlyMap<string, number>;

export function openFiles(k: KernelContext, mappings: readonly MappingSpec[]): OpenFiles {
  const files = new Map<string, number>();
  for (const mapping of mappings) {
    if (!isFileMapping(mapping) || files.has(mapping.name)) continue;
    const [major = "0", minor = "0"] = mapping.device.split(":");
    const info = {
      kind: kindOf(mapping),
      name: mapping.name,
      inode: mapping.inode,
      deviceMajor: Number.parseInt(major, 16),
      deviceMinor: Number.parseInt(minor, 16),
      sizeBytes: 0,
    };
    const file = createFile(k, info);
    assert(file > 0, "too many files for the file table");
    files.set(mapping.name, file);
  }
  return files;
}

function kindOf(mapping: MappingSpec): number {
  if (mapping.inode !== 0) return fileKind.regular;
  if (mapping.name === "[vvar_vclock]") return fileKind.absent;
  return mapping.name === "[vvar]" ? fileKind.pfnmap : fileKind.special;
}

/** A mapping whose contents are a file's or the kernel's; the heap and the stack are anonymous. */
function isFileMapping(mapping: MappingSpec): boolean {
  return mapping.name !== "" && mapping.name !== "[stack]" && mapping.name !== "[heap]";
}

/** Rights and kind of a mapping as vm_flags. */
export function flagsOf(mapping: MappingSpec): number {
  const has = (letter: string, flag: number): number => (mapping.perms.includes(letter) ? flag : 0);
  const access = has("r", vmFlag.READ) | has("w", vmFlag.WRITE) | has("x", vmFlag.EXEC);
  const account = has("w", vmFlag.ACCOUNT);
  if (mapping.name.startsWith("[vvar"))
    return access | vmFlag.MAYREAD | vmFlag.IO | vmFlag.DONTEXPAND | vmFlag.DONTDUMP | vmFlag.PFNMAP;
  if (mapping.name === "[vdso]") return access | MAY_ALL | vmFlag.DONTEXPAND;
  if (mapping.name === "[stack]") return access | MAY_ALL | vmFlag.GROWSDOWN | vmFlag.ACCOUNT;
  return access | MAY_ALL | account;
}

/** A stack is built below the top of the 64-bit address space and then moved to its place; its offset stays what it was there. fs/exec.c */
function stackShift({ name, end }: MappingSpec): number {
  return name === "[stack]" ? TASK_SIZE - end : 0;
}

/** Mappings of a start-up stand as given: what the loader made separately (relro pages made read-only later) does not join. */
export function placeMapping(k: KernelContext, mapping: MappingSpec, files: OpenFiles): void {
  const file = files.get(mapping.name) ?? 0;
  const flags = flagsOf(mapping) >>> 0;
  const pgoff = (file === 0 ? mapping.start + stackShift(mapping) : mapping.offset) / PAGE_SIZE;
  k.note("VmaMade", mapping.start, mapping.end);
  k.vmas.insert(
    k.vmas.create({
      start: mapping.start,
      end: mapping.end,
      flags,
      pageProt: pageProtOf(flags),
      pgoff,
      file,
    }),
  );
  const pages = (mapping.end - mapping.start) / PAGE_SIZE;
  accountVm(k, flags, pages);
  if ((flags & vmFlag.ACCOUNT) !== 0) commit(k, pages);
}
