/** Fork by example: what two processes share, and when they stop. */
import { describe, expect, it } from "vitest";
import { pageFlag } from "../abi/kernel";
import { advice, errno, mapFlag, prot } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { decodeSlabCaches } from "../decode/slab";
import { zoneGet } from "./context";
import type { Kernel } from "./kernel";
import { pfnOf } from "./page-table";
import { createTestHost, type TestHost } from "./testing/host";

const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;
const AREA = 0x1000_0000;
const [PARENT, CHILD] = [1000, 1001];

const map = (kernel: Kernel, page: number, pages: number, flags: number = ANON): number =>
  kernel.mmap(AREA + page * PAGE_SIZE, pages * PAGE_SIZE, RW, flags | mapFlag.FIXED);
const frameAt = ({ context: k }: Kernel, addr: number): number => {
  const entry = k.pages.find(addr);
  return entry === 0 ? -1 : pfnOf(k.bytes.u32(entry));
};
const word = ({ kernel, bytes }: TestHost, addr: number): number => bytes[kernel.linearOffset(addr)] ?? -1;
const poke = ({ kernel, bytes }: TestHost, addr: number, value: number): void => {
  kernel.access(addr, true);
  bytes[kernel.linearOffset(addr)] = value;
};
const faults = (kernel: Kernel, work: () => void): number => {
  const before = kernel.usage().minorFaults;
  work();
  return kernel.usage().minorFaults - before;
};
const rows = (kernel: Kernel): string[] =>
  kernel.entries("anonymous").map(({ start, end }) => `${start.toString(16)}-${end.toString(16)}`);

