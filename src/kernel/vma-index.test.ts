/** How much of the index a question reads, counted: no clock, so that the bound holds on every machine. */
import { describe, expect, it } from "vitest";
import { kernelReleases } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { createTestHost } from "./testing/host";
import { createVmas, type Vma, type Vmas } from "./vma";

const AREA = 0x1000_0000;

/** A thousand or more VMAs of one page with a gap of one page below each, and a count of the words that were read. */
function crowd(
  release: (typeof kernelReleases)[number],
  count: number,
): { readonly vmas: Vmas; readonly all: readonly Vma[]; reads(work: () => void): number } {
  const { bytes, mm, frames, slabs, anon } = createTestHost(undefined, { kernel: release }).kernel.context;
  let words = 0;
  const counted =
    <T>(read: (at: number) => T) =>
    (at: number): T => {
      words++;
      return read(at);
    };
  const vmas = createVmas({ ...bytes, u32: counted(bytes.u32), u64: counted(bytes.u64) }, mm, frames, slabs, anon);
  const all = Array.from({ length: count }, (_, index) => {
    const start = AREA + ((index * 7919) % count) * 2 * PAGE_SIZE;
    const vma = vmas.create({
      start,
      end: start + PAGE_SIZE,
      flags: 0,
      pageProt: 0,
      pgoff: index,
      file: 0,
    });
    vmas.insert(vma);
    return vma;
  });
  const reads = (work: () => void): number => {
    words = 0;
    work();
    return words;
  };
  return { vmas, all, reads };
}

/** Words read by a hundred of each. */
function effort(release: (typeof kernelReleases)[number], count: number): Readonly<Record<"find" | "gap" | "change", number>> {
  const { vmas, all, reads } = crowd(release, count);
  const some = all.filter((_, index) => index % Math.floor(count / 100) === 0).slice(0, 100);
  const ceiling = AREA + 2 * count * PAGE_SIZE;
  return {
    find: reads(() => some.forEach((vma) => vmas.find(vmas.start(vma)))),
    gap: reads(() => some.forEach(() => vmas.highestGap(2 * PAGE_SIZE, 0, ceiling))),
    change: reads(() =>
      some.forEach((vma) => {
        vmas.remove(vma);
        vmas.insert(vma);
      }),
    ),
  };
}

describe.each(kernelReleases)("the index of VMAs, kernel %s", (release) => {
  it("reads little more among sixteen thousand than among a thousand", () => {
    const [few, many] = [effort(release, 1000), effort(release, 16_000)];
    for (const question of ["find", "gap", "change"] as const) {
      expect(few[question]).toBeGreaterThan(0);
      expect(many[question], question).toBeLessThan(2.5 * few[question]);
    }
  });
});
