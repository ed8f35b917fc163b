/** Laws of the journal over everything processes can do to their address spaces, with faults, huge pages, forks and RAM that runs out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { control, stop } from "../abi/control";
import { anonVmaStruct, fileKind, kernelRanges, pageFlag, pte } from "../abi/kernel";
import { advice, errno, kernelReleases, mapFlag, mremapFlag, prot } from "../abi/linux";
import { HEAP_WINDOW_SLOTS, machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { freeBlocks } from "../decode/buddy";
import { decodeSlabCaches } from "../decode/slab";
import { allMms, type KernelContext, mmGet, zoneGet } from "./context";
import type { MachineSpec } from "./exec";
import { isMapped, pfnOf } from "./page-table";
import { mappingsOf, residentPages } from "./resident";
import { taskGet, tasks } from "./task";
import { createTestHost, type TestHost } from "./testing/host";

const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;
const HUGE = 512 * PAGE_SIZE;
/** Small mappings lie around the border of a page table, large ones on it. */
const AREA = 0x1000_0000 - 8 * PAGE_SIZE;
const LARGE = 0x2000_0000;
const STACK_END = 0x7fff_ffff_f000;
const HEAP = 0x5a_6000;

type Kernel = TestHost["kernel"];
const pids = ({ context: k }: Kernel): number[] => tasks(k).map((task) => taskGet(k, task, "pid"));
/** One that is alive, by any number; not the one that runs where that is possible. */
function another(k: Kernel, pick: number): number {
  const alive = pids(k).filter((pid) => k.isAlive(pid));
  const others = alive.filter((pid) => pid !== k.pid());
  return others[pick % Math.max(1, others.length)] ?? k.pid();
}

const calls = {
  anonymous: (k, at, pages, r) => k.mmap(at, pages, r, ANON | mapFlag.FIXED),
  anywhere: (k, _, pages, r) => k.mmap(0, pages, r, ANON),
  shared: (k, at, pages, r) => k.mmap(at, pages, r, mapFlag.SHARED | mapFlag.ANONYMOUS | mapFlag.FIXED),
  populated: (k, at, pages, r) => k.mmap(at, pages, r, ANON | mapFlag.FIXED | mapFlag.POPULATE),
  growsDown: (k, at, pages, r) => k.mmap(at, pages, r, ANON | mapFlag.FIXED | mapFlag.GROWSDOWN | mapFlag.STACK),
  privateFile: (k, at, pages, r, file) => k.mmap(at, pages, r, mapFlag.PRIVATE | mapFlag.FIXED, { file, pgoff: 1 }),
  sharedFile: (k, at, pages, r, file) => k.mmap(at, pages, r, mapFlag.SHARED | mapFlag.FIXED, { file, pgoff: 0 }),
  unmap: (k, at, pages) => k.munmap(at, pages),
  protect: (k, at, pages, r) => k.mprotect(at, pages, r),
  grow: (k, at, pages) => k.mremap(at, pages, 2 * pages, mremapFlag.MAYMOVE),
  shrink: (k, at, pages) => k.mremap(at, 2 * pages, pages, 0),
  move: (k, at, pages) => k.mremap(at, pages, pages, mremapFlag.MAYMOVE | mremapFlag.FIXED, at + 0x800_0000),
  leave: (k, at, pages) => k.mremap(at, pages, pages, mremapFlag.MAYMOVE | mremapFlag.DONTUNMAP),
  dontNeed: (k, at, pages) => k.madvise(at, pages, advice.DONTNEED),
  lazyFree: (k, at, pages) => k.madvise(at, pages, advice.FREE),
  huge: (k, at, pages) => k.madvise(at, pages, advice.HUGEPAGE),
  notHuge: (k, at, pages) => k.madvise(at, pages, advice.NOHUGEPAGE),
  heap: (k, _, pages) => k.brk(HEAP + pages + 1),
  read: (k, at) => k.fault(at, 0),
  write: (k, at) => k.fault(at, 1),
  writeHeap: (k, _, pages) => k.fault(HEAP + pages - 1, 1),
  stack: (k, at) => k.fault(STACK_END - (at % 0x100_0000), 1),
  fork: (k) => k.fork(1 + Math.max(...pids(k))),
  vfork: (k) => k.fork(1 + Math.max(...pids(k)), true),
  notForked: (k, at, pages) => k.madvise(at, pages, advice.DONTFORK),
  wiped: (k, at, pages) => k.madvise(at, pages, advice.WIPEONFORK),
  switch: (k, at) => {
    k.switchTo(another(k, at / PAGE_SIZE));
    return k.pid();
  },
  exit: (k, at, pages) => {
    const next = another(k, at / PAGE_SIZE);
    if (next !== k.pid()) k.exit(pages & 0xff00, next);
    return k.pid();
  },
  wait: (k) => {
    const child = k.wait(-1);
    return typeof child === "number" ? child : (child?.pid ?? 0);
  },
  fill: (k, at, pages) => {
    for (let page = at; page < at + pages; page += PAGE_SIZE) if (k.fault(page, 1) === 0) return 0;
    return 1;
  },
} satisfies Record<string, (k: Kernel, at: number, bytes: number, rights: number, file: number) => number>;

