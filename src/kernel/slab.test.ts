import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageFlag, zoneStruct } from "../abi/kernel";
import { mapFlag, prot } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { KEPT_FREE_SLABS, kmemCache, slabCaches } from "../abi/slab";
import { decodeSlabCaches, type SlabCache } from "../decode/slab";
import { createTestHost, type TestHost } from "./testing/host";

const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;

function cacheOf(host: TestHost, name: string): SlabCache {
  const found = decodeSlabCaches(host.bytes).find((cache) => cache.name === name);
  if (found === undefined) throw new Error(`no cache ${name}`);
  return found;
}

/** What holds whatever was asked for. */
function checkLaws(cache: SlabCache): void {
  const { full, partial, empty, objectsPerSlab } = cache;
  expect(cache.damaged).toBe(false);
  expect(full.length + partial.length + empty.length).toBe(cache.slabs);
  expect(full.every(({ inUse }) => inUse === objectsPerSlab)).toBe(true);
  expect(partial.every(({ inUse }) => inUse > 0 && inUse < objectsPerSlab)).toBe(true);
  expect(empty.every(({ inUse }) => inUse === 0)).toBe(true);
  expect([...full, ...partial].reduce((sum, { inUse }) => sum + inUse, 0)).toBe(cache.activeObjects);
  expect(empty.length).toBeLessThanOrEqual(KEPT_FREE_SLABS);
}

const action = fc.record({ page: fc.nat(400), map: fc.boolean(), pages: fc.integer({ min: 1, max: 40 }) });

function play(
  host: TestHost,
  actions: readonly { readonly page: number; readonly map: boolean; readonly pages: number }[],
): void {
  for (const { page, map, pages } of actions) {
    const addr = 0x1000_0000 + page * PAGE_SIZE;
    // Neighbours with different rights do not join: every other page makes many VMAs.
    if (map)
      for (let i = 0; i < pages; i += 2) host.kernel.mmap(addr + i * PAGE_SIZE, PAGE_SIZE, prot.READ, ANON | mapFlag.FIXED);
    else host.kernel.munmap(addr, pages * PAGE_SIZE);
  }
}

describe("slab caches", () => {
  for (const kernel of ["6.1+", "before-6.1"] as const) {
    it(`vm_area_structs are objects in slabs, each in one place, counted exactly (${kernel})`, () => {
      fc.assert(
        fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
          const host = createTestHost(undefined, { kernel });
          play(host, actions);
          const cache = cacheOf(host, "vm_area_struct");
          checkLaws(cache);
          checkLaws(cacheOf(host, "maple_node"));
          expect(cache.activeObjects).toBe(host.kernel.entries().length);
          const { vmas } = host.kernel.context;
          const free = new Set([...cache.partial, ...cache.empty].flatMap((slab) => slab.free));
          const slabs = new Set([...cache.full, ...cache.partial].map(({ at }) => at));
          for (let vma = vmas.first(); vma !== 0; vma = vmas.next(vma)) {
            expect(free.has(vma)).toBe(false);
            expect(slabs.has(vma - (vma % PAGE_SIZE))).toBe(true);
          }
        }),
        { numRuns: 25 },
      );
    });
  }

  it("a slab fills up before the next is begun; the frame comes from the buddy allocator and is marked", () => {
    const host = createTestHost();
    const { context: k } = host.kernel;
    const before = cacheOf(host, "vm_area_struct");
    const [slab] = before.partial;
    if (slab === undefined) throw new Error("the stack's VMA is in no slab");
    expect(k.frames.flags(slab.pfn)).toBe(pageFlag.slab);
    play(host, [{ page: 0, map: true, pages: 2 * slab.free.length }]);
    expect(cacheOf(host, "vm_area_struct")).toMatchObject({ slabs: 1, activeObjects: 21, partial: [] });
    play(host, [{ page: 200, map: true, pages: 1 }]);
    expect(cacheOf(host, "vm_area_struct")).toMatchObject({ slabs: 2, activeObjects: 22 });
  });

  it("keeps some free slabs and gives the rest back", () => {
    const host = createTestHost();
    const { context: k } = host.kernel;
    const free = (): number => k.bytes.u64(zoneStruct.at + zoneStruct.free_pages);
    const before = free();
    play(host, [{ page: 0, map: true, pages: 800 }]);
    expect(cacheOf(host, "vm_area_struct").slabs).toBe(20);
    play(host, [{ page: 0, map: false, pages: 800 }]);
    const after = cacheOf(host, "vm_area_struct");
    checkLaws(after);
    expect(after).toMatchObject({ activeObjects: 1, slabs: 1 + KEPT_FREE_SLABS });
    expect(before - free()).toBeLessThanOrEqual(2 * KEPT_FREE_SLABS);
  });

  it("undo takes every byte back", () => {
    const host = createTestHost();
    const print = host.fingerprint();
    const start = host.now();
    play(host, [
      { page: 0, map: true, pages: 300 },
      { page: 20, map: false, pages: 200 },
      { page: 5, map: true, pages: 90 },
    ]);
    const end = host.now();
    const later = host.fingerprint();
    host.seek(start);
    expect(host.fingerprint()).toBe(print);
    host.seek(end);
    expect(host.fingerprint()).toBe(later);
  });

  it("damage is told and never hangs the reader", () => {
    const host = createTestHost();
    play(host, [{ page: 0, map: true, pages: 60 }]);
    const view = new Uint32Array(host.bytes.buffer);
    const [slab] = cacheOf(host, "vm_area_struct").full;
    const cache = kmemCache.at;
    fc.assert(
      fc.property(fc.nat(31), fc.nat(0xffff_ffff), (word, value) => {
        for (const at of [cache / 4 + word, (slab?.at ?? 0) / 4 + word]) {
          const before = view[at] ?? 0;
          view[at] = value;
          expect(decodeSlabCaches(host.bytes).length).toBe(slabCaches.length);
          view[at] = before;
        }
      }),
      { numRuns: 100 },
    );
    const head = (cache + kmemCache.slabs_full) / 4;
    const before = view[head] ?? 0;
    view[head] = 8;
    expect(decodeSlabCaches(host.bytes).some(({ damaged }) => damaged)).toBe(true);
    view[head] = before;
  });
});
