/** Pages and walks through the eyes of the decoders, against what the simulated kernel counts and finds by its own code. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileKind, mmStruct } from "../abi/kernel";
import { advice, mapFlag, prot } from "../abi/linux";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { createTestHost, type TestHost } from "../kernel/testing/host";
import { pageKind, pageKinds } from "./page-kind";
import { pageMark, pageRow, type VmaPages, vmaPages } from "./pages";
import type { AddressSpace } from "./types";
import { decodeAddressSpace } from "./vmas";
import { walkFacts } from "./walk-facts";

const RW = prot.READ | prot.WRITE;
const FIXED = mapFlag.FIXED;
const AREA = 0x1000_0000;
const PAGES = 1200;

const page = fc.nat(PAGES - 1);
const pages = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 700 }));
const step = fc.record({
  do: fc.constantFrom("map", "map", "touch", "touch", "touch", "protect", "unmap", "dontneed"),
  page,
  pages,
  source: fc.constantFrom("anonymous", "anonymous", "shared", "file", "file shared"),
  rights: fc.constantFrom(RW, RW, prot.READ, prot.NONE),
  write: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function makeFile({ kernel }: TestHost): number {
  const sizeBytes = PAGES * PAGE_SIZE;
  return kernel.createFile({ kind: fileKind.regular, name: "/f", inode: 7, deviceMajor: 1, deviceMinor: 2, sizeBytes });
}

function perform({ kernel }: TestHost, file: number, { do: what, page: first, pages: count, source, rights, write }: Step): void {
  const [at, bytes] = [AREA + first * PAGE_SIZE, count * PAGE_SIZE];
  if (what === "map") {
    const kind = source === "shared" || source === "file shared" ? mapFlag.SHARED : mapFlag.PRIVATE;
    const backed = source === "file" || source === "file shared";
    kernel.mmap(at, bytes, rights, FIXED | kind | (backed ? 0 : mapFlag.ANONYMOUS), backed ? { file, pgoff: first } : null);
  } else if (what === "touch") {
    for (let i = 0; i < Math.min(count, 24); i++) if (!kernel.access(at + i * PAGE_SIZE, write)) return;
  } else if (what === "protect") kernel.mprotect(at, bytes, rights);
  else if (what === "unmap") kernel.munmap(at, bytes);
  else kernel.madvise(at, bytes, advice.DONTNEED);
}

const counter = (host: TestHost, field: "rss_anon" | "rss_file" | "rss_shmem"): number =>
  host.kernel.context.bytes.u64(machineMemory.kernel + mmStruct[field]);

const sum = (all: readonly VmaPages[], kind: number): number => all.reduce((total, { byKind }) => total + (byKind[kind] ?? 0), 0);

/** What the walk must find by what the kernel says of the page. */
function checkWalk(host: TestHost, space: AddressSpace, decoded: VmaPages, addr: number): void {
  const walk = walkFacts(host.bytes, space, addr);
  const row = pageRow(decoded, (addr - decoded.start) / PAGE_SIZE);
  const at = host.kernel.linearOffset(addr);
  expect(walk.vma?.start).toBe(decoded.start);
  if (at < 0) {
    expect(row).toBe(-1);
    expect(walk).toMatchObject({ end: "notPresent", frame: null });
    return;
  }
  const protNone = ((decoded.marks[row] ?? 0) & pageMark.protNone) !== 0;
  const kind = pageKinds[decoded.kind[row] ?? 0];
  expect(walk).toMatchObject({ end: protNone ? "protNone" : "page", frame: { pfn: decoded.pfn[row], kind } });
  expect(host.kernel.context.frames.offset(decoded.pfn[row] ?? -1)).toBe(at);
  for (const { index, used } of walk.rows) expect(used).toContain(index);
}