interface Step {
  readonly call: keyof typeof calls;
  readonly large: boolean;
  readonly page: number;
  readonly pages: number;
  readonly rights: number;
}

const names = Object.keys(calls).filter((name): name is keyof typeof calls => name in calls);
const step: fc.Arbitrary<Step> = fc.record({
  call: fc.oneof(
    fc.constantFrom(...names),
    fc.constantFrom("read" as const, "write" as const, "fill" as const),
    fc.constantFrom("fork" as const, "switch" as const, "write" as const, "fill" as const, "exit" as const),
  ),
  large: fc.boolean(),
  page: fc.nat(31),
  pages: fc.integer({ min: 1, max: 12 }),
  rights: fc.constantFrom(RW, RW, RW, prot.READ, prot.NONE),
});
const steps = fc.array(step, { minLength: 1, maxLength: 40, size: "max" });
const machine: fc.Arbitrary<Partial<MachineSpec>> = fc.record({
  kernel: fc.constantFrom(...kernelReleases),
  totalramPages: fc.constantFrom(200, 800, 2200),
  overcommitMemory: fc.constantFrom(0 as const, 1 as const),
  transparentHugepage: fc.constantFrom("madvise" as const, "always" as const),
});

interface Instant {
  readonly at: number;
  readonly print: number;
  readonly maps: string;
  readonly result: number;
}

/** Everything there is, by one number. RAM is small, so that frames stand in few slots. */
function printOf(host: TestHost, ramPages: number): number {
  const words = new Uint32Array(host.bytes.buffer);
  let hash = 0;
  const mix = (from: number, to: number): void => {
    for (let at = from >>> 2; at < to >>> 2; at++) {
      const word = words[at] ?? 0;
      if (word !== 0) hash = Math.imul(hash ^ word ^ at, 0x9e37_79b1) ^ (hash >>> 15);
    }
  };
  mix(machineMemory.control, machineMemory.control + 0x1000);
  for (const [from, to] of kernelRanges(host.bytes)) mix(from, to);
  const slots = machineMemory.frames;
  mix(slots, slots + 64 * PAGE_SIZE);
  mix(slots + HEAP_WINDOW_SLOTS * PAGE_SIZE, slots + (HEAP_WINDOW_SLOTS + ramPages) * PAGE_SIZE);
  return hash;
}

function start(spec: Partial<MachineSpec>): {
  readonly host: TestHost;
  perform(step: Step): number;
  instant(result: number): Instant;
} {
  const host = createTestHost(undefined, spec);
  const { kernel } = host;
  const info = { kind: fileKind.regular, name: "/a", inode: 7, deviceMajor: 8, deviceMinor: 1, sizeBytes: 40 * PAGE_SIZE };
  const file = kernel.createFile(info);
  // Three huge pages and a little more, for whoever asks.
  kernel.mmap(LARGE, 3 * HUGE + 16 * PAGE_SIZE, RW, ANON | mapFlag.FIXED | mapFlag.NORESERVE);
  kernel.madvise(LARGE, 2 * HUGE, advice.HUGEPAGE);
  return {
    host,
    perform: ({ call, large, page, pages, rights }) => {
      const unit = large ? HUGE / 4 : PAGE_SIZE;
      return calls[call](kernel, (large ? LARGE : AREA) + page * unit, pages * unit, rights, file);
    },
    instant: (result) => ({ at: host.now(), print: printOf(host, spec.totalramPages ?? 0), maps: kernel.maps(), result }),
  };
}

/** What no call may lose: every frame is free or somebody's, every object is in one slab. */
function checkBooks({ bytes, kernel }: TestHost): void {
  expect(freeBlocks(bytes).damaged).toBe(false);
  for (const cache of decodeSlabCaches(bytes)) expect(cache.damaged, cache.name).toBe(false);
  const k = kernel.context;
  let used = 0;
  const first = zoneGet(k, "zone_start_pfn");
  for (let pfn = first; pfn < first + zoneGet(k, "managed_pages"); pfn++) if (k.frames.refcount(pfn) > 0) used++;
  expect(used + zoneGet(k, "free_pages")).toBe(zoneGet(k, "managed_pages"));
  const mapped = new Map<number, number>();
  const seen = { map_count: 0, rss: 0 };
  for (const mm of allMms(k)) {
    k.mm.within(mm, () => {
      seen.map_count += mmGet(k, "map_count");
      seen.rss += residentPages(k);
      k.pages.walk(0, mmGet(k, "task_size"), (entry) => {
        const low = k.bytes.u32(entry);
        if (isMapped(low)) mapped.set(pfnOf(low), (mapped.get(pfnOf(low)) ?? 0) + 1);
        const owned = (k.frames.flags(pfnOf(low)) & pageFlag.anon) !== 0 && (low & pte.RW) !== 0;
        if (owned) expect(k.frames.refcount(pfnOf(low)), "a page that two processes map cannot be written").toBe(1);
      });
    });
  }
  const counted = [...mapped].filter(([pfn]) => (k.frames.flags(pfn) & (pageFlag.zero | pageFlag.unknown)) === 0);
  for (const [pfn, users] of counted) expect(mappingsOf(k, pfn)).toBe(users);
  expect(seen.rss, "every mapping of a page is in one process's RES").toBe(counted.reduce((sum, [, users]) => sum + users, 0));
  const objects = (wanted: string): number | undefined =>
    decodeSlabCaches(bytes).find(({ name }) => name === wanted)?.activeObjects;
  expect(objects("vm_area_struct")).toBe(seen.map_count);
  checkOwners(k, objects);
}