describe("after fork", () => {
  it("both show the same page until one writes; the other then keeps it without a copy", () => {
    const host = createTestHost();
    const { kernel } = host;
    map(kernel, 0, 4);
    poke(host, AREA, 7);
    const frame = frameAt(kernel, AREA);
    expect(kernel.fork(CHILD)).toBe(CHILD);
    const resident = kernel.status().RssAnon;
    kernel.switchTo(CHILD);
    expect([kernel.pid(), kernel.status().RssAnon]).toEqual([CHILD, resident]);
    expect([frameAt(kernel, AREA), word(host, AREA)]).toEqual([frame, 7]);
    expect(faults(kernel, () => poke(host, AREA, 8))).toBe(1);
    expect(frameAt(kernel, AREA)).not.toBe(frame);
    kernel.switchTo(PARENT);
    expect(word(host, AREA)).toBe(7);
    expect(faults(kernel, () => poke(host, AREA, 9))).toBe(1);
    expect([frameAt(kernel, AREA), kernel.status().RssAnon]).toEqual([frame, resident]);
    kernel.switchTo(CHILD);
    expect(word(host, AREA)).toBe(8);
  });

  it("shared memory stays one", () => {
    const host = createTestHost();
    const { kernel } = host;
    map(kernel, 0, 2, mapFlag.SHARED | mapFlag.ANONYMOUS);
    poke(host, AREA, 1);
    kernel.fork(CHILD);
    kernel.switchTo(CHILD);
    expect(kernel.linearOffset(AREA), "its tables are empty: a fault finds the page").toBe(-1);
    poke(host, AREA, 2);
    poke(host, AREA + PAGE_SIZE, 3);
    kernel.exit(0, PARENT);
    kernel.access(AREA + PAGE_SIZE, false);
    expect([word(host, AREA), word(host, AREA + PAGE_SIZE)]).toEqual([2, 3]);
  });

  it("pages of the zero page and untouched ones cost nothing; what is not to be copied is not", () => {
    const { kernel } = createTestHost();
    map(kernel, 0, 2);
    map(kernel, 8, 1, ANON | mapFlag.NORESERVE);
    map(kernel, 16, 1, ANON | mapFlag.NORESERVE);
    for (const page of [1, 8, 16]) kernel.access(AREA + page * PAGE_SIZE, true);
    kernel.access(AREA, false);
    kernel.madvise(AREA + 8 * PAGE_SIZE, PAGE_SIZE, advice.DONTFORK);
    kernel.madvise(AREA + 16 * PAGE_SIZE, PAGE_SIZE, advice.WIPEONFORK);
    const before = kernel.status();
    kernel.fork(CHILD);
    kernel.switchTo(CHILD);
    const after = kernel.status();
    expect([before.VmSize - after.VmSize, before.RssAnon - after.RssAnon]).toEqual([4, 8]);
    expect(rows(kernel).map((row) => row.split("-")[0])).toEqual(["10000000", "10010000", "7ffffffde000"]);
    expect(frameAt(kernel, AREA)).toBe(zoneGet(kernel.context, "zero_pfn"));
    expect(kernel.linearOffset(AREA + 16 * PAGE_SIZE)).toBe(-1);
  });

  it("a mapping of the child does not join one without pages, as the parent's does", () => {
    const { kernel } = createTestHost();
    map(kernel, 0, 1);
    kernel.access(AREA, true);
    kernel.fork(CHILD);
    for (const [pid, lines] of [
      [PARENT, 2],
      [CHILD, 3],
    ] as const) {
      kernel.switchTo(pid);
      map(kernel, 1, 1);
      expect(rows(kernel).length, `pid ${pid}`).toBe(lines);
    }
  });

  it("a mapping that was one anon_vma in two pieces becomes whole again in the parent only", () => {
    const { kernel } = createTestHost();
    map(kernel, 0, 2);
    for (const page of [0, 1]) kernel.access(AREA + page * PAGE_SIZE, true);
    kernel.mprotect(AREA, PAGE_SIZE, prot.READ);
    kernel.fork(CHILD);
    for (const [pid, lines] of [
      [PARENT, 2],
      [CHILD, 3],
    ] as const) {
      kernel.switchTo(pid);
      kernel.mprotect(AREA, PAGE_SIZE, RW);
      expect(rows(kernel).length, `pid ${pid}`).toBe(lines);
    }
  });

  it("mprotect does not give a shared page the right to be written, only the next fault does", () => {
    const { kernel } = createTestHost();
    map(kernel, 0, 1);
    kernel.access(AREA, true);
    kernel.fork(CHILD);
    kernel.mprotect(AREA, PAGE_SIZE, prot.READ);
    kernel.mprotect(AREA, PAGE_SIZE, RW);
    expect(faults(kernel, () => kernel.access(AREA, true))).toBe(1);
  });

  it("smaps shares a page among those who map it", () => {
    const { kernel } = createTestHost();
    map(kernel, 0, 2);
    for (const page of [0, 1]) kernel.access(AREA + page * PAGE_SIZE, true);
    const shares = (): number[] => {
      const row = kernel.smaps().find(({ start }) => start === AREA);
      return row === undefined ? [] : [row.rss, row.pss, row.sharedDirty, row.privateDirty];
    };
    expect(shares()).toEqual([8, 8, 0, 8]);
    kernel.fork(CHILD);
    expect(shares()).toEqual([8, 4, 8, 0]);
    kernel.access(AREA, true);
    expect(shares()).toEqual([8, 6, 4, 4]);
  });

  it("a huge page is reused when it is one process's again; a write before that takes a page out of it", () => {
    const { kernel } = createTestHost(undefined, { transparentHugepage: "always" });
    const huge = 0x2000_0000;
    kernel.mmap(huge, 512 * PAGE_SIZE, RW, ANON | mapFlag.FIXED);
    kernel.access(huge, true);
    const anonHuge = (): number => kernel.smaps().find(({ start }) => start === huge)?.anonHuge ?? -1;
    kernel.fork(CHILD);
    kernel.switchTo(CHILD);
    expect(anonHuge()).toBe(2048);
    kernel.access(huge, true);
    expect([anonHuge(), kernel.status().RssAnon]).toEqual([0, 2048]);
    kernel.exit(0, PARENT);
    expect(faults(kernel, () => [0, 1, 511].forEach((page) => kernel.access(huge + page * PAGE_SIZE, true)))).toBe(1);
    expect(anonHuge()).toBe(2048);
  });
});

describe("anon_vmas", () => {
  const chainOf = ({ context: k }: Kernel, addr: number): readonly number[] => k.anon.of(k.vmas.find(addr));
  const ownOf = ({ context: k }: Kernel, addr: number): number => k.vmas.anonVma(k.vmas.find(addr));

  it("a child's mapping leads to its own and its parent's, and the root outlives the parent", () => {
    const host = createTestHost();
    const { kernel } = host;
    const objects = (name: string): number =>
      decodeSlabCaches(host.bytes).find((cache) => cache.name === name)?.activeObjects ?? -1;
    const none = [objects("anon_vma"), objects("anon_vma_chain")];
    map(kernel, 0, 2);
    poke(host, AREA, 1);
    const root = ownOf(kernel, AREA);
    expect([objects("anon_vma"), objects("anon_vma_chain")]).toEqual(none.map((count) => count + 1));
    kernel.fork(CHILD);
    kernel.switchTo(CHILD);
    expect(chainOf(kernel, AREA)).toEqual([ownOf(kernel, AREA), root]);
    expect([objects("anon_vma"), objects("anon_vma_chain")]).toEqual([(none[0] ?? 0) + 2, (none[1] ?? 0) + 3]);
    kernel.switchTo(PARENT);
    kernel.exit(0, CHILD);
    expect(chainOf(kernel, AREA)).toEqual([ownOf(kernel, AREA), root]);
    kernel.munmap(AREA, 2 * PAGE_SIZE);
    expect([objects("anon_vma"), objects("anon_vma_chain")]).toEqual(none);
  });

  it("a grandchild takes over the one that nobody has any more, and makes its own where somebody does", () => {
    const host = createTestHost();
    const { kernel } = host;
    map(kernel, 0, 2);
    poke(host, AREA, 1);
    kernel.fork(CHILD);
    kernel.switchTo(CHILD);
    const child = ownOf(kernel, AREA);
    kernel.fork(CHILD + 1);
    kernel.switchTo(CHILD + 1);
    expect([chainOf(kernel, AREA).length, chainOf(kernel, AREA).includes(child)]).toEqual([3, true]);
    expect(ownOf(kernel, AREA)).not.toBe(child);
    kernel.switchTo(CHILD);
    kernel.exit(0, CHILD + 1);
    kernel.fork(CHILD + 2);
    kernel.switchTo(CHILD + 2);
    expect([ownOf(kernel, AREA), chainOf(kernel, AREA).length]).toEqual([child, 3]);
  });
});

