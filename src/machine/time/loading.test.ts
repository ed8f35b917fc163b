/** Loading step by step: what comes out is what a process starts with anyway, and every step of it can be gone back over. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { kernelCallNames } from "../../abi/api";
import { control } from "../../abi/control";
import { recordKind } from "../../abi/journal";
import { mmStruct, zoneStruct } from "../../abi/kernel";
import { kernelMarkById, kernelMarks, kernelPaths } from "../../abi/kernel-marks";
import { addressSpaceKinds } from "../../abi/layouts";
import { kernelReleases } from "../../abi/linux";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { mmGet, zoneGet } from "../../kernel/context";
import { defaultMachine, type MachineSettings } from "../../scenario/scenario";
import type { CProcess } from "./load";
import { nextStop } from "./moves";
import { processOf, timelineOf, whole } from "./testing/run-program";
import type { Timeline, TimelineOptions } from "./timeline";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await WebAssembly.compile(readFileSync(new URL("../../../build/engine/engine.wasm", import.meta.url)));
});

const source = `
#include <stdlib.h>
static int table[3000] = { 1, 2, 3 };
static char room[20000];
int main(int argc, char **argv) { room[0] = argv[0][0]; return malloc(24) != NULL && table[1] == 2 ? argc : 0; }`;

type Fields<T> = Exclude<keyof T, "at" | "sizeBytes" | "stride" | "capacity">;
/** Where the trees and the first VMA stand, and which frame is the page table's root, depends on the order of things. */
const placed = new Set<string>(["mmap", "mm_rb", "ma_root", "pgd"]);

/** Everything the process and the machine are, but for which frame and which object holds what. */
function pictureOf({ machine }: CProcess): unknown {
  const { kernel, bytes } = machine;
  const k = kernel.context;
  const pages: unknown[] = [];
  kernel.eachResident(0, 2 ** 47, (addr, offset) => {
    const entry = k.pages.find(addr);
    let hash = 0;
    for (const byte of bytes.subarray(offset, offset + PAGE_SIZE)) hash = Math.imul(hash ^ byte, 0x9e37_79b1) ^ (hash >>> 15);
    const pfn = k.bytes.u32(entry) >>> 12;
    const rights = [k.bytes.u32(entry) % PAGE_SIZE, k.bytes.u32(entry + 4)];
    pages.push([addr, ...rights, k.frames.flags(pfn), k.frames.refcount(pfn), hash]);
  });
  const anonVmas: number[] = [];
  const vmas: unknown[] = [];
  for (let vma = k.vmas.first(); vma !== 0; vma = k.vmas.next(vma)) {
    const anon = k.vmas.anonVma(vma);
    if (anon !== 0 && !anonVmas.includes(anon)) anonVmas.push(anon);
    vmas.push([
      k.vmas.start(vma),
      k.vmas.end(vma),
      k.vmas.flags(vma),
      k.vmas.pgoff(vma),
      k.vmas.file(vma),
      anonVmas.indexOf(anon),
    ]);
  }
  const mm = Object.keys(mmStruct).filter(
    (name): name is Fields<typeof mmStruct> => !placed.has(name) && name !== "at" && name !== "sizeBytes",
  );
  const zone = Object.keys(zoneStruct).filter((name): name is Fields<typeof zoneStruct> => name !== "at" && name !== "sizeBytes");
  return {
    maps: kernel.maps(),
    smaps: kernel.smaps(),
    vmas,
    pages,
    mm: mm.map((name) => [name, mmGet(k, name)]),
    zone: zone.map((name) => [name, zoneGet(k, name)]),
    hot: [control.hot0Start, control.hot0Length, control.hot1Start, control.hot1Length].map((field) =>
      k.bytes.u64(machineMemory.control + field),
    ),
  };
}