describe.each([4, 5] as const)("pages of mappings, %s levels", (pagingLevels) => {
  it("add up to the kernel's counters and to smaps, and lie where the walk leads, whatever the program did", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.array(page, { maxLength: 6 }), (steps, looked) => {
        const host = createTestHost(undefined, { pagingLevels });
        const file = makeFile(host);
        for (const one of steps) perform(host, file, one);
        const space = decodeAddressSpace(host.bytes);
        const decoded = space.vmas.map((vma) => vmaPages(host.bytes, vma));
        expect(sum(decoded, pageKind.anonymous)).toBe(counter(host, "rss_anon"));
        expect(sum(decoded, pageKind.file)).toBe(counter(host, "rss_file"));
        expect(sum(decoded, pageKind.sharedMemory)).toBe(counter(host, "rss_shmem"));
        const smaps = host.kernel.smaps();
        expect(decoded.map(({ resident }) => resident * 4)).toEqual(smaps.map(({ rss }) => rss));
        expect(decoded.map(({ dirty }) => dirty * 4)).toEqual(smaps.map((row) => row.privateDirty + row.sharedDirty));
        expect(decoded.map(({ shared }) => shared * 4)).toEqual(smaps.map((row) => row.sharedClean + row.sharedDirty));
        expect(decoded.map(({ byKind }) => (byKind[pageKind.anonymous] ?? 0) * 4)).toEqual(
          smaps.map(({ anonymous }) => anonymous),
        );
        for (const index of looked) {
          const addr = AREA + index * PAGE_SIZE;
          const which = space.vmas.findIndex(({ start, end }) => addr >= start && addr < end);
          const there = decoded[which];
          if (there !== undefined) checkWalk(host, space, there, addr);
          else expect(walkFacts(host.bytes, space, addr)).toMatchObject({ end: "notPresent", vma: null });
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("the walk", () => {
  const touched = (machine: Parameters<typeof createTestHost>[1], write: boolean): TestHost => {
    const host = createTestHost(undefined, machine);
    host.kernel.mmap(AREA, 2 * PAGE_SIZE, RW, FIXED | mapFlag.PRIVATE | mapFlag.ANONYMOUS);
    host.kernel.access(AREA, write);
    return host;
  };

  it("asks for a P4D with four levels too, and gets the PGD's entry", () => {
    const host = touched({}, true);
    const { rows, frame } = walkFacts(host.bytes, decodeAddressSpace(host.bytes), AREA + 0x123);
    expect(rows.map(({ level, folded }) => (folded ? `(${level})` : level))).toEqual(["PGD", "(P4D)", "PUD", "PMD", "PTE"]);
    expect(rows[1]?.value).toBe(rows[0]?.value);
    expect(rows.at(-1)?.value).toBe((1n << 63n) | (BigInt(frame?.pfn ?? 0) << 12n) | 0x67n);
    expect(frame).toMatchObject({ kind: "anonymous", users: 1, mappings: 1, cached: false, dirty: true });
  });

  it("has a fifth table of its own with five levels, and finds the zero page where a page was only read", () => {
    const host = touched({ pagingLevels: 5 }, false);
    const { rows, frame, end } = walkFacts(host.bytes, decodeAddressSpace(host.bytes), AREA);
    expect(rows.map(({ level, folded }) => [level, folded])).toEqual(
      ["PGD", "P4D", "PUD", "PMD", "PTE"].map((level) => [level, false]),
    );
    expect([end, frame?.kind]).toEqual(["page", "zero"]);
  });

  it("ends at an entry that maps a large page, inside of it", () => {
    const host = touched({}, true);
    const space = decodeAddressSpace(host.bytes);
    const { rows } = walkFacts(host.bytes, space, AREA);
    const pmd = rows.find(({ level }) => level === "PMD");
    host.kernel.context.bytes.putPair(pmd?.at ?? 0, (0x200 << 12) | 0xe7, 0);
    const large = walkFacts(host.bytes, space, AREA + 3 * PAGE_SIZE);
    expect(large.rows.at(-1)).toMatchObject({ level: "PMD", flags: { large: true } });
    expect(large.frame?.pfn).toBe(0x203);
  });

  it("says where 512 pages are one transparent huge page", () => {
    const host = createTestHost();
    const at = host.kernel.mmap(AREA, 1024 * PAGE_SIZE, RW, FIXED | mapFlag.PRIVATE | mapFlag.ANONYMOUS);
    host.kernel.madvise(at, 1024 * PAGE_SIZE, advice.HUGEPAGE);
    host.kernel.access(at, true);
    const space = decodeAddressSpace(host.bytes);
    const pmd = (addr: number) => walkFacts(host.bytes, space, addr).rows.find(({ level }) => level === "PMD");
    expect(pmd(at + 77 * PAGE_SIZE)?.flags.huge).toBe(true);
    host.kernel.munmap(at + PAGE_SIZE, PAGE_SIZE);
    expect(pmd(at)?.flags.huge).toBe(false);
  });

  it("never throws, whatever the tables hold", () => {
    const host = touched({}, true);
    const space = decodeAddressSpace(host.bytes);
    const [vma] = space.vmas;
    if (vma === undefined) throw new Error("no mapping");
    const here = host.now();
    for (const { at, table } of walkFacts(host.bytes, space, AREA).rows) {
      for (const low of [0xffff_ffff, 0x8000_0001, (table << 12) | 1]) {
        host.kernel.context.bytes.putPair(at, low >>> 0, 0xfff);
        expect(walkFacts(host.bytes, space, AREA).end).toMatch(/page|damaged|notPresent|protNone/);
        expect(vmaPages(host.bytes, vma).count).toBeGreaterThanOrEqual(0);
        host.seek(here);
      }
    }
  });
});
