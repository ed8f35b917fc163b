import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { control, stop } from "../abi/control";
import { advice, errno, kernelReleases, mapFlag, prot, segvCode } from "../abi/linux";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { zoneGet } from "./context";
import type { MachineSpec } from "./exec";
import type { Kernel } from "./kernel";
import { isAccessible } from "./protection";
import { createTestHost, type TestHost } from "./testing/host";

const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;
const FIXED = ANON | mapFlag.FIXED;
const AREA = 0x1000_0000;

type Action =
  | { readonly do: "mmap" | "hint" | "fixed"; readonly page: number; readonly pages: number; readonly prot: number }
  | { readonly do: "munmap" | "dontneed"; readonly page: number; readonly pages: number }
  | { readonly do: "mprotect"; readonly page: number; readonly pages: number; readonly prot: number }
  | { readonly do: "mremap"; readonly page: number; readonly pages: number; readonly to: number }
  | { readonly do: "brk"; readonly pages: number; readonly bytes: number }
  | { readonly do: "touch"; readonly page: number; readonly write: boolean };

const page = fc.integer({ min: 0, max: 31 });
const pages = fc.integer({ min: 1, max: 12 });
const rights = fc.constantFrom(RW, RW, prot.READ, prot.NONE, prot.READ | prot.EXEC);
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constantFrom("mmap" as const, "hint" as const, "fixed" as const), page, pages, prot: rights }),
  fc.record({ do: fc.constantFrom("munmap" as const, "dontneed" as const), page, pages }),
  fc.record({ do: fc.constant("mprotect" as const), page, pages, prot: rights }),
  fc.record({ do: fc.constant("mremap" as const), page, pages, to: fc.integer({ min: 1, max: 20 }) }),
  fc.record({
    do: fc.constant("brk" as const),
    pages: fc.integer({ min: -2, max: 20 }),
    bytes: fc.constantFrom(0, 1, 100, 4095),
  }),
  fc.record({ do: fc.constant("touch" as const), page, write: fc.boolean() }),
);

/** Area 0 is far from everything; negative results of mmap go unused. */
function perform(host: TestHost, step: Action): number {
  const k = host.kernel;
  const at = (index: number): number => AREA + index * PAGE_SIZE;
  switch (step.do) {
    case "mmap":
      return k.mmap(0, step.pages * PAGE_SIZE, step.prot, ANON);
    case "hint":
      return k.mmap(at(step.page), step.pages * PAGE_SIZE, step.prot, ANON);
    case "fixed":
      return k.mmap(at(step.page), step.pages * PAGE_SIZE, step.prot, FIXED);
    case "munmap":
      return k.munmap(at(step.page), step.pages * PAGE_SIZE);
    case "dontneed":
      return k.madvise(at(step.page), step.pages * PAGE_SIZE, advice.DONTNEED);
    case "mprotect":
      return k.mprotect(at(step.page), step.pages * PAGE_SIZE, step.prot);
    case "mremap":
      return k.mremap(at(step.page), step.pages * PAGE_SIZE, step.to * PAGE_SIZE, 1);
    case "brk":
      return k.brk(0x5a_6000 + step.pages * PAGE_SIZE + step.bytes);
    case "touch":
      return k.fault(at(step.page), step.write ? 1 : 0);
  }
}

/** What must hold at every instant. */
function checkInvariants(host: TestHost): void {
  const { context: k } = host.kernel;
  const v = k.vmas;
  let total = 0;
  let count = 0;
  for (let vma = v.first(), prev = 0; vma !== 0; prev = vma, vma = v.next(vma)) {
    expect(v.prev(vma)).toBe(prev);
    expect(v.start(vma)).toBeLessThan(v.end(vma));
    if (prev !== 0) expect(v.end(prev)).toBeLessThanOrEqual(v.start(vma));
    expect(v.find(v.start(vma))).toBe(vma);
    expect(v.find(v.end(vma) - 1)).toBe(vma);
    total += (v.end(vma) - v.start(vma)) / PAGE_SIZE;
    count++;
  }
  const status = host.kernel.status();
  expect(status.VmSize).toBe(total * 4);
  expect(k.bytes.u64(machineMemory.kernel + 8)).toBe(count);
  checkPages(host);
}

