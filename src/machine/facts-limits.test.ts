/** How much a process can get, as measured on Linux 6.18 with 24684084 kB of RAM: the malloc rows of §a, and §b. Nothing is touched but headers. */
import { describe, expect, it } from "vitest";
import { control } from "../abi/control";
import { errno, mapFlag, prot } from "../abi/linux";
import { machineMemory } from "../abi/machine-memory";
import type { ExecSettings } from "../abi/placement";
import type { MachineSpec } from "../kernel/exec";
import type { Kernel } from "../kernel/kernel";
import type { Machine } from "./machine";
import type { Linkage } from "./program-space";
import { measuredSpace, startKernel, startMalloc } from "./testing/measured";

const PAGE = 4096;
const KIB = 1024;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TWO_32 = 2 ** 32;
const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;
const RAM_KB = 24_684_084;

const amd64: ExecSettings = { abi: "amd64" };
const i386: ExecSettings = { abi: "i386", threeGigabytes: true };
const i386L: ExecSettings = { ...i386, legacy: true };

const malloc = ({ engine }: Machine, bytes: number): number => engine.malloc(bytes >>> 0, Math.floor(bytes / TWO_32));
const lastErrno = ({ memory }: Machine): number =>
  new DataView(memory.buffer).getUint32(machineMemory.control + control.errno, true);

/** The largest request that succeeds, found by halving in one process: each block is freed before the next is asked for. */
function largest(machine: Machine, top: number): number {
  let [low, high] = [0, top];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    const block = malloc(machine, middle);
    if (block === 0) {
      expect(lastErrno(machine)).toBe(errno.ENOMEM);
      high = middle;
    } else {
      low = middle;
      machine.engine.free(block >>> 0, Math.floor(block / TWO_32));
    }
  }
  return low;
}

/** MiB in blocks of that size, until there is no more. */
function sum(machine: Machine, bytes: number): number {
  let count = 0;
  while (malloc(machine, bytes) !== 0) count++;
  return (count * bytes) / MIB;
}

/** Static programs have allocated when main begins: their thread-local block by sbrk, and a first small block by malloc. */
async function start(settings: ExecSettings, linkage: Linkage): Promise<Machine> {
  const machine = await startMalloc(settings, linkage);
  if (linkage === "static") {
    machine.engine.sbrk(0xc00, 0);
    malloc(machine, 16);
  }
  return machine;
}

describe("§a malloc in 3 GiB", () => {
  const rows: readonly (readonly [string, ExecSettings, Linkage, number, number, string])[] = [
    ["static, default", i386, "static", 2_147_483_647, 3056, "3063.8"],
    ["dynamic, default", i386, "dynamic", 2_147_483_647, 3055, "3062.1"],
    ["dynamic PIE, default", i386, "dynamicPie", 1_993_768_924, 3055, "3043.6"],
    ["static, classic", i386L, "static", 2_146_267_100, 2932, "2899.8"],
    ["dynamic, classic", i386L, "dynamic", 2_143_735_772, 2931, "2897.8"],
    ["dynamic PIE, classic", i386L, "dynamicPie", 2_129_367_004, 2035, "2043.4"],
  ];
  it.each(rows)("%s", async (_, settings, linkage, most, megabytes, small) => {
    expect(largest(await start(settings, linkage), 2 ** 31)).toBe(most);
    expect(sum(await start(settings, linkage), MIB)).toBe(megabytes);
    expect(sum(await start(settings, linkage), 64 * KIB).toFixed(1)).toBe(small);
  });
});

/** The longest raw mapping there is room for. */
function longest(kernel: Kernel, flags = ANON): number {
  let [low, high] = [0, 2 ** 48];
  while (high - low > PAGE) {
    const middle = Math.floor((low + high) / 2 / PAGE) * PAGE;
    const got = kernel.mmap(0, middle, RW, flags);
    if (got >= 0) {
      kernel.munmap(got, middle);
      low = middle;
    } else high = middle;
  }
  return low;
}

/** The break, raised in ever smaller steps, none larger than `step`. */
function highestBreak(kernel: Kernel, step: number): number {
  for (let now = step; now >= PAGE; now = Math.floor(now / 2 / PAGE) * PAGE) {
    for (let old = -1; old !== kernel.currentBrk(); kernel.brk(old + now)) old = kernel.currentBrk();
  }
  return kernel.currentBrk();
}

const TIB = 2 ** 40;
const mode = (overcommitMemory: 0 | 1 | 2): Partial<MachineSpec> => ({ overcommitMemory });

