/**
 * execve step by step, and what the loader does in user space before main, in the order in which Linux and glibc do it. The address space
 * that comes out is the one that exec() lays out at once.
 *
 *   execve    stack · program (all its room, then segment by segment) · ld.so · vvar, vdso · arguments · heap's start
 *   ld.so     brk(0) · its own words · list of libraries · libc (all its room, then part by part) · thread block · relro · list gone · pages
 *
 * fs/exec.c: bprm_mm_init, setup_arg_pages; fs/binfmt_elf.c: load_elf_binary; glibc elf/rtld.c, elf/dl-load.c.
 */
import { fileStruct, vmFlag } from "../abi/kernel";
import type { KernelDecision, KernelMarkName } from "../abi/kernel-marks";
import type { LoadPlan, MappingSpec } from "../abi/layouts";
import { mapFlag, prot } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { assert } from "../base";
import { noAnonVma } from "./anon-vma";
import { brk } from "./brk";
import { accountVm, commit, isAccountable, type KernelContext, mmGet, mmSet, uncommit } from "./context";
import { describeProgram, flagsOf, type OpenFiles, openFiles, placeMapping } from "./exec";
import { startHeapRegion } from "./hot";
import { placeVma, setStart, splitVma } from "./merge";
import { unmapRange } from "./munmap";
import { pageProtOf } from "./protection";

/** Runs `work` between the markers of a call. */
export type Marked = (
  name: "execve" | "ld_so" | "brk" | "mmap" | "mprotect" | "munmap",
  a: number,
  b: number,
  where: number,
  work: () => number,
) => number;

/** What others than the kernel do meanwhile. */
export interface LoadActs {
  /** execve copies the arguments onto the stack. */
  placeArguments(): void;
  /** Start-up code reads and writes so many pages. */
  readonly pages: number;
  touchPages(): void;
  /** libc is initialised, the program's data is in place. */
  beforeMain(): void;
}

type Step = Exclude<KernelMarkName, KernelDecision>;

const pagesOf = ({ start, end }: MappingSpec): number => (end - start) / PAGE_SIZE;
const endOf = (parts: readonly MappingSpec[]): number => parts.at(-1)?.end ?? 0;
const startOf = (parts: readonly MappingSpec[]): number => parts[0]?.start ?? 0;

/** Read-only after relocation: the part of the data that the loader still has to write. Linked as one segment with it. */
function relroOf(parts: readonly MappingSpec[]): MappingSpec | null {
  const data = parts.findIndex(({ perms, inode }) => perms === "rw-p" && inode !== 0);
  const [relro, own] = [parts[data - 1], parts[data]];
  if (relro === undefined || own === undefined || relro.perms !== "r--p" || relro.end !== own.start) return null;
  return own.offset - relro.offset === own.start - relro.start ? relro : null;
}

/** The segments as the file has them: relro and data are one. */
function segmentsOf(parts: readonly MappingSpec[]): readonly MappingSpec[] {
  const relro = relroOf(parts);
  return parts
    .filter((part) => part !== relro)
    .map((part) => (relro !== null && part.start === relro.end ? { ...part, start: relro.start, offset: relro.offset } : part));
}

function stepOf(part: MappingSpec, first: MappingSpec | undefined): Step {
  if (part.inode === 0) return "ElfBss";
  if (part.perms === "rw-p") return "ElfData";
  if (part.perms === "r-xp") return "ElfText";
  return part === first ? "ElfHeaders" : "ElfRodata";
}

/** A mapping in a free place; anonymous memory joins a neighbour that is alike. */
function place(k: KernelContext, mapping: MappingSpec, files: OpenFiles): void {
  if (mapping.inode !== 0 || mapping.name !== "") {
    placeMapping(k, mapping, files);
    return;
  }
  const flags = flagsOf(mapping) >>> 0;
  const above = k.vmas.find(mapping.start);
  const range = {
    start: mapping.start,
    end: mapping.end,
    flags,
    pgoff: mapping.start / PAGE_SIZE,
    file: 0,
    ...noAnonVma,
  };
  assert(placeVma(k, k.vmas.before(above), range, above), "a new process has room for its mappings");
  accountVm(k, flags, pagesOf(mapping));
  if (isAccountable(flags)) commit(k, pagesOf(mapping));
}

/** The first segment takes the room of all, so that nothing comes between them; the others are put over what is too much. */
function mapSegments(
  k: KernelContext,
  parts: readonly MappingSpec[],
  files: OpenFiles,
  call: (part: MappingSpec, work: () => void) => void,
): void {
  const segments = segmentsOf(parts);
  const [first] = segments;
  if (first === undefined) return;
  for (const part of segments) {
    const whole = part === first ? { ...part, end: endOf(parts) } : part;
    k.note(stepOf(part, first), part.start, part.end);
    call(whole, () => {
      if (part !== first) unmapRange(k, part.start, part.end);
      place(k, whole, files);
    });
  }
}

