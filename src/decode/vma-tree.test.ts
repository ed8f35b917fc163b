/** The kernel's trees through the eyes of the decoder, which knows nothing of the kernel's code. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mmStruct, vmAreaStruct } from "../abi/kernel";
import { kernelReleases, mapFlag, prot } from "../abi/linux";
import { mapleNode } from "../abi/maple";
import { PAGE_SIZE } from "../abi/machine-memory";
import { createTestHost, type TestHost } from "../kernel/testing/host";
import { findVmaWalk } from "./find-vma";
import { type KernelWords, kernelWords } from "./kernel-words";
import { asWords } from "./memory";
import { decodeVmaTree } from "./vma-tree";
import { decodeAddressSpace } from "./vmas";

const RW = prot.READ | prot.WRITE;
const FIXED = mapFlag.PRIVATE | mapFlag.ANONYMOUS | mapFlag.FIXED;
const AREA = 0x1000_0000;
const PAGES = 2048;

const change = fc.record({
  do: fc.constantFrom("map" as const, "map" as const, "map" as const, "unmap" as const, "protect" as const, "place" as const),
  page: fc.nat(PAGES - 1),
  pages: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 200 })),
  rights: fc.constantFrom(RW, prot.READ, prot.NONE, prot.READ | prot.EXEC),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function apply({ kernel }: TestHost, { do: what, page, pages, rights }: Change): void {
  const [at, bytes] = [AREA + page * PAGE_SIZE, pages * PAGE_SIZE];
  if (what === "map") kernel.mmap(at, bytes, rights, FIXED);
  else if (what === "unmap") kernel.munmap(at, bytes);
  else if (what === "protect") kernel.mprotect(at, bytes, rights);
  else kernel.mmap(0, bytes, rights, mapFlag.PRIVATE | mapFlag.ANONYMOUS);
}

/** Many small mappings with gaps, so that the trees are a few levels high from the start. */
function crowd(host: TestHost, count: number): void {
  for (let index = 0; index < count; index++) {
    const page = (index * 389) % PAGES;
    host.kernel.mmap(AREA + page * PAGE_SIZE, PAGE_SIZE, index % 3 === 0 ? prot.READ : RW, FIXED);
  }
}

const index = (host: TestHost): KernelWords => kernelWords(asWords(host.bytes));

/** Start addresses of what the tree holds, and its own complaints. */
function contents(host: TestHost): { readonly starts: readonly number[]; readonly problems: readonly unknown[] } {
  const tree = decodeVmaTree(index(host));
  const starts =
    tree.kind === "rbtree"
      ? tree.nodes.map((node) => node.start)
      : tree.nodes
          .flatMap((node) => node.slots.filter((slot) => slot.vma !== 0).map((slot) => slot.start))
          .toSorted((a, b) => a - b);
  return { starts, problems: tree.problems };
}