/** Resident pages are counted, lie inside mappings, and carry no right their mapping lacks. */
function checkPages(host: TestHost): void {
  const { context: k } = host.kernel;
  const owners = new Set<number>();
  let anon = 0;
  k.pages.walk(0, 2 ** 47, (entry, addr) => {
    const low = k.bytes.u32(entry);
    const vma = k.vmas.find(addr);
    expect(vma).not.toBe(0);
    expect(k.vmas.start(vma)).toBeLessThanOrEqual(addr);
    const flags = k.vmas.flags(vma);
    if ((low & 2) !== 0) expect(flags & 2).toBe(2);
    expect((low & 1) !== 0).toBe(isAccessible(flags));
    if ((k.frames.flags(low >>> 12) & 1) === 0) return;
    expect(owners.has(low >>> 12)).toBe(false);
    owners.add(low >>> 12);
    anon++;
  });
  expect(host.kernel.status().RssAnon).toBe(anon * 4);
  const hot = machineMemory.control;
  for (let at = 0; at < k.bytes.u64(hot + control.hot0Length); at += PAGE_SIZE) {
    const entry = k.pages.find(k.bytes.u64(hot + control.hot0Start) + at);
    expect(k.bytes.u32(entry) & 3).toBe(3);
    expect(k.bytes.u32(entry) >>> 12).toBe(at / PAGE_SIZE);
  }
}

/** Two neighbours that nothing tells apart would have been joined, unless each has an anon_vma of its own or moved pages. */
function checkMerged(host: TestHost): void {
  const v = host.kernel.context.vmas;
  for (let vma = v.first(); vma !== 0; vma = v.next(vma)) {
    const next = v.next(vma);
    if (next === 0 || v.end(vma) !== v.start(next) || v.flags(vma) !== v.flags(next)) continue;
    const inLine = v.pgoff(next) === v.pgoff(vma) + (v.end(vma) - v.start(vma)) / PAGE_SIZE;
    const bothOwn = v.anonVma(vma) !== 0 && v.anonVma(next) !== 0 && v.anonVma(vma) !== v.anonVma(next);
    expect(inLine && !bothOwn, `${v.start(vma).toString(16)} and its neighbour are alike but apart`).toBe(false);
  }
}

