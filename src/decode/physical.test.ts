import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { control } from "../abi/control";
import { fileKind, freeArea, mmStruct, pageDescriptor, zoneStruct } from "../abi/kernel";
import { advice, kernelReleases, mapFlag, prot } from "../abi/linux";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { zoneGet } from "../kernel/context";
import { createTestHost, type TestHost } from "../kernel/testing/host";
import { buddyChanges } from "./buddy-changes";
import { kernelWords } from "./kernel-words";
import { asWords } from "./memory";
import { decodePhysical, frameRoles, roleAt } from "./physical";
import { decodeSlabCaches } from "./slab";
import { slabObjects, slabsOf } from "./slab-objects";
import { decodeAddressSpace } from "./vmas";

const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;
const AREA = 0x1000_0000 - 8 * PAGE_SIZE;

const calls = {
  anonymous: (k, at, bytes) => k.mmap(at, bytes, RW, ANON | mapFlag.FIXED),
  shared: (k, at, bytes) => k.mmap(at, bytes, RW, mapFlag.SHARED | mapFlag.ANONYMOUS | mapFlag.FIXED),
  file: (k, at, bytes, file) => k.mmap(at, bytes, RW, mapFlag.PRIVATE | mapFlag.FIXED, { file, pgoff: 1 }),
  unmap: (k, at, bytes) => k.munmap(at, bytes),
  readOnly: (k, at, bytes) => k.mprotect(at, bytes, prot.READ),
  none: (k, at, bytes) => k.mprotect(at, bytes, prot.NONE),
  dontNeed: (k, at, bytes) => k.madvise(at, bytes, advice.DONTNEED),
  heap: (k, _, bytes) => k.brk(0x5a_6000 + bytes),
  writeHeap: (k) => k.fault(0x5a_6000, 1),
  read: (k, at) => k.fault(at, 0),
  write: (k, at, bytes) => {
    for (let page = at; page < at + bytes; page += PAGE_SIZE) if (k.fault(page, 1) === 0) return 0;
    return 1;
  },
} satisfies Record<string, (k: TestHost["kernel"], at: number, bytes: number, file: number) => number>;

const names = Object.keys(calls).filter((name): name is keyof typeof calls => name in calls);
const step = fc.record({ call: fc.constantFrom(...names), page: fc.nat(31), pages: fc.integer({ min: 1, max: 12 }) });
const steps = fc.array(step, { maxLength: 30, size: "max" });
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const machine = fc.record({
  kernel: fc.constantFrom(...kernelReleases),
  totalramPages: fc.constantFrom(400, 2200, 4096),
  pagingLevels: fc.constantFrom(4 as const, 5 as const),
});

function play(host: TestHost, script: readonly Step[], each: () => void = () => {}): void {
  const info = { kind: fileKind.regular, name: "/a", inode: 7, deviceMajor: 8, deviceMinor: 1, sizeBytes: 40 * PAGE_SIZE };
  const file = host.kernel.createFile(info);
  for (const { call, page, pages } of script) {
    if (host.kernel.context.bytes.u32(machineMemory.control + control.stop) !== 0) return;
    calls[call](host.kernel, AREA + page * PAGE_SIZE, pages * PAGE_SIZE, file);
    each();
  }
}

const decode = ({ bytes }: TestHost) => decodePhysical(bytes, decodeAddressSpace(bytes));

