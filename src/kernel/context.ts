/** One simulated kernel: everything its parts share. */
import { control, stop } from "../abi/control";
import { mmStruct, taskStruct, vmFlag, zoneStruct } from "../abi/kernel";
import { RLIM_INFINITY } from "../abi/linux";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { type AnonChains, createAnonChains } from "./anon-chains";
import { createCurrentMm, type CurrentMm } from "./current";
import { createFrames, type Frames } from "./frames";
import { type Bytes, bytesOf, type KernelHost } from "./host";
import { createNotes, type Notes } from "./notes";
import { createPageTable, type PageTable } from "./page-table";
import { createSlabs, type Slabs } from "./slab";
import { createVmas, type Vma, type Vmas } from "./vma";

export interface KernelContext extends Notes {
  readonly host: KernelHost;
  readonly bytes: Bytes;
  readonly mm: CurrentMm;
  readonly frames: Frames;
  readonly slabs: Slabs;
  readonly anon: AnonChains;
  readonly vmas: Vmas;
  readonly pages: PageTable;
}

export function createContext(host: KernelHost): KernelContext {
  const bytes = bytesOf(host);
  const notes = createNotes(host, bytes);
  const mm = createCurrentMm(bytes);
  const frames = createFrames(host, bytes, notes);
  const slabs = createSlabs(bytes, frames);
  const anon = createAnonChains(bytes, slabs);
  const vmas = createVmas(bytes, mm, frames, slabs, anon);
  return { ...notes, host, bytes, mm, frames, slabs, anon, vmas, pages: createPageTable(bytes, mm, frames, notes, host.tlb) };
}

/** The mm_structs of all processes, each once. */
export function allMms(k: KernelContext): readonly number[] {
  const mms = new Set<number>();
  for (let row = 0; row < taskStruct.capacity; row++)
    mms.add(k.bytes.u32(taskStruct.at + row * taskStruct.stride + taskStruct.mm));
  mms.delete(0);
  return [...mms];
}

type MmField = Exclude<keyof typeof mmStruct, "at" | "sizeBytes">;
type ZoneField = Exclude<keyof typeof zoneStruct, "at" | "sizeBytes">;

export function mmGet(k: KernelContext, field: MmField): number {
  return k.bytes.u64(k.mm.at() + mmStruct[field]);
}

export function mmSet(k: KernelContext, field: MmField, value: number): void {
  if (mmGet(k, field) !== value) k.bytes.put64(k.mm.at() + mmStruct[field], value);
}

export function mmAdd(k: KernelContext, field: MmField, delta: number): void {
  k.bytes.add64(k.mm.at() + mmStruct[field], delta);
}

export function zoneGet(k: KernelContext, field: ZoneField): number {
  return k.bytes.u64(zoneStruct.at + zoneStruct[field]);
}

export function zoneSet(k: KernelContext, field: ZoneField, value: number): void {
  if (zoneGet(k, field) !== value) k.bytes.put64(zoneStruct.at + zoneStruct[field], value);
}

/** Pages of a VMA. */
export function vmaPages(k: KernelContext, vma: Vma): number {
  return (k.vmas.end(vma) - k.vmas.start(vma)) / PAGE_SIZE;
}

/** Writable, private, no stack: what VmData and RLIMIT_DATA count. mm/mmap.c: is_data_mapping. */
export function isDataMapping(flags: number): boolean {
  return (flags & (vmFlag.WRITE | vmFlag.SHARED | vmFlag.GROWSDOWN)) === vmFlag.WRITE;
}

/** Adds pages to VIRT and its parts. mm/mmap.c: vm_stat_account. */
export function accountVm(k: KernelContext, flags: number, pages: number): void {
  mmAdd(k, "total_vm", pages);
  if ((flags & (vmFlag.EXEC | vmFlag.WRITE | vmFlag.GROWSDOWN)) === vmFlag.EXEC) mmAdd(k, "exec_vm", pages);
  else if ((flags & vmFlag.GROWSDOWN) !== 0) mmAdd(k, "stack_vm", pages);
  else if (isDataMapping(flags)) mmAdd(k, "data_vm", pages);
  mmSet(k, "hiwater_vm", Math.max(mmGet(k, "hiwater_vm"), mmGet(k, "total_vm")));
}

/** A soft limit in bytes; everything at or above 2^63 counts as none. */
export function rlimit(k: KernelContext, field: "rlimit_stack" | "rlimit_data" | "rlimit_as"): number {
  const value = mmGet(k, field);
  return value >= RLIM_INFINITY / 2 ? Infinity : value;
}

/** A limit as a marker tells it: no limit has all bits set. */
export function limitOperand(bytes: number): number {
  return Number.isFinite(bytes) ? bytes : -1;
}

/** Whether the limits allow so many more pages. mm/mmap.c: may_expand_vm. */
export function mayExpand(k: KernelContext, flags: number, pages: number): boolean {
  return k.asks("MayExpand", limitsAllow(k, flags, pages), mmGet(k, "total_vm"), Math.max(0, pages));
}

function limitsAllow(k: KernelContext, flags: number, pages: number): boolean {
  if ((mmGet(k, "total_vm") + pages) * PAGE_SIZE > rlimit(k, "rlimit_as")) return false;
  // A limit of nothing at all stands for none: old checkers set it to learn the hard limit.
  const data = rlimit(k, "rlimit_data") || Infinity;
  return !isDataMapping(flags) || (mmGet(k, "data_vm") + pages) * PAGE_SIZE <= data;
}

/** How much may be promised under overcommit_memory 2: a share of RAM, less what is kept for others to clean up with. */
function commitLimit(k: KernelContext): number {
  const share = Math.floor((zoneGet(k, "totalram_pages") * zoneGet(k, "overcommit_ratio")) / 100);
  const forRoot = zoneGet(k, "cap_sys_rawio") === 0 ? zoneGet(k, "admin_reserve_pages") : 0;
  return share - forRoot - Math.min(Math.floor(mmGet(k, "total_vm") / 32), zoneGet(k, "user_reserve_pages"));
}

/**
 * Whether so many more VMAs fit into memory; 0 asks for a change of those there are. Where it is linear memory that is full, the simulation
 * ends and not the call alone.
 */
export function roomForVmas(k: KernelContext, count: number): boolean {
  if (k.vmas.hasRoom(count)) return true;
  if (!k.frames.exhausted()) k.bytes.put32(machineMemory.control + control.stop, stop.storeFull);
  return false;
}

/** Promises memory for `pages` more accountable pages, or refuses unless the promise only passes on. mm/util.c: __vm_enough_memory. */
export function commit(k: KernelContext, pages: number, passedOn = false): boolean {
  const committed = zoneGet(k, "committed_as") + pages;
  const mode = zoneGet(k, "overcommit_memory");
  const refused = (mode === 0 && pages > zoneGet(k, "totalram_pages")) || (mode === 2 && committed >= commitLimit(k));
  if (!passedOn && !k.asks("Promised", !refused, Math.max(0, pages), Math.max(0, committed - pages))) return false;
  zoneSet(k, "committed_as", committed);
  return true;
}

/** Takes a promise back. */
export function uncommit(k: KernelContext, pages: number): void {
  zoneSet(k, "committed_as", Math.max(0, zoneGet(k, "committed_as") - pages));
}

/** Writable private mappings without NORESERVE are promised memory. mm/mmap.c: accountable_mapping. */
export function isAccountable(flags: number): boolean {
  return (flags & (vmFlag.NORESERVE | vmFlag.SHARED | vmFlag.WRITE)) === vmFlag.WRITE;
}