describe("an ended child", () => {
  it("gives back what only it used, and waits to be asked for", () => {
    const { kernel } = createTestHost();
    map(kernel, 0, 64);
    kernel.access(AREA, true);
    const free = (): number => zoneGet(kernel.context, "free_pages");
    const [before, promised] = [free(), zoneGet(kernel.context, "committed_as")];
    expect(kernel.wait(-1)).toBe(-errno.ECHILD);
    kernel.fork(CHILD);
    expect(zoneGet(kernel.context, "committed_as")).toBeGreaterThan(promised);
    expect(kernel.wait(-1)).toBeNull();
    kernel.switchTo(CHILD);
    for (let page = 0; page < 64; page++) kernel.access(AREA + page * PAGE_SIZE, true);
    kernel.exit(3 << 8, PARENT);
    expect(kernel.isAlive(CHILD)).toBe(false);
    expect([free(), zoneGet(kernel.context, "committed_as")]).toEqual([before, promised]);
    expect(kernel.wait(CHILD + 1)).toBe(-errno.ECHILD);
    expect(kernel.wait(CHILD)).toEqual({ pid: CHILD, exitCode: 3 << 8 });
    expect(kernel.wait(-1)).toBe(-errno.ECHILD);
  });

  it("is gone at once when nobody will ask: its parent has ended", () => {
    const { kernel } = createTestHost();
    kernel.fork(CHILD);
    kernel.exit(0, CHILD);
    expect(kernel.pid()).toBe(CHILD);
    expect(kernel.isAlive(PARENT)).toBe(false);
    expect(kernel.wait(-1)).toBe(-errno.ECHILD);
  });
});

describe("fork is refused", () => {
  it("ENOMEM when the promise would be too much (overcommit_memory 2), and leaves nothing behind", () => {
    const { kernel } = createTestHost(undefined, { overcommitMemory: 2, totalramPages: 20_000 });
    map(kernel, 0, 4000);
    kernel.access(AREA, true);
    const { context: k } = kernel;
    const before = [zoneGet(k, "free_pages"), zoneGet(k, "committed_as"), k.frames.refcount(frameAt(kernel, AREA))];
    map(kernel, 8192, 1000);
    map(kernel, 16_384, 1000);
    const answers = [kernel.fork(CHILD)];
    expect(answers).toEqual([-errno.ENOMEM]);
    kernel.munmap(AREA + 8192 * PAGE_SIZE, 16_384 * PAGE_SIZE);
    expect([zoneGet(k, "free_pages"), zoneGet(k, "committed_as"), k.frames.refcount(frameAt(kernel, AREA))]).toEqual(before);
    expect(k.frames.flags(frameAt(kernel, AREA)) & pageFlag.anon).not.toBe(0);
  });

  it("EAGAIN when there are too many processes", () => {
    const { kernel } = createTestHost();
    let pid = CHILD;
    while (kernel.fork(pid) > 0) pid++;
    expect([pid - PARENT, kernel.fork(pid)]).toEqual([64, -errno.EAGAIN]);
  });
});

describe("RAM that runs out", () => {
  it("the larger process is killed, and the other goes on", () => {
    const { kernel } = createTestHost(undefined, { totalramPages: 800, overcommitMemory: 1 });
    map(kernel, 0, 600);
    kernel.fork(CHILD);
    for (let page = 0; page < 600; page++) kernel.access(AREA + page * PAGE_SIZE, true);
    kernel.switchTo(CHILD);
    for (let page = 0; page < 300; page++) expect(kernel.access(AREA + page * PAGE_SIZE, true)).toBe(true);
    expect(kernel.isAlive(PARENT)).toBe(false);
    expect(kernel.pid()).toBe(CHILD);
  });
});
