/** Programs of the measurements, as gcc and Debian's libraries lay them out, and processes that run them. */
import { readFile } from "node:fs/promises";
import { type LibrarySpec, ldso236, ldso32, libc236, type SegmentRow } from "../../abi/layouts";
import { HEAP_WINDOW_SLOTS, machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import type { ExecSettings } from "../../abi/placement";
import { defaultMachineSpec, type MachineSpec } from "../../kernel/exec";
import { createKernel, type Kernel } from "../../kernel/kernel";
import { createMachine, type Machine } from "../machine";
import { type Linkage, type ProgramSpace, programSpace } from "../program-space";

/** Debian's libc6-i386 2.36. */
const libc32: LibrarySpec = {
  path: "/usr/lib32/libc.so.6",
  inode: 1548302,
  segments: [
    [0x0, 0x2_2000, "r--p", 0x0],
    [0x2_2000, 0x17_9000, "r-xp", 0x2_2000],
    [0x19_b000, 0x8_0000, "r--p", 0x19_b000],
    [0x21_b000, 0x2000, "r--p", 0x21_b000],
    [0x21_d000, 0x1000, "rw-p", 0x21_d000],
    [0x21_e000, 0xa000, "rw-p", null],
  ],
  touched: [],
  read: [],
};

const small: readonly SegmentRow[] = [
  [0x0, 0x1000, "r--p", 0x0],
  [0x1000, 0x1000, "r-xp", 0x1000],
  [0x2000, 0x1000, "r--p", 0x2000],
  [0x3000, 0x1000, "r--p", 0x2000],
  [0x4000, 0x1000, "rw-p", 0x3000],
];
/** A program with libc inside. */
const whole32: readonly SegmentRow[] = [
  [0x0, 0x1000, "r--p", 0x0],
  [0x1000, 0x6_e000, "r-xp", 0x1000],
  [0x6_f000, 0x3_2000, "r--p", 0x6_f000],
  [0xa_1000, 0x3000, "r--p", 0xa_0000],
  [0xa_4000, 0x2000, "rw-p", 0xa_3000],
  [0xa_6000, 0x3000, "rw-p", null],
];
const whole64: readonly SegmentRow[] = [
  [0x0, 0x1000, "r--p", 0x0],
  [0x1000, 0x2000, "r-xp", 0x1000],
  [0x3000, 0x1000, "r--p", 0x3000],
  [0x4000, 0x1a_2000, "rw-p", null],
];

export function measuredSpace(settings: ExecSettings, linkage: Linkage): ProgramSpace {
  const narrow = settings.abi === "i386";
  const inside = narrow ? whole32 : whole64;
  const program = { path: "/home/user/probe", segments: linkage.startsWith("static") ? inside : small };
  return programSpace(settings, linkage, program, narrow ? ldso32 : ldso236, narrow ? libc32 : libc236);
}

const FRAMES = HEAP_WINDOW_SLOTS + 32_768;
const memory = new ArrayBuffer(machineMemory.frames + FRAMES * PAGE_SIZE);
/** Memory of the kernel that was started last. */
export const bytes = new Uint8Array(memory);
const words = new Uint32Array(memory);
const written = new Set<number>();

/** A kernel alone, in one memory that the next process takes over. */
export function startKernel({ space }: ProgramSpace, machine: Partial<MachineSpec> = {}): Kernel {
  for (const page of written) bytes.fill(0, page, page + PAGE_SIZE);
  written.clear();
  const kernel = createKernel({
    memory,
    put: (offset, size, lo, hi) => {
      written.add(offset - (offset % PAGE_SIZE));
      words[offset >>> 2] = lo;
      if (size === 8) words[(offset >>> 2) + 1] = hi;
    },
    zeroFrame: (offset) => {
      if (written.has(offset)) bytes.fill(0, offset, offset + PAGE_SIZE);
    },
    tidy: (offset, value) => {
      written.add(offset - (offset % PAGE_SIZE));
      words[offset >>> 2] = value;
    },
    emptyFrame: (frame) => void bytes.fill(0, frame, frame + PAGE_SIZE),
    copyFrame: (to, from) => {
      written.add(to);
      bytes.copyWithin(to, from, from + PAGE_SIZE);
    },
    mark: () => {},
    flush: () => {},
  });
  kernel.exec(space, { ...defaultMachineSpec, ...machine });
  return kernel;
}

let module: WebAssembly.Module | undefined;
let spare: Machine | undefined;

/** First writable page of the build that stands for the measured one, from its base: there malloc's variables lie, and behind them is room. */
const VARIABLES_32 = 0x20_b000;
const TLS_32 = 0x20_f000;
/** In the loader's scratch pages, which are writable in every layout. */
const TLS_64 = 0x1000;

/** A process with malloc; libc's variables stand in the writable memory of libc, or (32 bits) of the program that has libc inside. */
export async function startMalloc(
  settings: ExecSettings,
  linkage: Linkage,
  { environment = {}, machine = {} }: { environment?: Readonly<Record<string, string>>; machine?: Partial<MachineSpec> } = {},
): Promise<Machine> {
  module ??= await WebAssembly.compile(await readFile(new URL("../../../build/engine/engine.wasm", import.meta.url)));
  const { space, libcBase, scratch, programBase } = measuredSpace(settings, linkage);
  const writable = space.mappings.find(({ perms, start }) => perms === "rw-p" && start > (libcBase ?? programBase))?.start ?? 0;
  const narrow = settings.abi === "i386";
  const base = narrow ? writable - VARIABLES_32 : (libcBase ?? 0);
  spare = createMachine({
    module,
    layout: {
      space,
      libcBase: base,
      libcTls: narrow ? base + TLS_32 : (scratch ?? 0) + TLS_64,
      programBase: null,
      stackTop: space.taskSize,
      libcData: null,
      touched: [],
      read: [],
    },
    glibc: "2.36",
    abi: settings.abi,
    tcacheKey: 0x1234_5678_9abc_def1n,
    environment,
    machine: { ...defaultMachineSpec, ...machine },
    ...(spare === undefined ? {} : { reuse: spare }),
  });
  return spare;
}
