/** The kernel as the process sees it: system calls and page faults, each between its markers in the journal. */
import { kernelCallNames, type KernelCallName } from "../abi/api";
import { recordKind } from "../abi/journal";
import { pte, taskState } from "../abi/kernel";
import type { AddressSpaceSpec, LoadPlan } from "../abi/layouts";
import { PAGE_SIZE } from "../abi/machine-memory";
import { brk } from "./brk";
import { createContext, type KernelContext, mmGet, mmSet, zoneGet } from "./context";
import { boot, defaultMachineSpec, exec, type MachineSpec } from "./exec";
import { handleFault, noteWrite, unshare } from "./fault";
import { installFilePage, installPrivatePage } from "./own-page";
import { createFile, type FileInfo } from "./files";
import { highHalf, type KernelHost, lowHalf } from "./host";
import { exit, fork } from "./fork";
import { setSecondRegion } from "./hot";
import { getrlimit, reaches, setrlimit, usage } from "./limits";
import { type LoadActs, load } from "./loading";
import { madvise } from "./madvise";
import { type FileRange, isThere, mmap, populate } from "./mmap";
import { mprotect } from "./mprotect";
import { mincore } from "./mincore";
import { mremap } from "./mremap";
import { munmap } from "./munmap";
import { isMapped, pfnOf } from "./page-table";
import { mapsLines, type MemoryStatus, memoryStatus, permissions, vmaName } from "./proc";
import { smaps, type SmapsEntry } from "./smaps";
import { endedChild, reapChild, runningTask, switchTask, taskGet, taskOf, type Waited } from "./task";

/** One line of the address space, as a recording or a test compares it. */
export interface MapEntry {
  readonly start: number;
  readonly end: number;
  readonly perms: string;
  /** Offset in the file, bytes; 0 for anonymous memory. */
  readonly offset: number;
  readonly name: string;
  readonly anonymous: boolean;
}

export interface Kernel {
  /** 1 = resolved, 0 = fatal (the control block tells why). */
  fault(addr: number, write: number): number;
  /** Results of calls are those of the system call: a value, or −errno. */
  brk(addr: number): number;
  mmap(addr: number, length: number, prot: number, flags: number, source?: FileRange | null): number;
  munmap(addr: number, length: number): number;
  mremap(addr: number, oldLength: number, newLength: number, flags: number, newAddr?: number): number;
  mprotect(addr: number, length: number, prot: number): number;
  madvise(addr: number, length: number, advice: number): number;

  /** A second process (src/kernel/fork.ts) with that pid; the caller goes on. Its pid, or −errno. */
  fork(pid: number, sharesMm?: boolean): number;
  /** A child of the running process that has ended, by its pid or any (−1): it is gone then. Null while none has, −errno without such a child. */
  wait(pid: number): Waited | number;
  /** Ends the running process with what wait(2) tells of it; from here on the process `next` runs. */
  exit(exitCode: number, next: number): void;
  /** The process of that pid runs from here on. */
  switchTo(pid: number): void;
  /** Pid of the process that runs, and of its parent; 0 when that has ended. */
  pid(): number;
  parentPid(): number;
  /** Whether `wait` would give a process that child, or any (−1). */
  hasEndedChild(parent: number, pid: number): boolean;
  /** Whether that process is there and has not ended. */
  isAlive(pid: number): boolean;