/** execve, seen from the address space. */
function execve(k: KernelContext, plan: LoadPlan, files: OpenFiles, placeArguments: () => void): void {
  const { stack, program, loader, kernelPages, space } = plan;
  const direct = (_: MappingSpec, work: () => void): void => work();
  k.note("NewAddressSpace", stack.end - PAGE_SIZE);
  placeMapping(k, { ...stack, start: stack.end - PAGE_SIZE }, files);
  k.note("StackRoom", stack.start, stack.end);
  const vma = k.vmas.find(stack.start);
  const pages = pagesOf(stack) - 1;
  accountVm(k, k.vmas.flags(vma), pages);
  commit(k, pages);
  setStart(k, vma, stack.start);
  mmSet(k, "start_stack", space.startStack);
  k.note("StackGrown", stack.start, pages);
  k.note("LoadProgram", startOf(program), endOf(program));
  mapSegments(k, program, files, direct);
  k.note("LoadInterpreter", startOf(loader), endOf(loader));
  mapSegments(k, loader, files, direct);
  k.note("KernelPages", startOf(kernelPages), endOf(kernelPages));
  for (const page of kernelPages) placeMapping(k, page, files);
  k.note("Arguments", space.startStack);
  placeArguments();
  describeProgram(k, space);
  startHeapRegion(k);
  k.note("StartThread", startOf(loader), space.startBrk);
}

const PERMISSIONS = { r: prot.READ, w: prot.WRITE, x: prot.EXEC } as const;

function protectionOf({ perms }: MappingSpec): number {
  let bits = 0;
  for (const [letter, bit] of Object.entries(PERMISSIONS)) if (perms.includes(letter)) bits |= bit;
  return bits;
}

/** What the loader asks the kernel for. */
function ldSo(k: KernelContext, plan: LoadPlan, files: OpenFiles, marked: Marked, acts: LoadActs): void {
  const { program, loader, libc, loaderWords, threadBlock, cache } = plan;
  const mmap = (mapping: MappingSpec, fixed: boolean, work: () => void): void => {
    const anonymous = mapping.inode === 0 ? mapFlag.ANONYMOUS : 0;
    const flags = mapFlag.PRIVATE | anonymous | (fixed ? mapFlag.FIXED : 0);
    const bytes = mapping.end - mapping.start;
    marked("mmap", fixed ? mapping.start : 0, bytes, (protectionOf(mapping) << 24) | flags, () => {
      k.note("Mmap", fixed ? mapping.start : 0, bytes);
      if (!fixed) {
        k.note("UnmappedArea", bytes, mmGet(k, "mmap_base"));
        k.asks("AreaFound", true, mapping.start, mapping.end);
      }
      k.note("MmapRegion", mapping.start, mapping.end);
      work();
      return mapping.start;
    });
  };
  const anywhere = (mapping: MappingSpec): void => mmap(mapping, false, () => place(k, mapping, files));

  k.note("LoaderStarts", startOf(loader));
  marked("brk", 0, 0, 0, () => brk(k, 0));
  anywhere(loaderWords);
  if (cache !== null) {
    k.note("OpensCache");
    anywhere(cache);
  }
  k.note("MapsLibrary", startOf(libc), endOf(libc));
  mapSegments(k, libc, files, (part, work) => mmap(part, part.start !== startOf(libc), work));
  if (threadBlock !== null) {
    k.note("ThreadBlock", threadBlock.start);
    anywhere(threadBlock);
  }
  const relros = [libc, program, loader].map(relroOf).filter((relro) => relro !== null);
  k.note("ProtectsRelro", relros.length);
  for (const relro of relros) {
    marked("mprotect", relro.start, relro.end - relro.start, prot.READ, () => {
      protect(k, relro);
      return 0;
    });
  }
  if (cache !== null) {
    k.note("ClosesCache");
    marked("munmap", cache.start, cache.end - cache.start, 0, () => unmapRange(k, cache.start, cache.end));
    forget(k, files.get(cache.name) ?? 0);
  }
  // That more was mapped for a while is no peak of the program's.
  mmSet(k, "hiwater_vm", mmGet(k, "total_vm"));
  k.note("TouchesPages", acts.pages);
  acts.touchPages();
  k.note("CallsMain", plan.space.startCode);
  acts.beforeMain();
}

/** Cuts relro from the data behind it. Nothing of it is in memory yet: start-up's pages come last, so that a process starts the same either way. */
function protect(k: KernelContext, relro: MappingSpec): void {
  const vma = k.vmas.find(relro.start);
  const before = k.vmas.flags(vma);
  const after = flagsOf(relro) >>> 0;
  k.note("Protect", relro.start, after);
  assert(splitVma(k, vma, relro.end) !== 0, "a new process has room for its mappings");
  k.vmas.set(vma, "vm_flags", after);
  k.vmas.set(vma, "vm_page_prot", pageProtOf(after));
  const pages = pagesOf(relro);
  accountVm(k, before, -pages);
  accountVm(k, after, pages);
  if ((before & vmFlag.ACCOUNT) !== 0) uncommit(k, pages);
}

/** A file that nobody has open any more leaves no trace. */
function forget(k: KernelContext, file: number): void {
  for (let at = file; at < file + fileStruct.stride; at += 8) if (k.bytes.u64(at) !== 0) k.bytes.put64(at, 0);
}

/** Both, with every mapping and page as exec() and start-up code would leave them. */
export function load(k: KernelContext, plan: LoadPlan, marked: Marked, acts: LoadActs): void {
  const { space, cache } = plan;
  const files = openFiles(k, cache === null ? space.mappings : [...space.mappings, cache]);
  marked("execve", 0, 0, 0, () => {
    execve(k, plan, files, acts.placeArguments);
    return 0;
  });
  marked("ld_so", startOf(plan.loader), 0, 0, () => {
    ldSo(k, plan, files, marked, acts);
    return 0;
  });
}