describe("§b 64 bits, overcommit", () => {
  it("0: one request is judged by RAM, to the byte; NORESERVE is not judged; steps below RAM reach the libraries", async () => {
    expect(largest(await startMalloc(amd64, "dynamicPie"), 2 ** 47)).toBe(25_276_505_416);
    expect(longest(startKernel(measuredSpace(amd64, "dynamic")))).toBe(RAM_KB * KIB);
    const reserved = ANON | mapFlag.NORESERVE;
    expect(longest(startKernel(measuredSpace(amd64, "dynamic")), reserved)).toBe(140_737_347_629_056);
    expect((longest(startKernel(measuredSpace(amd64, "dynamicPie")), reserved) / TIB).toFixed(1)).toBe("85.3");
    expect(highestBreak(startKernel(measuredSpace(amd64, "dynamic")), 16 * GIB).toString(16)).toBe("7ffff7dcf000");
  });

  const always: readonly (readonly [string, ExecSettings, Linkage, number, string])[] = [
    ["non-PIE", amd64, "dynamic", 0x7fff_f79a_9fe8, "128.0"],
    ["PIE", amd64, "dynamicPie", 0x5555_5554_3fe8, "85.3"],
    ["PIE -L", { abi: "amd64", legacy: true }, "dynamicPie", 0, "42.7"],
  ];
  it.each(always)("1: %s", async (_, settings, linkage, most, tebibytes) => {
    const found = largest(await startMalloc(settings, linkage, { machine: mode(1) }), 2 ** 47);
    expect((found / TIB).toFixed(1)).toBe(tebibytes);
    if (most !== 0) expect(found).toBe(most);
    const hole = longest(startKernel(measuredSpace(settings, linkage), mode(1)));
    expect((hole / TIB).toFixed(1)).toBe(tebibytes);
    const reserved = longest(startKernel(measuredSpace(settings, linkage), mode(1)), ANON | mapFlag.NORESERVE);
    expect(reserved).toBe(hole);
  });

  it("0: 20000 times malloc(1 GiB)", async () => {
    const machine = await startMalloc(amd64, "dynamicPie");
    const begin = machine.kernel.status().VmRSS;
    for (let count = 0; count < 20_000; count++) if (malloc(machine, GIB) === 0) throw new Error(`the ${count}th failed`);
    const { VmSize, VmRSS, VmPTE } = machine.kernel.status();
    // A process that begins as measured has 1368 kB.
    const resident = VmRSS - begin + 1368;
    expect([Math.round(VmSize / 2 ** 30), Math.round(resident / 1000), Math.round(VmPTE / 1000)]).toEqual([20, 81, 160]);
  });

  it("2: what is left of the limit, less a reserve; NORESERVE does not help; 11 times 1 GiB", async () => {
    const limitKb = 12_342_040;
    const others = { ...mode(2), committedElsewhere: (limitKb - 11_980 * KIB) / 4, mapsLow: true };
    const own = startKernel(measuredSpace(amd64, "dynamic"), others);
    const found = longest(own);
    expect(Math.round(found / MIB)).toBe(11_980);
    expect(longest(own, ANON | mapFlag.NORESERVE)).toBe(found);
    expect(Math.round(largest(await startMalloc(amd64, "dynamic", { machine: others }), 2 ** 47) / MIB)).toBe(11_980);
    const kernel = startKernel(measuredSpace(amd64, "dynamic"), others);
    const start = kernel.currentBrk();
    // The reserve is a 32nd of the process, 128 MiB at most: what grows in steps gets that much less.
    expect(Math.round((highestBreak(kernel, GIB) - start) / MIB)).toBe(11_980 - 128);
    const many = await startMalloc(amd64, "dynamicPie", { machine: others });
    expect(sum(many, GIB) / KIB).toBe(11);
    expect(lastErrno(many)).toBe(errno.ENOMEM);
  });

  it("touching 100 MiB of such a block makes them resident and nothing else", () => {
    const kernel = startKernel(measuredSpace(amd64, "dynamic"));
    const block = kernel.mmap(0, 20 * GIB, RW, ANON);
    const before = kernel.status();
    const megabytes = 100;
    for (let at = block; at < block + megabytes * MIB; at += PAGE) kernel.access(at, true);
    const { VmRSS, VmSize, RssAnon } = kernel.status();
    expect([VmRSS - before.VmRSS, RssAnon - before.RssAnon, VmSize - before.VmSize]).toEqual([
      megabytes * KIB,
      megabytes * KIB,
      0,
    ]);
  });
});