describe.each(kernelReleases)("the tree of VMAs, kernel %s", (release) => {
  it("is sound, complete and as full as its rules say, whatever is mapped and unmapped", () => {
    fc.assert(
      fc.property(fc.nat(600), fc.array(change, { minLength: 1, maxLength: 60 }), (count, changes) => {
        const host = createTestHost(undefined, { kernel: release });
        crowd(host, count);
        for (const [round, step] of changes.entries()) {
          apply(host, step);
          if (round % 5 !== 0 && round !== changes.length - 1) continue;
          const { starts, problems } = contents(host);
          expect(problems).toEqual([]);
          expect(starts).toEqual(decodeAddressSpace(host.bytes).vmas.map((vma) => vma.start));
          expect(starts.length).toBe(host.kernel.entries().length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("finds what a linear search finds, and so does the walk that is shown", () => {
    fc.assert(
      fc.property(fc.nat(400), fc.array(fc.integer({ min: -2, max: PAGES * PAGE_SIZE }), { maxLength: 40 }), (count, offsets) => {
        const host = createTestHost(undefined, { kernel: release });
        crowd(host, count);
        const { vmas } = host.kernel.context;
        const entries = host.kernel.entries();
        for (const offset of [...offsets, -AREA, 2 ** 46, 2 ** 47]) {
          const addr = AREA + offset;
          const expected = entries.find((entry) => entry.end > addr)?.start ?? -1;
          const found = vmas.find(addr);
          const walk = findVmaWalk(index(host), addr);
          expect(found === 0 ? -1 : vmas.start(found)).toBe(expected);
          expect(walk.vma).toBe(found);
          expect(walk.holds).toBe(expected >= 0 && expected <= addr);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("finds the highest and the lowest gap that a linear search finds", () => {
    const query = fc.record({ length: fc.integer({ min: 1, max: 40 }), floor: fc.nat(PAGES), ceiling: fc.nat(PAGES + 100) });
    fc.assert(
      fc.property(fc.nat(500), fc.array(query, { maxLength: 30 }), (count, queries) => {
        const host = createTestHost(undefined, { kernel: release });
        crowd(host, count);
        const { vmas } = host.kernel.context;
        const entries = host.kernel.entries();
        const gaps = [...entries, { start: Infinity, end: Infinity }].map(({ start }, index) => [
          entries[index - 1]?.end ?? 0,
          start,
        ]);
        for (const each of queries) {
          const length = each.length * PAGE_SIZE;
          const [floor, ceiling] = [AREA + each.floor * PAGE_SIZE, AREA + each.ceiling * PAGE_SIZE];
          const fitting = gaps
            .map(([from = 0, to = 0]) => [Math.max(from, floor), Math.min(to, ceiling)] as const)
            .filter(([from, to]) => to - from >= length);
          expect(vmas.highestGap(length, floor, ceiling)).toBe(fitting.at(-1)?.[1] ?? -1);
          expect(vmas.lowestGap(length, floor, ceiling)).toBe(fitting[0]?.[0] ?? -1);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("goes back and forth in time byte by byte, and is sound at every instant", () => {
    const host = createTestHost(undefined, { kernel: release });
    const instants: number[] = [];
    const prints: number[] = [];
    for (let round = 0; round < 60; round++) {
      host.kernel.mmap(AREA + ((round * 37) % 64) * PAGE_SIZE, PAGE_SIZE, round % 2 === 0 ? prot.READ : RW, FIXED);
      if (round % 3 === 2) host.kernel.munmap(AREA + ((round * 11) % 64) * PAGE_SIZE, 2 * PAGE_SIZE);
      instants.push(host.now());
      prints.push(host.fingerprint());
    }
    for (const round of [0, 59, 30, 12, 45]) {
      host.seek(instants[round] ?? 0);
      expect(host.fingerprint()).toBe(prints[round]);
      expect(contents(host).problems).toEqual([]);
    }
  });

  it("damage is told, and never hangs the reader", () => {
    const { vmas: mapped, bytes: words } = createTestHost(undefined, { kernel: release }).kernel.context;
    const slabOf = (object: number): number => object - (object % PAGE_SIZE);
    const vmas = slabOf(mapped.first());
    const nodes = slabOf(words.u64(mmStruct.at + mmStruct.ma_root)) || vmas;
    const places = fc.oneof(
      fc.nat(80).map((word) => vmas + word * 8),
      fc.nat(31).map((word) => nodes + mapleNode.stride * 3 + word * 8),
      fc.nat(300).map((word) => nodes + word * 8),
      fc.constantFrom(mmStruct.ma_root, mmStruct.mm_rb, mmStruct.mmap).map((field) => mmStruct.at + field),
    );
    const values = fc.oneof(
      fc.maxSafeNat(),
      fc.nat(80).map((slot) => vmas + slot * 32),
      fc.nat(40).map((slot) => nodes + slot * 128 + 0x1c),
      fc.nat(15),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(places, values), { minLength: 1, maxLength: 4 }), (writes) => {
        const host = createTestHost(undefined, { kernel: release });
        crowd(host, 120);
        const sound = host.now();
        for (const [at, value] of writes) host.kernel.context.bytes.put64(at, value);
        expect(decodeVmaTree(index(host)).problems).toBeDefined();
        expect(decodeAddressSpace(host.bytes).vmas.length).toBeLessThanOrEqual(122);
        expect(findVmaWalk(index(host), AREA + 0x5000).steps.length).toBeLessThanOrEqual(65);
        host.seek(sound);
        expect(decodeVmaTree(index(host)).problems).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("what is damaged is named", () => {
  it("a red node below a red one, a subtree's gap, a broken list", () => {
    const host = createTestHost(undefined, { kernel: "before-6.1" });
    crowd(host, 40);
    const tree = decodeVmaTree(index(host));
    if (tree.kind !== "rbtree") throw new Error("before 6.1 there is a red-black tree");
    const leaf = tree.nodes.find((node) => node.left < 0 && node.right < 0 && node.red);
    const at = leaf?.vma ?? 0;
    const { bytes } = host.kernel.context;
    bytes.put64(at + vmAreaStruct.rb_subtree_gap, 1);
    bytes.put64(at + vmAreaStruct.vm_prev, at);
    const above = tree.nodes[leaf?.parent ?? 0]?.vma ?? 0;
    bytes.put64(above + vmAreaStruct.rb_parent_color, bytes.u64(above + vmAreaStruct.rb_parent_color) & ~1);
    const faults = new Set(decodeVmaTree(index(host)).problems.map((problem) => problem.fault));
    for (const fault of ["gap", "list", "colour", "blackHeight"] as const) expect(faults).toContain(fault);
  });

  it("a maple node that does not point back, a wrong gap, a pointer to nowhere", () => {
    const host = createTestHost();
    crowd(host, 40);
    const tree = decodeVmaTree(index(host));
    if (tree.kind !== "maple") throw new Error("since 6.1 there is a maple tree");
    const [root, second] = tree.nodes;
    const { bytes } = host.kernel.context;
    bytes.put64((second?.at ?? 0) + mapleNode.parent, 0);
    bytes.put64((root?.at ?? 0) + 0xa0, PAGE_SIZE);
    bytes.put64((root?.at ?? 0) + 0x58, 5);
    const faults = new Set(decodeVmaTree(index(host)).problems.map((problem) => problem.fault));
    for (const fault of ["parent", "gap", "pointer"] as const) expect(faults).toContain(fault);
  });
});
