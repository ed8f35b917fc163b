/** malloc and the memory under it, as measured with glibc 2.36 on Linux 6.18: rows of §c, §d and §e. kB unless named otherwise. */
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { mmStruct } from "../abi/kernel";
import { advice, mapFlag, prot } from "../abi/linux";
import { defaultLayout } from "./layout";
import { createMachine, type Machine } from "./machine";
import { startMalloc } from "./testing/measured";

const PAGE = 4096;
const KIB = 1024;
const MIB = 2 ** 20;
const M_MMAP_THRESHOLD = -3;
const hex = (value: number): string => value.toString(16);
let module: WebAssembly.Module;
let spare: Machine | undefined;

beforeAll(async () => {
  module = await WebAssembly.compile(await readFile(new URL("../../build/engine/engine.wasm", import.meta.url)));
});

type Abi = "amd64" | "i386";

/** A small dynamic PIE program; 32 bits as `setarch i686 -R -3` runs it. */
async function start(abi: Abi = "amd64"): Promise<Machine> {
  if (abi === "i386") return startMalloc({ abi, threeGigabytes: true }, "dynamicPie");
  const layout = defaultLayout("/home/user/demo", { textBytes: 900, rodataBytes: 100, dataBytes: 8, bssBytes: 16 });
  const reuse = spare === undefined ? {} : { reuse: spare };
  spare = createMachine({ module, layout, glibc: "2.36", abi, tcacheKey: 0x1234_5678_9abc_def1n, ...reuse });
  return spare;
}

const malloc = ({ engine }: Machine, bytes: number): number => engine.malloc(bytes, 0);
const free = ({ engine }: Machine, block: number): void => engine.free(block >>> 0, Math.floor(block / 2 ** 32));
const faults = ({ kernel }: Pick<Machine, "kernel">): number => kernel.context.bytes.u64(mmStruct.at + mmStruct.min_flt);
const status = ({ kernel }: Machine) => kernel.status();

/** Touches every 4096th byte from `from` on and says how many faults that took. */
function touch(machine: Machine, from: number, bytes: number, write: boolean): number {
  const before = faults(machine);
  for (let at = from; at < from + bytes; at += PAGE) machine.kernel.access(at, write);
  return faults(machine) - before;
}

/** malloc, then every byte written. */
function written(machine: Machine, bytes: number): number {
  const block = malloc(machine, bytes);
  touch(machine, block, bytes, true);
  return block;
}

const isMapped = (machine: Machine, block: number): boolean =>
  (machine.engine.load(block - (machine.process.wordBytes as number), 4) & 2) !== 0;

describe("§c the memory hole", () => {
  it("four blocks of 100 KiB: only the topmost lets the break fall", async () => {
    const machine = await start();
    const heap = machine.process.heapStart;
    const [a, b, c, d] = [0, 1, 2, 3].map(() => written(machine, 100 * KIB)) as [number, number, number, number];
    const full = [machine.kernel.currentBrk() - heap, status(machine).VmRSS];
    for (const block of [a, b, c]) free(machine, block);
    expect([machine.kernel.currentBrk() - heap, status(machine).VmRSS]).toEqual(full);
    const brk = machine.kernel.currentBrk();
    free(machine, d);
    expect((full[1] ?? 0) - status(machine).VmRSS).toBe(2028 - 1756);
    expect(hex(brk - machine.kernel.currentBrk())).toBe("64000");
    expect(hex(full[0] ?? 0)).toBe(hex(0x5555_555e_e000 - 0x5555_5556_9000));
  });

  it.each([
    ["amd64", 0x2_1000],
    ["i386", 0x2_2000],
  ] as const)("%s: the first heap", async (abi, bytes) => {
    const machine = await start(abi);
    malloc(machine, 16);
    expect(hex(machine.kernel.currentBrk() - machine.process.heapStart)).toBe(hex(bytes));
  });

  it.each([
    [500, "up", true],
    [500, "down", false],
    [2000, "up", true],
    [2000, "down", true],
  ] as const)("2000 blocks of %i freed bottom-%s: trims %s", async (bytes, order, trims) => {
    const machine = await start();
    const blocks = Array.from({ length: 2000 }, () => malloc(machine, bytes));
    const full = machine.kernel.currentBrk();
    if (order === "down") blocks.reverse();
    for (const block of blocks) free(machine, block);
    expect(machine.kernel.currentBrk() < full).toBe(trims);
  });

  it("malloc_trim gives the pages of a hole back, but the break falls by the top pad only", async () => {
    const machine = await start();
    machine.engine.mallopt(M_MMAP_THRESHOLD, 32 * MIB);
    const blocks = [0, 1, 2, 3].map(() => written(machine, 10 * MIB));
    const full = status(machine).VmRSS;
    for (const block of blocks.slice(0, 3)) free(machine, block);
    expect(status(machine).VmRSS).toBe(full);
    const brk = machine.kernel.currentBrk();
    machine.engine.malloc_trim(0, 0);
    expect(full - status(machine).VmRSS).toBe(42_588 - 11_872);
    expect((brk - machine.kernel.currentBrk()) / KIB).toBe(128);
    expect(touch(machine, malloc(machine, 5 * MIB), 5 * MIB, true)).toBe(1279);
  });
});

