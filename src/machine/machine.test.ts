import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { control } from "../abi/control";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { defaultLayout, type ProcessLayout } from "./layout";
import { createMachine, type Machine, parseTunable } from "./machine";

const small = { textBytes: 900, rodataBytes: 100, dataBytes: 8, bssBytes: 16 };
let module: WebAssembly.Module;
let spare: Machine | undefined;

/** A process with a small C program in it; one memory serves all tests. */
function start(
  layout: ProcessLayout = defaultLayout("/home/user/demo", small),
  environment: Record<string, string> = {},
): Machine {
  const reuse = spare === undefined ? {} : { reuse: spare };
  spare = createMachine({
    module,
    layout,
    glibc: "2.36",
    abi: "amd64",
    tcacheKey: 0x1234_5678_9abc_def1n,
    environment,
    ...reuse,
  });
  return spare;
}

function word(machine: Machine, addr: number): bigint {
  const bytes = new Uint8Array(8);
  machine.peek(addr, bytes);
  return new DataView(bytes.buffer).getBigUint64(0, true);
}

beforeAll(async () => {
  module = await WebAssembly.compile(await readFile(new URL("../../build/engine/engine.wasm", import.meta.url)));
});

describe("a process", () => {
  it("has the mappings of a small program on Debian 12 without address randomisation", () => {
    const maps = start().kernel.maps().split("\n");
    expect(maps[0]).toBe("555555554000-555555555000 r--p 00000000 fe:00 5349383                    /home/user/demo");
    expect(maps[4]).toBe("555555558000-555555559000 rw-p 00003000 fe:00 5349383                    /home/user/demo");
    expect(maps[5]).toBe("7ffff7dd0000-7ffff7dd3000 rw-p 00000000 00:00 0 ");
    expect(maps).toContain("7ffff7fc8000-7ffff7fca000 r-xp 00000000 00:00 0                          [vdso]");
    expect(maps).toContain("7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0                          [stack]");
    expect(maps.at(-2)).toBe("ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]");
  });

  it("has the sizes that /proc/self/status shows for such a program before its first malloc", () => {
    const { VmSize, RssAnon, RssFile, VmData, VmStk, VmExe, VmLib, VmPTE } = start().kernel.status();
    expect({ VmSize, VmData, VmStk, VmExe, VmLib, VmPTE }).toEqual({
      VmSize: 2344,
      VmData: 92,
      VmStk: 132,
      VmExe: 4,
      VmLib: 1528,
      VmPTE: 32,
    });
    expect(RssAnon).toBe(88);
    // Measured with the program's read-only data (it arrives with the program), and with a libc one page higher, whose first group of
    // text pages is one shorter.
    expect(RssFile).toBe(960);
  });

  it("has all of main_arena in the second hot region, unless its pages are taken away", () => {
    const machine = start();
    const block = new DataView(machine.memory.buffer, machineMemory.control);
    const region = (): readonly [number, number] => [
      Number(block.getBigUint64(control.hot1Start, true)),
      Number(block.getBigUint64(control.hot1Length, true)),
    ];
    const [from, length] = region();
    expect(from).toBeLessThanOrEqual(machine.process.mp);
    expect(from + length).toBeGreaterThanOrEqual(machine.process.mainArena + 2200);
    machine.kernel.mprotect(from + PAGE_SIZE, PAGE_SIZE, 1);
    expect(region()).toEqual([from, PAGE_SIZE]);
  });

  it("gets its first block behind the tcache at the start of the heap", () => {
    const machine = start();
    const outcome = machine.call(() => machine.engine.malloc(24, 0));
    expect(outcome).toEqual({ kind: "ok", value: 0x5555_5555_92a0 });
    expect(machine.kernel.maps()).toContain("555555559000-55555557a000 rw-p 00000000 00:00 0                          [heap]");
    expect(word(machine, machine.process.tcachePointer)).toBe(0x5555_5555_9010n);
    expect(word(machine, machine.process.tcacheKey)).toBe(0x1234_5678_9abc_def1n);
  });

  it("starts from the same bytes whether its memory is fresh or used", () => {
    const used = start();
    used.call(() => used.engine.malloc(100_000, 0));
    used.call(() => used.engine.fill(0x5555_5555_92a0, 0xa5, 100_000));
    used.call(() => used.engine.malloc(4_000_000, 0));
    const again = start();
    const hash = (machine: Machine): number => {
      const words = new Uint32Array(machine.memory.buffer, 0, (machineMemory.frames + 64 * PAGE_SIZE) >>> 2);
      let sum = 0;
      for (const [from, to] of [
        [machineMemory.control, machineMemory.scratch],
        [machineMemory.frames, words.length * 4],
      ] as const) {
        for (let i = from >>> 2; i < to >>> 2; i++) sum = (Math.imul(sum, 31) + (words[i] ?? 0)) | 0;
      }
      return sum;
    };
    const reused = hash(again);
    spare = undefined;
    expect(hash(start())).toBe(reused);
  });

  it("dies by SIGSEGV at the address it may not touch, and keeps its memory for looking at", () => {
    const machine = start();
    const outcome = machine.call(() => machine.engine.store(0x1234_5678, 8, 1, 0));
    expect(outcome).toMatchObject({
      kind: "stopped",
      report: { stop: "signal", signal: 11, signalCode: 1, signalAddr: 0x1234_5678n, signalWrite: true },
    });
    expect(machine.kernel.maps()).toContain("[stack]");
  });

  it("aborts with glibc's words on a double free", () => {
    const machine = start();
    const block = machine.engine.malloc(24, 0);
    const free = (): void => machine.engine.free(block % 2 ** 32, Math.floor(block / 2 ** 32));
    expect(machine.call(free).kind).toBe("ok");
    expect(machine.call(free)).toMatchObject({
      kind: "stopped",
      report: { stop: "abort", signal: 6, message: "free(): double free detected in tcache 2\n" },
    });
  });

  it("is stopped when linear memory has no room for another frame", () => {
    const machine = start();
    const block = machine.engine.malloc(0x4000_0000, 0);
    const outcome = machine.call(() => {
      // Pages of which no two are alike.
      for (let at = 0; at < 0x4000_0000; at += PAGE_SIZE) machine.engine.store(block + at, 4, at, 0);
    });
    expect(outcome).toMatchObject({ kind: "stopped", report: { stop: "storeFull" } });
  });

  it("goes back to its first byte when all records are undone", () => {
    const machine = start();
    const before = machine.kernel.maps();
    const heads = new DataView(machine.memory.buffer, machineMemory.control);
    machine.setTracing(3);
    const block = machine.engine.malloc(200_000, 0);
    machine.engine.fill(block, 7, 200_000);
    const after = machine.kernel.maps();
    const head = heads.getUint32(control.journalHead, true);
    machine.engine.seek(heads.getUint32(control.journalTail, true));
    expect(machine.kernel.maps()).toBe(before);
    expect(machine.kernel.currentBrk()).toBe(machine.process.heapStart);
    machine.engine.seek(head);
    expect(machine.kernel.maps()).toBe(after);
    expect(word(machine, block)).toBe(0x0707_0707_0707_0707n);
  });

  it("moves with the seed when randomisation is on, page-aligned and the same every time", () => {
    const first = defaultLayout("/home/user/demo", small, { seed: 7 });
    expect(defaultLayout("/home/user/demo", small, { seed: 7 })).toEqual(first);
    expect(defaultLayout("/home/user/demo", small, { seed: 8 }).libcBase).not.toBe(first.libcBase);
    const machine = start(first);
    const outcome = machine.call(() => machine.engine.malloc(24, 0));
    expect(outcome).toEqual({ kind: "ok", value: first.space.startBrk + 0x2a0 });
    expect(machine.process.mainArena).toBe(first.libcBase + 0x1d3c60);
  });
});

describe("tunables", () => {
  it("come from the environment, the newer name and the older", () => {
    const place = (environment: Record<string, string>): "heap" | "mmap" => {
      const machine = start(undefined, environment);
      return machine.engine.malloc(200_000, 0) < 0x5600_0000_0000 ? "heap" : "mmap";
    };
    expect(place({ GLIBC_TUNABLES: "glibc.malloc.tcache_count=0:glibc.malloc.mmap_threshold=1048576" })).toBe("heap");
    expect(place({ MALLOC_MMAP_THRESHOLD_: "0x100000" })).toBe("heap");
    expect(place({})).toBe("mmap");
  });

  it("are ignored when malformed or out of bounds", () => {
    const perturb = { id: 2, name: "glibc.malloc.perturb", env: null, signed: true, min: 0n, max: 255n };
    expect(parseTunable(perturb, "0x20")).toBe(32n);
    expect(parseTunable(perturb, "020")).toBe(16n);
    expect(parseTunable(perturb, "256")).toBeNull();
    expect(parseTunable(perturb, "abc")).toBeNull();
  });
});
