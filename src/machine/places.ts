/**
 * Where the kernel and the loader put the parts of a process, by the kind of its address space.
 *
 *   top-down    program … [heap] ──►        ◄── mmap · libc · loader's cache file (gone) · loader's words · [vvar] · ld.so │ gap │ ◄── [stack]
 *   bottom-up   program, [heap] ──►  │ ld.so · [vvar] · loader's words · cache file (gone) · libc · mmap ──►                 ◄── [stack]
 *                                    └ a third of the address space; a 32-bit heap below it has less than 1 GiB
 *
 * arch/x86/mm/mmap.c: arch_pick_mmap_layout; fs/binfmt_elf.c: load_elf_binary. Measured with dynamic programs, with and without -no-pie.
 */
import { type AddressSpaceKind, CACHE_FILE_BYTES, FIXED_PROGRAM_BASE, LOADER_SCRATCH_BYTES, vdsoBytes } from "../abi/layouts";
import { PAGE_SIZE } from "../abi/machine-memory";
import { execSettings, placement } from "../abi/placement";
import { aslrShifts, type LayoutShifts, noShifts } from "./aslr";

/** What is chosen of a process's address space. */
export interface Placing {
  readonly abi: "amd64" | "i386";
  readonly kind: AddressSpaceKind;
  /** The program can stand anywhere. */
  readonly pie: boolean;
  /** Of address randomisation; null without. */
  readonly seed: number | null;
}

export interface Places {
  readonly taskSize: number;
  readonly topdown: boolean;
  readonly mmapBase: number;
  readonly programBase: number;
  readonly ldsoBase: number;
  /** First of the kernel's own pages. */
  readonly vvar: number;
  /** Two pages of the loader's own words; on i386 they hold the main thread's block. */
  readonly loaderWords: number;
  readonly libcBase: number;
  readonly stackTop: number;
  /** Bytes left free between bss and the heap. */
  readonly brkGap: number;
}

/** Fewer bits are random where there is less room: 8 of program and mmap base, 11 of the stack. */
function narrowed({ program, mmap, stackRoom, stack, brk }: LayoutShifts): LayoutShifts {
  const low = (bytes: number, pages: number): number => bytes % (pages * PAGE_SIZE);
  return { program: low(program, 0x100), mmap: low(mmap + stackRoom, 0x100), stackRoom: 0, stack: low(stack, 0x800), brk };
}

export function placesOf({ abi, kind, pie, seed }: Placing, ldsoBytes: number, libcBytes: number): Places {
  const { taskSize, topdown, pieBase, mmapBase: mmaps } = placement(execSettings(abi, kind));
  const wide = seed === null ? noShifts : aslrShifts(seed);
  const shift = abi === "i386" ? narrowed(wide) : wide;
  const common = {
    taskSize,
    topdown,
    programBase: pie ? pieBase + shift.program : FIXED_PROGRAM_BASE[abi],
    stackTop: taskSize - shift.stack,
    brkGap: shift.brk,
  };
  if (topdown) {
    const mmapBase = mmaps - shift.mmap - shift.stackRoom;
    const ldsoBase = mmapBase - ldsoBytes;
    const vvar = ldsoBase - vdsoBytes;
    const loaderWords = vvar - LOADER_SCRATCH_BYTES;
    return { ...common, mmapBase, ldsoBase, vvar, loaderWords, libcBase: loaderWords - CACHE_FILE_BYTES[abi] - libcBytes };
  }
  const mmapBase = mmaps + shift.mmap;
  const vvar = mmapBase + ldsoBytes;
  const loaderWords = vvar + vdsoBytes;
  const libcBase = loaderWords + LOADER_SCRATCH_BYTES + CACHE_FILE_BYTES[abi];
  return { ...common, mmapBase, ldsoBase: mmapBase, vvar, loaderWords, libcBase };
}