describe("§d the mmap threshold", () => {
  const rows = [
    ["amd64", 131_048, 0x2_1000, 135_144, 33_550_312, 33_550_313],
    ["i386", 131_052, 0x2_0ff8, 135_148, 520_204, 524_276],
  ] as const;
  it.each(rows)("%s: last request from the heap, first mapping, after its free, largest that moves it", async (...row) => {
    const [abi, last, chunk, raised, cap, never] = row;
    /** With so little left in the first heap that it serves nothing of these sizes. */
    const full = async (): Promise<Machine> => {
      const machine = await start(abi);
      malloc(machine, 130_000);
      return machine;
    };
    const heap = await full();
    expect(isMapped(heap, malloc(heap, last))).toBe(false);
    const machine = await full();
    const mapped = malloc(machine, last + 1);
    expect(isMapped(machine, mapped)).toBe(true);
    expect(mapped % PAGE).toBe(0x10);
    expect(machine.engine.load(mapped - machine.process.wordBytes, 4) >>> 0).toBe(chunk | 2);
    free(machine, mapped);
    expect([raised + 1, raised].map((bytes) => isMapped(machine, malloc(machine, bytes)))).toEqual([true, false]);

    const moves = async (bytes: number): Promise<boolean> => {
      const fresh = await start(abi);
      const block = malloc(fresh, bytes);
      expect(isMapped(fresh, block)).toBe(true);
      free(fresh, block);
      return !isMapped(fresh, malloc(fresh, bytes));
    };
    expect([await moves(cap), await moves(never)]).toEqual([true, false]);
  });

  it("a fresh process serves 134000 from the first heap", async () => {
    const machine = await start();
    malloc(machine, 16);
    expect(isMapped(machine, malloc(machine, 134_000))).toBe(false);
  });

  it("1 MiB freed: 1052648 from the heap, 1052649 mapped", async () => {
    const machine = await start();
    free(machine, malloc(machine, MIB));
    expect([1_052_648, 1_052_649].map((bytes) => isMapped(machine, malloc(machine, bytes)))).toEqual([false, true]);
  });
});

describe("§e VIRT, RES, faults, page tables", () => {
  const huge: readonly (readonly [string, boolean, number, number, number])[] = [
    ["8 MiB without advice", false, 8 * MIB, 2048, 8 * KIB],
    ["8 MiB after MADV_HUGEPAGE", true, 8 * MIB, 4, 8 * KIB],
    ["one byte after MADV_HUGEPAGE", true, 1, 1, 2 * KIB],
  ];
  it.each(huge)("transparent huge pages, enabled=madvise: %s", async (_, advised, bytes, count, kB) => {
    const { kernel } = await start();
    const block = kernel.mmap(0, 8 * MIB, prot.READ | prot.WRITE, mapFlag.PRIVATE | mapFlag.ANONYMOUS);
    if (advised) kernel.madvise(block, 8 * MIB, advice.HUGEPAGE);
    const before = { count: faults({ kernel }), RssAnon: kernel.status().RssAnon };
    for (let at = block; at < block + bytes; at += PAGE) kernel.access(at, true);
    expect(faults({ kernel }) - before.count).toBe(count);
    expect(kernel.status().RssAnon - before.RssAnon).toBe(kB);
    const whole = kernel.smaps().find((entry) => entry.start === block);
    expect(whole?.anonHuge).toBe(advised ? kB : 0);
  });

  it("100 MiB: asked for, half written, a quarter read, the same written, again, freed", async () => {
    const machine = await start();
    const begin = status(machine);
    expect(begin.VmPTE).toBe(32);
    const note = (minor: number): number[] => {
      const { VmSize, RssAnon, VmPTE } = status(machine);
      return [VmSize - begin.VmSize, RssAnon - begin.RssAnon, minor, VmPTE];
    };
    const before = faults(machine);
    const block = malloc(machine, 100 * MIB);
    const half = block + 50 * MIB;
    const virt = 102_400 + 4 + 132;
    // RES of the header's page and of malloc's first heap page; then what was measured.
    expect(note(faults(machine) - before)).toEqual([virt, 8, 2, 36]);
    expect(note(touch(machine, block, 50 * MIB, true))).toEqual([virt, 8 + 52_828 - 1632, 12_799, 136]);
    expect(note(touch(machine, half, 25 * MIB, false))).toEqual([virt, 8 + 52_828 - 1632, 6400, 188]);
    expect(note(touch(machine, half, 25 * MIB, true))).toEqual([virt, 8 + 78_428 - 1632, 6400, 188]);
    expect(note(touch(machine, block, 75 * MIB, true))).toEqual([virt, 8 + 78_428 - 1632, 0, 188]);
    free(machine, block);
    expect(note(0)).toEqual([2540 - 2408, 4, 0, 32]);
    // Above 32 MiB the threshold does not follow.
    expect(isMapped(machine, malloc(machine, 200_000))).toBe(true);
  });

  it("calloc(64 MiB) writes nothing", async () => {
    const machine = await start();
    malloc(machine, 16);
    const before = status(machine);
    machine.engine.calloc(1, 0, 64 * MIB, 0);
    const { VmSize, RssAnon } = status(machine);
    expect(VmSize - before.VmSize).toBe(65_540);
    expect(RssAnon - before.RssAnon).toBe(4);
  });

  const loops: readonly (readonly [string, Abi, boolean, readonly number[]])[] = [
    ["64 bits: the threshold moves", "amd64", false, [257, 256, 0, 0, 0, 0]],
    ["64 bits: threshold fixed by mallopt", "amd64", true, [256, 256, 256, 256, 256, 256]],
    ["32 bits: 1 MiB is above what may move it", "i386", false, [256, 256, 256, 256, 256, 256]],
  ];
  it.each(loops)("1 MiB six times over, %s", async (_, abi, fixed, expected) => {
    const machine = await start(abi);
    // The one fault more at the very first is the first heap page.
    if (expected[0] === 256) malloc(machine, 16);
    if (fixed) machine.engine.mallopt(M_MMAP_THRESHOLD, 128 * KIB);
    const counts = expected.map(() => {
      const before = faults(machine);
      free(machine, written(machine, MIB));
      return faults(machine) - before;
    });
    expect(counts).toEqual(expected);
  });
});
