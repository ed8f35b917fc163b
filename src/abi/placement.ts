/**
 * Where execve puts things, from the settings that decide it: width, personality and RLIMIT_STACK. Address randomisation moves them further.
 * arch/x86/mm/mmap.c: mmap_base; fs/binfmt_elf.c: load_elf_binary; arch/x86/include/asm/elf.h.
 */
import type { AddressSpaceKind } from "./layouts";
import { STACK_GUARD_GAP_PAGES } from "./linux";
import { PAGE_SIZE } from "./machine-memory";

export interface ExecSettings {
  readonly abi: "amd64" | "i386";
  /** ADDR_LIMIT_3GB (setarch -3): a 32-bit process stays below 3 GiB. */
  readonly threeGigabytes?: boolean;
  /** ADDR_COMPAT_LAYOUT (setarch -L): mmaps bottom-up from a third of the address space. */
  readonly legacy?: boolean;
  /** RLIMIT_STACK at exec in bytes; Infinity for none. Later changes move nothing. */
  readonly stackLimit?: number;
}

export interface Placement {
  /** First address that is not the process's; the stack ends there. */
  readonly taskSize: number;
  readonly mmapBase: number;
  readonly topdown: boolean;
  /** Bytes of the stack's first mapping. */
  readonly stackBytes: number;
  /** Where a program without a fixed place is put that has a loader. */
  readonly pieBase: number;
  /** Where the heap begins when such a program has none and stands among the mmaps. */
  readonly staticPieBrk: number;
}

const MIB = 2 ** 20;
const TASK_SIZE_64 = 0x7fff_ffff_f000;
const TASK_SIZE_32 = 0xffff_e000;
const TASK_SIZE_3GB = 0xc000_0000;
const MINIMUM_GAP = 128 * MIB;
/** The stack is made 128 KiB larger than its contents, one page here, when it is set up; never larger than its limit. */
const STACK_ROOM = 0x2_0000;
/** 32-bit programs stand this far above where legacy mmaps begin. */
const PIE_ABOVE_LEGACY = 16 * MIB;

const whole = (bytes: number): number => Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;

/** The gap for the stack is its limit and the guard, at least 128 MiB, at most five sixths of everything. */
function topDownBase(taskSize: number, stackLimit: number): number {
  const gap = Math.min(Math.max(stackLimit + STACK_GUARD_GAP_PAGES * PAGE_SIZE, MINIMUM_GAP), Math.floor(taskSize / 6) * 5);
  return whole(taskSize - gap);
}

/** The personality behind a kind of address space; a 64-bit process knows no 3 GiB, there those kinds are as without. */
export function execSettings(abi: ExecSettings["abi"], kind: AddressSpaceKind): ExecSettings {
  return { abi, threeGigabytes: kind === "3g" || kind === "3g-legacy", legacy: kind === "legacy" || kind === "3g-legacy" };
}

export function placement({ abi, threeGigabytes = false, legacy = false, stackLimit = 8 * MIB }: ExecSettings): Placement {
  const narrow = abi === "i386";
  const taskSize = !narrow ? TASK_SIZE_64 : threeGigabytes ? TASK_SIZE_3GB : TASK_SIZE_32;
  const legacyBase = whole(taskSize / 3);
  const dynamicBase = narrow ? legacyBase + PIE_ABOVE_LEGACY : Math.floor(taskSize / 3) * 2;
  return {
    taskSize,
    mmapBase: legacy ? legacyBase : topDownBase(taskSize, stackLimit),
    topdown: !legacy,
    stackBytes: Math.min(STACK_ROOM + PAGE_SIZE, whole(stackLimit)),
    pieBase: dynamicBase - (dynamicBase % PAGE_SIZE),
    staticPieBrk: whole(dynamicBase),
  };
}