const settings: fc.Arbitrary<MachineSettings> = fc
  .record({
    abi: fc.constantFrom("amd64" as const, "i386" as const),
    kernel: fc.constantFrom(...kernelReleases),
    layout: fc.constantFrom(...addressSpaceKinds),
    pie: fc.boolean(),
    pagingLevels: fc.constantFrom(4 as const, 5 as const),
    aslr: fc.boolean(),
    seed: fc.nat(1000),
    glibc: fc.constantFrom("2.36", "2.31", "2.42"),
    args: fc.constantFrom([], ["one", "two"]),
  })
  .map((drawn) => ({ ...defaultMachine, ...drawn }));

/** The loading machine, its run, and the record at which the loader is done. */
function loadedBy(
  drawn: MachineSettings,
  options: TimelineOptions = whole,
): { readonly c: CProcess; readonly timeline: Timeline; readonly main: number } {
  const c = processOf(module, 1, source, { ...drawn, loading: true });
  expect(c.machine.kernel.entries()).toEqual([]);
  const timeline = timelineOf(c, options);
  timeline.setBudget(1_000_000);
  while (timeline.slice(5000) === null);
  expect(timeline.status).toBe("exited");
  return { c, timeline, main: timeline.index.kernelEnd.at(1) };
}

describe("loading", () => {
  it("step by step ends with the address space, pages and counts that a process starts with otherwise", () => {
    fc.assert(
      fc.property(settings, (drawn) => {
        const ready = pictureOf(processOf(module, 0, source, drawn));
        const { c, timeline, main } = loadedBy(drawn);
        timeline.seek(main);
        expect(pictureOf(c)).toEqual(ready);
      }),
      { numRuns: Number(process.env["HEAPGLASS_LAW_RUNS"] ?? 12) },
    );
  });

  it("is the first thing in the run: execve, then the loader, then main; and every cursor in it shows the same from either side", () => {
    const { c, timeline, main } = loadedBy(defaultMachine);
    const { call, end } = timeline.index.kernel();
    expect([...call].slice(0, 2).map((id) => kernelCallNames[id])).toEqual(["execve", "ld_so"]);
    expect([timeline.first, end[1]]).toEqual([0, main]);
    expect(timeline.index.statementAt.at(0)).toBeGreaterThan(main);
    const at = (cursor: number): readonly unknown[] => {
      timeline.seek(cursor);
      return [cursor, c.machine.kernel.maps(), JSON.stringify(pictureOf(c))];
    };
    // Between two phases: in the middle of one the kernel's own lists are not whole.
    const phaseAt = (share: number): number => nextStop(timeline, Math.floor(share * main), "phase", 1);
    const cursors = [0, ...[0.01, 0.3, 0.5, 0.8].map(phaseAt), main];
    const seen = cursors.map(at).map(String);
    // Run again from the first record: what was undone comes back.
    timeline.seek(timeline.last);
    for (const [index, cursor] of cursors.toReversed().entries())
      expect(String(at(cursor)) === seen.toReversed()[index], String(cursor)).toBe(true);
    // VMAs appear one by one.
    const counts = Array.from({ length: 40 }, (_, i) => {
      timeline.seek(i === 0 ? 0 : phaseAt(i / 41));
      return c.machine.kernel.entries().length;
    });
    expect(counts[0]).toBe(0);
    expect(new Set(counts).size).toBeGreaterThan(8);
  });

  it("says everything that its outlines list", () => {
    const { timeline, main } = loadedBy(defaultMachine);
    const said = new Set<string>();
    for (let record = 0; record < main; record++) {
      const mark = kernelMarkById(timeline.journal.id(record));
      const kind = timeline.journal.kind(record);
      if (mark !== undefined && (kind === recordKind.line || kind === recordKind.phase)) said.add(mark.name);
    }
    const functions: ReadonlySet<string> = new Set([...(kernelPaths.execve ?? []), ...(kernelPaths.ld_so ?? []), "elf_load"]);
    const silent = kernelMarks.filter(({ fn, name }) => functions.has(fn) && !said.has(name));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