  /** Lays a new process out. Not journalled by itself: call it before tracing begins. */
  exec(space: AddressSpaceSpec, machine?: MachineSpec): void;
  /** RAM, limits, and a process whose address space is still empty: what `load` fills. */
  boot(space: AddressSpaceSpec, machine?: MachineSpec): void;
  /** The same as exec and what start-up code does, step by step and journalled. */
  load(plan: LoadPlan, acts: LoadActs): void;
  /** Faults pages in for writing, outside of any call: what a loader has touched before main. */
  touch(start: number, end: number): void;
  /** A page that start-up code has written, whatever its mapping allows now. */
  installPrivatePage(addr: number): boolean;
  /** A page of the program's file, to be filled in by the caller: its offset in linear memory. */
  installFilePage(addr: number): number;
  /** A file that mmap can map; its place in the kernel's table, or −errno. */
  createFile(file: FileInfo): number;
  /** One access as the processor makes it: notes it in the entry, or faults. False when the fault was fatal. */
  access(addr: number, write: boolean): boolean;
  /** Per page of the range, whether it is in memory; or −errno. */
  mincore(addr: number, length: number): readonly boolean[] | number;
  /** What /proc/self/smaps says of every mapping. */
  smaps(): readonly SmapsEntry[];
  /** Declares libc's data the second hot region. */
  chooseSecondRegion(start: number, end: number): void;
  /** Changes a soft limit, whoever asks. */
  setLimit(limit: "rlimit_stack" | "rlimit_data" | "rlimit_as", bytes: number): void;
  /** In bytes, Infinity for none. `setrlimit` answers 0 or −errno. */
  getrlimit(resource: number): { readonly soft: number; readonly hard: number } | number;
  setrlimit(resource: number, soft: number, hard: number): number;
  /** What getrusage(2) tells of memory. */
  usage(): { readonly minorFaults: number; readonly peakResidentBytes: number };
  physicalPages(): number;
  /** Whether the process itself could read or write the whole range. */
  reaches(addr: number, lengthBytes: number, write: boolean): boolean;

  currentBrk(): number;
  /** Offset in linear memory of the byte at `addr` when its page is resident and accessible or not; −1 otherwise. Changes nothing. */
  linearOffset(addr: number): number;
  /** Every resident page of [start, end) in order, with its offset in linear memory. Changes nothing. */
  eachResident(start: number, end: number, visit: (addr: number, offset: number) => void): void;
  maps(): string;
  entries(which?: "all" | "anonymous"): MapEntry[];
  status(): MemoryStatus;
  /** Frames ever used, for clearing. */
  readonly used: { readonly window: number; readonly pool: number };
  /** For tests and for parts of the machine that read kernel structs. */
  readonly context: KernelContext;
}

const callId = new Map<KernelCallName, number>(kernelCallNames.map((name, id) => [name, id]));

