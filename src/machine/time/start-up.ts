/**
 * What stands in a process before main runs: the program's data, and at the top of the stack what execve and the C library's start code leave.
 *
 *   stackTop ─► 8 zero bytes · file name · environment · arguments · "x86_64" · 16 random bytes        (System V ABI for x86-64, §3.4.1)
 *               …
 *   startStack  argc · argv[0] … NULL · envp[0] … NULL · auxiliary vector … AT_NULL
 *               frames of _start and __libc_start_main
 *   stackPointer ─► main
 */
import { control } from "../../abi/control";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import type { ProgramLayout } from "../../clang/target";
import { defaultLayout } from "../layout";
import type { Machine } from "../machine";

/** Stack that _start and __libc_start_main use above main's return address. */
const START_CODE_BYTES = 0x120;
const AT_NULL = 0;
const AT_PAGESZ = 6;
const AT_PLATFORM = 15;
const AT_RANDOM = 25;
const AT_EXECFN = 31;

export type CProcessLayout = ReturnType<typeof defaultLayout>;

export interface StartUp {
  readonly path: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Stores bytes at a linear offset: word by word where there is a journal. */
function write({ bytes: memory, engine }: Machine, offset: number, bytes: Uint8Array): void {
  const view = new DataView(memory.buffer);
  if (view.getUint32(machineMemory.control + control.tracing, true) === 0) {
    memory.set(bytes, offset);
    return;
  }
  for (let done = 0; done < bytes.length; ) {
    const at = offset + done;
    const size = at % 8 === 0 && bytes.length - done >= 8 ? 8 : 1;
    const word = new DataView(bytes.buffer, bytes.byteOffset + done, size);
    const [lo, hi] = size === 8 ? [word.getUint32(0, true), word.getUint32(4, true)] : [word.getUint8(0), 0];
    const before = size === 8 ? [view.getUint32(at, true), view.getUint32(at + 4, true)] : [view.getUint8(at), 0];
    if (lo !== before[0] || hi !== before[1]) engine.put(at, size, lo, hi);
    done += size;
  }
}

/** Stores bytes into resident pages, without the process noticing. */
function poke(machine: Machine, addr: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    const at = addr + done;
    const take = Math.min(PAGE_SIZE - (at % PAGE_SIZE), bytes.length - done);
    const offset = machine.kernel.linearOffset(at);
    if (offset < 0) throw new Error("start-up writes to a page that is not there");
    write(machine, offset, bytes.subarray(done, done + take));
    done += take;
  }
}

/** Fills .rodata (pages of the file) and .data (private copies already made or made here). */
export function loadImage(
  machine: Machine,
  layout: ProgramLayout,
  image: { readonly rodata: Uint8Array; readonly data: Uint8Array },
): void {
  const pageOf = (addr: number) => addr - (addr % PAGE_SIZE);
  for (let page = pageOf(layout.rodata); page < layout.rodata + image.rodata.length; page += PAGE_SIZE) {
    if (machine.kernel.linearOffset(page) < 0 && machine.kernel.installFilePage(page) < 0)
      throw new Error("no frame left for the program");
  }
  poke(machine, layout.rodata, image.rodata);
  machine.kernel.touch(pageOf(layout.data), layout.data + image.data.length);
  poke(machine, layout.data, image.data);
}

export interface StartPlan {
  /** Where everything will be. */
  readonly start: ProgramLayout;
  /** Writes the arguments. */
  place(machine: Machine): void;
}

/** Lays the arguments out. */
export function planStart(layout: CProcessLayout, wordBytes: 4 | 8, { path, args, environment }: StartUp): StartPlan {
  const encoder = new TextEncoder();
  const strings: Uint8Array[] = [];
  let at = layout.stackTop - 8;
  const place = (bytes: Uint8Array): number => {
    at -= bytes.length;
    strings.push(bytes);
    return at;
  };
  const text = (value: string) => place(encoder.encode(`${value}\0`));
  const execfn = text(path);
  const envp = Object.entries(environment).map(([name, value]) => text(`${name}=${value}`));
  const argv = [path, ...args].map(text);
  const platform = text(wordBytes === 8 ? "x86_64" : "i686");
  const random = place(new Uint8Array(16));
  const auxiliary = [AT_PAGESZ, PAGE_SIZE, AT_RANDOM, random, AT_PLATFORM, platform, AT_EXECFN, execfn, AT_NULL, 0];
  const words = [argv.length, ...argv, 0, ...envp, 0, ...auxiliary];
  const argc = Math.min(layout.space.startStack, Math.floor((at - words.length * wordBytes) / 16) * 16);

  const placeArguments = (machine: Machine): void => {
    machine.kernel.touch(argc - PAGE_SIZE - (argc % PAGE_SIZE), layout.stackTop);
    let top = layout.stackTop - 8;
    for (const bytes of strings) poke(machine, (top -= bytes.length), bytes);
    const vector = wordBytes === 8 ? new BigUint64Array(words.map(BigInt)) : new Uint32Array(words);
    poke(machine, argc, new Uint8Array(vector.buffer));
  };

  const base = layout.programBase ?? 0;
  const { program } = layout;
  const start = {
    text: base + program.text,
    rodata: base + program.rodata,
    data: base + program.data,
    bss: base + program.bss,
    stackPointer: argc - START_CODE_BYTES,
    argc: argv.length,
    argv: argc + wordBytes,
    libcData: layout.libcData?.data ?? 0,
    stdoutFile: layout.libcData?.stdoutFile ?? 0,
  };
  return { start, place: placeArguments };
}