/** Every anon_vma is one that a mapping leads to or that something descends from, and its counts are what they say. */
function checkOwners(k: KernelContext, objects: (cache: string) => number | undefined): void {
  const field = (at: number, name: keyof typeof anonVmaStruct): number => k.bytes.u32(at + anonVmaStruct[name]);
  const seen = new Map<number, { links: number; active: number }>();
  const look = (at: number): { links: number; active: number } => {
    const facts = seen.get(at) ?? { links: 0, active: 0 };
    seen.set(at, facts);
    return facts;
  };
  let links = 0;
  for (const mm of allMms(k))
    k.mm.within(mm, () => {
      for (let vma = k.vmas.first(); vma !== 0; vma = k.vmas.next(vma)) {
        const chain = k.anon.of(vma);
        expect(new Set(chain).size).toBe(chain.length);
        expect(chain.length > 0).toBe(k.vmas.anonVma(vma) !== 0);
        links += chain.length;
        for (const each of chain) look(each).links++;
        if (chain.length === 0) continue;
        expect(chain).toContain(k.vmas.anonVma(vma));
        look(k.vmas.anonVma(vma)).active++;
      }
    });
  // A root that no mapping leads to any more waits for those that were forked from it.
  for (const at of seen.keys()) look(field(at, "root"));
  expect(objects("anon_vma_chain")).toBe(links);
  expect(objects("anon_vma")).toBe(seen.size);
  for (const [at, { links: nr_links, active }] of seen) {
    expect([field(at, "nr_links"), field(at, "num_active_vmas")]).toEqual([nr_links, active]);
    const family = [...seen.keys()].filter((other) => other !== at && field(other, "root") === at).length;
    expect(field(at, "refcount")).toBe((nr_links > 0 ? 1 : 0) + family);
    const children = [...seen.keys()].filter((other) => field(other, "parent") === at && seen.get(other)?.links !== 0).length;
    expect(field(at, "num_children")).toBe(children);
  }
}

describe("time travel through the address space", () => {
  it("undo takes back what happened, redo brings it again, and what is done again from any instant is the same", () => {
    fc.assert(
      fc.property(machine, steps, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (spec, script, picks) => {
        const { host, perform, instant } = start(spec);
        const instants = [instant(0)];
        const dead = (): boolean => host.kernel.context.bytes.u32(machineMemory.control + control.stop) !== stop.running;
        const done = script.filter((each) => {
          if (dead()) return false;
          instants.push(instant(perform(each)));
          return true;
        });
        checkBooks(host);
        const same = (wanted: Instant, result = wanted.result): void => expect({ ...instant(result) }).toEqual(wanted);
        for (const pick of [0, done.length, ...picks]) {
          const wanted = instants[pick % instants.length];
          if (wanted === undefined) throw new Error("no such instant");
          host.seek(wanted.at);
          same(wanted);
        }
        // Nothing but the bytes decides what a call does: begun in the middle, the rest goes as before.
        const from = (picks[0] ?? 0) % instants.length;
        host.seek(instants[from]?.at ?? 0);
        for (const [index, each] of done.entries()) {
          const wanted = instants[index + 1];
          if (index >= from && wanted !== undefined) same(wanted, perform(each));
        }
        host.seek(0);
        expect(printOf(host, spec.totalramPages ?? 0)).toBe(0);
        expect(host.bytes.subarray(0, machineMemory.kernel).every((byte) => byte === 0)).toBe(true);
      }),
      { numRuns: Number(process.env["HEAPGLASS_LAW_RUNS"] ?? 15) },
    );
  });

  it("scripts meet every ending: refused for memory, killed for it, a forbidden page, and a stack at its guard", () => {
    const met = new Set<string>();
    for (const { spec, script } of fc.sample(fc.record({ spec: machine, script: steps }), { numRuns: 40, seed: 7 })) {
      const { host, perform } = start(spec);
      for (const each of script) {
        const result = perform(each);
        if (result === -errno.ENOMEM) met.add("ENOMEM");
        if (host.kernel.context.bytes.u32(machineMemory.control + control.stop) === stop.outOfMemory) met.add("killed");
        if (result === 0 && ["read", "write"].includes(each.call)) met.add("SIGSEGV");
        if (each.call === "stack") met.add(result === 0 ? "stack at its guard" : "stack grown");
      }
    }
    expect([...met].toSorted()).toEqual(["ENOMEM", "SIGSEGV", "killed", "stack at its guard", "stack grown"]);
  });
});