export function createKernel(host: KernelHost): Kernel {
  const k = createContext(host);

  function marked(name: KernelCallName, a: number, b: number, where: number, work: () => number): number {
    const id = callId.get(name) ?? 0;
    host.mark(recordKind.syscallBegin, id, where, lowHalf(a), highHalf(a), lowHalf(b), highHalf(b));
    const result = work();
    const failed = result < 0 ? -result : 0;
    host.mark(recordKind.syscallEnd, id, 0, lowHalf(result), result < 0 ? 0xffff_ffff : highHalf(result), failed, 0);
    return result;
  }

  const api: Kernel = {
    fault: (addr, write) =>
      (write === 0 ? null : (unshare(k, addr) ?? noteWrite(k, addr))) ??
      marked("page_fault", addr, write, 0, () => (handleFault(k, addr, write !== 0) ? 1 : 0)),
    brk: (addr) => marked("brk", addr, 0, 0, () => brk(k, addr)),
    mmap: (addr, length, protection, flags, source) =>
      marked("mmap", addr, length, (protection << 24) | (flags & 0xff_ffff), () =>
        mmap(k, addr, length, protection, flags, source),
      ),
    munmap: (addr, length) => marked("munmap", addr, length, 0, () => munmap(k, addr, length)),
    mremap: (addr, oldLength, newLength, flags, newAddr) =>
      marked("mremap", addr, newLength, flags, () => mremap(k, addr, oldLength, newLength, flags, newAddr)),
    mprotect: (addr, length, protection) =>
      marked("mprotect", addr, length, protection, () => mprotect(k, addr, length, protection)),
    madvise: (addr, length, advice) => marked("madvise", addr, length, advice, () => madvise(k, addr, length, advice)),

    fork: (pid, sharesMm = false) => marked("fork", pid, 0, 0, () => fork(k, pid, sharesMm)),
    wait: (pid) => {
      const asked: { answer: Waited | number } = { answer: null };
      marked("wait4", pid, 0, 0, () => pidOrError((asked.answer = reapChild(k, pid))));
      return asked.answer;
    },
    exit: (exitCode, next) => exit(k, exitCode, taskOf(k, next)),
    switchTo: (pid) => switchTask(k, taskOf(k, pid)),
    pid: () => taskGet(k, runningTask(k), "pid"),
    parentPid: () => taskGet(k, runningTask(k), "parent"),
    hasEndedChild: (parent, pid) => endedChild(k, parent, pid) >= 0,
    isAlive: (pid) => taskOf(k, pid) >= 0 && taskGet(k, taskOf(k, pid), "state") === taskState.running,

    exec: (space, machine = defaultMachineSpec) => exec(k, space, machine),
    boot: (space, machine = defaultMachineSpec) => boot(k, space, machine),
    load: (plan, acts) => load(k, plan, marked, acts),
    touch: (start, end) => populate(k, start, end, (_, addr, write) => api.fault(addr, write ? 1 : 0) === 1),
    installPrivatePage: (addr) => marked("page_fault", addr, 1, 0, () => (installPrivatePage(k, addr) ? 1 : 0)) === 1,
    installFilePage: (addr) => installFilePage(k, addr),
    createFile: (file) => createFile(k, file),
    access: (addr, write) => access(k, addr, write, (at) => api.fault(at, write ? 1 : 0) === 1),
    mincore: (addr, length) => mincore(k, addr, length),
    smaps: () => smaps(k),
    chooseSecondRegion: (start, end) => setSecondRegion(k, start, end),
    setLimit: (limit, bytes) => mmSet(k, limit, bytes),
    getrlimit: (resource) => getrlimit(k, resource),
    setrlimit: (resource, soft, hard) => setrlimit(k, resource, soft, hard),
    usage: () => usage(k),
    physicalPages: () => zoneGet(k, "totalram_pages"),
    reaches: (addr, lengthBytes, write) => reaches(k, addr, lengthBytes, write),

    currentBrk: () => mmGet(k, "brk"),
    linearOffset: (addr) => linearOffset(k, addr),
    eachResident: (start, end, visit) =>
      k.pages.walk(start, end, (entry, addr) => {
        const low = k.bytes.u32(entry);
        if (isMapped(low)) visit(addr, k.frames.offset(pfnOf(low)));
      }),
    maps: () => `${mapsLines(k).join("\n")}\n`,
    entries: (which = "all") => entries(k, which),
    status: () => memoryStatus(k),
    used: k.frames.used,
    context: k,
  };
  return api;
}

/** What wait4 returns; 0 while it sleeps, or would. */
function pidOrError(answer: Waited | number): number {
  return typeof answer === "number" ? answer : (answer?.pid ?? 0);
}

/** Sets the accessed and dirty bits where the entry allows the access. */
function access(k: KernelContext, addr: number, write: boolean, fault: (addr: number) => boolean): boolean {
  if (!isThere(k, addr, write)) return fault(addr);
  const entry = k.pages.find(addr);
  const low = k.bytes.u32(entry);
  const after = low | pte.ACCESSED | (write ? pte.DIRTY : 0);
  if (after !== low) k.bytes.put32(entry, after >>> 0);
  return true;
}

function linearOffset(k: KernelContext, addr: number): number {
  const entry = k.pages.find(addr);
  const low = entry === 0 ? 0 : k.bytes.u32(entry);
  return isMapped(low) ? k.frames.offset(pfnOf(low)) + (addr % PAGE_SIZE) : -1;
}

function entries(k: KernelContext, which: "all" | "anonymous"): MapEntry[] {
  const list: MapEntry[] = [];
  for (let vma = k.vmas.first(); vma !== 0; vma = k.vmas.next(vma)) {
    const backed = k.vmas.file(vma) !== 0;
    if (backed && which === "anonymous") continue;
    list.push({
      start: k.vmas.start(vma),
      end: k.vmas.end(vma),
      perms: permissions(k.vmas.flags(vma)),
      offset: backed ? k.vmas.pgoff(vma) * PAGE_SIZE : 0,
      name: vmaName(k, vma),
      anonymous: !backed,
    });
  }
  return list;
}