describe.each(kernelReleases)("laws of the address space, kernel %s", (release) => {
  it("mappings stay sorted, apart, joined where alike, and counted, whatever a program asks for", () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 40 }), (steps) => {
        const host = createTestHost(undefined, { kernel: release });
        for (const step of steps) {
          perform(host, step);
          checkInvariants(host);
          checkMerged(host);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("undo takes every byte back, redo brings every byte again", () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 30 }), fc.nat(), (steps, pick) => {
        const host = createTestHost(undefined, { kernel: release });
        for (let pageIndex = 0; pageIndex < 4; pageIndex++)
          perform(host, { do: "fixed", page: pageIndex * 2, pages: 1, prot: RW });
        const instants = [{ at: host.now(), print: host.fingerprint(), maps: host.kernel.maps() }];
        for (const step of steps) {
          perform(host, step);
          instants.push({ at: host.now(), print: host.fingerprint(), maps: host.kernel.maps() });
        }
        const middle = instants[pick % instants.length];
        for (const instant of [instants[0], instants.at(-1), middle, instants.at(-1)]) {
          if (instant === undefined) continue;
          host.seek(instant.at);
          expect(host.kernel.maps()).toBe(instant.maps);
          expect(host.fingerprint()).toBe(instant.print);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("faults", () => {
  it("a read of untouched anonymous memory shows the zero page and costs nothing; the write after it gets a frame", () => {
    const { kernel } = createTestHost();
    const addr = kernel.mmap(0, 3 * PAGE_SIZE, RW, ANON);
    expect(kernel.fault(addr, 0)).toBe(1);
    expect(kernel.status().RssAnon).toBe(0);
    expect(kernel.fault(addr, 1)).toBe(1);
    expect(kernel.status().RssAnon).toBe(4);
    expect(kernel.madvise(addr, PAGE_SIZE, advice.DONTNEED)).toBe(0);
    expect(kernel.status().RssAnon).toBe(0);
  });

  it("an unmapped address is MAPERR, a forbidden one ACCERR", () => {
    const { kernel } = createTestHost();
    const signalCode = (): number => kernel.context.bytes.u32(machineMemory.control + control.signalCode);
    expect(kernel.fault(0x1234_5000, 0)).toBe(0);
    expect(signalCode()).toBe(segvCode.MAPERR);
    const addr = kernel.mmap(0, PAGE_SIZE, prot.READ, ANON);
    expect(kernel.fault(addr, 1)).toBe(0);
    expect(signalCode()).toBe(segvCode.ACCERR);
    expect(kernel.context.bytes.u64(machineMemory.control + control.signalAddr)).toBe(addr);
  });

  it("the stack grows in one step to the touched page, up to its limit, and keeps 256 pages from accessible memory below", () => {
    const { kernel } = createTestHost();
    const top = 0x7fff_ffff_f000;
    expect(kernel.fault(top - 100 * PAGE_SIZE, 1)).toBe(1);
    expect(kernel.status().VmStk).toBe(400);
    expect(kernel.status().RssAnon).toBe(4);
    expect(kernel.fault(top - 8 * 2 ** 20, 1)).toBe(1);
    expect(kernel.fault(top - 8 * 2 ** 20 - 1, 1)).toBe(0);
    const other = createTestHost().kernel;
    const below = top - 1000 * PAGE_SIZE;
    other.mmap(below - PAGE_SIZE, PAGE_SIZE, RW, FIXED);
    expect(other.fault(below + 255 * PAGE_SIZE, 1)).toBe(0);
    expect(other.fault(below + 256 * PAGE_SIZE, 1)).toBe(1);
  });

  it("heap page k lies in frame k, and the heap's beginning is one hot region", () => {
    const { kernel } = createTestHost();
    const heap = 0x5a_6000;
    kernel.brk(heap + 8 * PAGE_SIZE);
    const length = (): number => kernel.context.bytes.u64(machineMemory.control + control.hot0Length) / PAGE_SIZE;
    for (const [index, expected] of [
      [1, 0],
      [0, 2],
      [2, 3],
      [7, 3],
    ] as const) {
      kernel.fault(heap + index * PAGE_SIZE, 1);
      expect(length()).toBe(expected);
    }
    expect(kernel.linearOffset(heap + 7 * PAGE_SIZE)).toBe(machineMemory.frames + 7 * PAGE_SIZE);
    kernel.brk(heap + PAGE_SIZE);
    expect(length()).toBe(1);
  });

  /** Pages of a mapping that a process can write to before it is stopped, and how that is told. */
  function touchAll(machine: Partial<MachineSpec>): {
    readonly kernel: Kernel;
    readonly touched: number;
    readonly stop: number;
    readonly signal: number;
  } {
    const { kernel } = createTestHost(undefined, machine);
    const wanted = 60_000;
    const addr = kernel.mmap(0, wanted * PAGE_SIZE, RW, ANON | mapFlag.NORESERVE);
    let touched = 0;
    // No two pages are alike.
    for (; touched < wanted && kernel.fault(addr + touched * PAGE_SIZE, 1) === 1; touched++)
      kernel.context.bytes.put32(kernel.linearOffset(addr + touched * PAGE_SIZE), touched + 1);
    const word = (field: number): number => kernel.context.bytes.u32(machineMemory.control + field);
    return { kernel, touched, stop: word(control.stop), signal: word(control.signal) };
  }

  it("the kernel kills the process when RAM is used up, down to what it keeps back", () => {
    const { touched, ...end } = touchAll({ totalramPages: 16_384 });
    expect(end).toMatchObject({ stop: stop.outOfMemory, signal: 9 });
    // 64 MiB less the watermark of 1 MiB, page tables and shared frames.
    expect(touched).toBeGreaterThan(16_384 - 256 - 48);
    expect(touched).toBeLessThan(16_384 - 256);
  });

  it("RAM that cannot be simulated ends the simulation, not the process", () => {
    const { touched, kernel, ...end } = touchAll({});
    expect(end).toEqual({ stop: stop.storeFull, signal: 0 });
    expect(touched).toBeGreaterThan(48_000);
    // The same where a call needs room for one more VMA.
    const { bytes } = kernel.context;
    bytes.put32(machineMemory.control + control.stop, stop.running);
    let page = 0;
    while (page < 100 && kernel.mmap(AREA + page * PAGE_SIZE, PAGE_SIZE, RW, FIXED) > 0) page += 2;
    expect(page).toBeLessThan(100);
    expect(bytes.u32(machineMemory.control + control.stop)).toBe(stop.storeFull);
  });
});

describe("limits", () => {
  it.each(kernelReleases)(
    "a call that needs a VMA is refused when RAM has no frame for it, and leaves nothing behind (kernel %s)",
    (release) => {
      const host = createTestHost(undefined, { kernel: release, totalramPages: 160 });
      const { kernel } = host;
      const whole = kernel.mmap(0x2000_0000, 64 * PAGE_SIZE, RW, ANON);
      let page = 0;
      // Neighbours with a gap between them never join.
      while (kernel.mmap(AREA + page * PAGE_SIZE, PAGE_SIZE, RW, FIXED) > 0) page += 2;
      expect(page).toBeGreaterThan(2000);
      const [middle, before] = [whole + 8 * PAGE_SIZE, kernel.maps()];
      const committed = (): number => zoneGet(kernel.context, "committed_as");
      const promised = committed();
      const brk = kernel.currentBrk();
      expect(kernel.mmap(0, PAGE_SIZE, prot.NONE, ANON)).toBe(-errno.ENOMEM);
      expect(kernel.mmap(0, PAGE_SIZE, RW, mapFlag.SHARED | mapFlag.ANONYMOUS)).toBe(-errno.ENOMEM);
      expect(kernel.munmap(middle, PAGE_SIZE)).toBe(-errno.ENOMEM);
      expect(kernel.mprotect(middle, PAGE_SIZE, prot.READ)).toBe(-errno.ENOMEM);
      expect(kernel.madvise(middle, PAGE_SIZE, advice.DONTFORK)).toBe(-errno.EAGAIN);
      expect(kernel.mremap(middle, PAGE_SIZE, 2 * PAGE_SIZE, 1)).toBe(-errno.ENOMEM);
      expect(kernel.brk(brk + PAGE_SIZE)).toBe(brk);
      expect(kernel.maps()).toBe(before);
      expect(committed()).toBe(promised);
      checkInvariants(host);
    },
  );

  it("one request above RAM is refused unless NORESERVE, in overcommit mode 0", () => {
    const { kernel } = createTestHost();
    expect(kernel.mmap(0, 25_276_502_016, RW, ANON)).toBeGreaterThan(0);
    expect(kernel.mmap(0, 25_276_502_016 + PAGE_SIZE, RW, ANON)).toBe(-errno.ENOMEM);
    expect(kernel.mmap(0, 25_276_502_016 + PAGE_SIZE, RW, ANON | mapFlag.NORESERVE)).toBeGreaterThan(0);
    expect(kernel.mmap(0, 25_276_502_016 + PAGE_SIZE, prot.NONE, ANON)).toBeGreaterThan(0);
  });

  it("the limit on mappings forbids a split but not a join, and takes no promise along", () => {
    const { kernel } = createTestHost(undefined, { maxMapCount: 4 });
    kernel.mmap(AREA, 16 * PAGE_SIZE, prot.READ, FIXED);
    expect(kernel.mprotect(AREA + PAGE_SIZE, PAGE_SIZE, prot.NONE)).toBe(0);
    const promised = zoneGet(kernel.context, "committed_as");
    expect(kernel.mprotect(AREA + 8 * PAGE_SIZE, PAGE_SIZE, RW)).toBe(-errno.ENOMEM);
    expect(kernel.madvise(AREA + 8 * PAGE_SIZE, PAGE_SIZE, advice.DONTFORK)).toBe(-errno.EAGAIN);
    expect(zoneGet(kernel.context, "committed_as")).toBe(promised);
    expect(kernel.mprotect(AREA + PAGE_SIZE, 7 * PAGE_SIZE, prot.NONE)).toBe(0);
    expect(kernel.entries().map(({ start, end }) => (end - start) / PAGE_SIZE)).toEqual([1, 7, 8, 33]);
  });

  it("a failed call says why", () => {
    const { kernel } = createTestHost();
    expect(kernel.mmap(0, 0, RW, ANON)).toBe(-errno.EINVAL);
    expect(kernel.mmap(0, 2 ** 63, RW, ANON)).toBe(-errno.ENOMEM);
    expect(kernel.munmap(1, PAGE_SIZE)).toBe(-errno.EINVAL);
    expect(kernel.mprotect(AREA, PAGE_SIZE, RW)).toBe(-errno.ENOMEM);
    expect(kernel.mremap(AREA, PAGE_SIZE, 2 * PAGE_SIZE, 1)).toBe(-errno.EFAULT);
    expect(kernel.munmap(AREA, PAGE_SIZE)).toBe(0);
  });
});