describe("RAM", () => {
  it("is the sum of its roles; what page tables map is what the counters say; each frame and object has one place", () => {
    fc.assert(
      fc.property(machine, steps, (spec, script) => {
        const host = createTestHost(undefined, spec);
        play(host, script);
        const { context: k } = host.kernel;
        const physical = decode(host);
        expect(physical.damaged).toBe(false);
        expect(Object.values(physical.byRole).reduce((sum, count) => sum + count, 0)).toBe(spec.totalramPages);
        expect(physical.byRole.free).toBe(zoneGet(k, "free_pages"));
        expect(physical.mapped).toEqual(physical.counters);
        const { anon, file, shmem } = physical.mapped;
        expect((anon + file + shmem) * 4).toBe(host.kernel.status().VmRSS);
        const tables = [...physical.level].filter((level) => level > 0);
        expect(tables.length).toBe(physical.byRole.pageTable);
        // The topmost table, and the one that only five levels have, are in no counter.
        expect(tables.filter((level) => level <= 3).length * 4).toBe(host.kernel.status().VmPTE);
        const caches = decodeSlabCaches(host.bytes);
        const slabs = caches.flatMap((cache) => slabsOf(cache).map(({ slab }) => slab.pfn));
        expect(new Set(slabs).size).toBe(slabs.length);
        expect(slabs.length).toBe(physical.byRole.slab);
        for (const pfn of slabs) expect(roleAt(physical, pfn)).toBe("slab");
        for (let pfn = physical.start; pfn < physical.limit; pfn++) {
          const used = k.frames.refcount(pfn) > 0;
          expect(roleAt(physical, pfn) === "free").toBe(!used);
          if ((physical.mappings[pfn] ?? 0) > 0) expect(used).toBe(true);
        }
        const kernel = kernelWords(asWords(host.bytes));
        const starts = caches.flatMap((cache) =>
          slabsOf(cache).flatMap(({ slab }) => slabObjects(kernel, cache, slab).flatMap(({ vma }) => vma?.start ?? [])),
        );
        expect(starts.toSorted((a, b) => a - b)).toEqual(host.kernel.entries().map(({ start }) => start));
      }),
      { numRuns: 25 },
    );
  });

  it("with several processes each one's pages are its counters, and every own page of RAM is some process's", () => {
    fc.assert(
      fc.property(steps, steps, fc.integer({ min: 1, max: 3 }), (before, after, children) => {
        const host = createTestHost(undefined, { totalramPages: 4096 });
        const { kernel } = host;
        play(host, before);
        const pids = [kernel.pid(), ...Array.from({ length: children }, (_, i) => 1001 + i)];
        for (const pid of pids.slice(1)) expect(kernel.fork(pid)).toBe(pid);
        for (const [i, each] of after.entries()) {
          kernel.switchTo(pids[i % pids.length] ?? 0);
          play(host, [each]);
        }
        const owned = new Set<number>();
        let tables = 0;
        for (const pid of pids) {
          kernel.switchTo(pid);
          const physical = decode(host);
          expect(physical.damaged).toBe(false);
          expect(Object.values(physical.byRole).reduce((sum, count) => sum + count, 0)).toBe(4096);
          expect(physical.mapped).toEqual(physical.counters);
          tables += physical.level.filter((level) => level > 0).length;
          for (let pfn = physical.start; pfn < physical.limit; pfn++)
            if ((physical.mappings[pfn] ?? 0) > 0 && roleAt(physical, pfn) === "anonymous") owned.add(pfn);
        }
        const { byRole } = decode(host);
        expect(owned.size).toBe(byRole.anonymous);
        expect(tables).toBe(byRole.pageTable);
      }),
      { numRuns: 15 },
    );
  });

  it("what changed in the free lists accounts for every frame that was taken or given", () => {
    fc.assert(
      fc.property(steps, (script) => {
        const host = createTestHost(undefined, { totalramPages: 2200 });
        let before = decode(host).free;
        play(host, script, () => {
          const after = decode(host).free;
          const size = (blocks: readonly { order: number }[]): number => blocks.reduce((sum, { order }) => sum + 2 ** order, 0);
          let change = 0;
          for (const { kind, order, parts } of buddyChanges(before, after)) {
            if (kind === "split" || kind === "taken") change += size(parts) - 2 ** order;
            else if (kind !== "grown") change += 2 ** order - size(parts);
            if (kind === "split" || kind === "merge") expect(parts.length).toBeGreaterThan(0);
          }
          expect(change).toBe(after.freePages - before.freePages);
          before = after;
        });
      }),
      { numRuns: 15 },
    );
  });

  it("a first page splits the smallest block that is there, and giving it back joins the halves", () => {
    const host = createTestHost(undefined, { totalramPages: 4096 });
    const { kernel } = host;
    const addr = kernel.mmap(0, 8 * PAGE_SIZE, RW, ANON);
    kernel.fault(addr, 1);
    // The frames that lie alone first.
    for (let page = 1; page < 8 && decode(host).free.orders[0]?.count !== 0; page++) kernel.fault(addr + page * PAGE_SIZE, 1);
    const before = decode(host).free;
    const at = kernel.mmap(0, PAGE_SIZE, RW, ANON | mapFlag.POPULATE);
    const split = buddyChanges(before, decode(host).free);
    expect(split.map(({ kind }) => kind)).toEqual(["split"]);
    const [whole] = split;
    expect(whole?.parts.map((part) => part.order)).toEqual(Array.from({ length: whole?.order ?? 0 }, (_, i) => i));
    const held = decode(host).free;
    kernel.munmap(at, PAGE_SIZE);
    expect(buddyChanges(held, decode(host).free)).toEqual([{ ...whole, kind: "merge" }]);
  });

  it("damage is told, and never throws or hangs", () => {
    const host = createTestHost(undefined, { totalramPages: 2200 });
    play(host, [
      { call: "anonymous", page: 0, pages: 12 },
      { call: "write", page: 0, pages: 12 },
      { call: "unmap", page: 3, pages: 2 },
    ]);
    const view = new Uint32Array(host.bytes.buffer);
    const { start, free } = decode(host);
    const first = free.orders.find(({ pfns }) => pfns.length > 0)?.pfns[0] ?? 0;
    const descriptor = (pfn: number): number => machineMemory.pageDescriptors + pfn * pageDescriptor.stride;
    const table = host.kernel.context.frames.offset(zoneGet(host.kernel.context, "zero_pfn") + 2);
    const places = [freeArea.at, zoneStruct.at, mmStruct.at, descriptor(start), descriptor(first), descriptor(start + 2), table];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...places), fc.nat(40), fc.nat(0xffff_ffff)), { maxLength: 5 }), (writes) => {
        const undo = writes.map(([base, word, value]) => {
          const at = base / 4 + word;
          const old = view[at] ?? 0;
          view[at] = value;
          return () => void (view[at] = old);
        });
        const { role, damaged } = decode(host);
        expect([...role].every((index) => index < frameRoles.length)).toBe(true);
        expect(typeof damaged).toBe("boolean");
        for (const cache of decodeSlabCaches(host.bytes))
          for (const { slab } of slabsOf(cache)) slabObjects(kernelWords(asWords(host.bytes)), cache, slab);
        for (const back of undo.toReversed()) back();
      }),
      { numRuns: 60 },
    );
    const flags = (descriptor(first) + pageDescriptor.flags) / 4;
    const old = view[flags] ?? 0;
    view[flags] = 1;
    expect(decode(host).damaged).toBe(true);
    view[flags] = old;
  });
});
