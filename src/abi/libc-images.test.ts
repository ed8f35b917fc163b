import { describe, expect, it } from "vitest";
import { findMallocAbi } from "./glibc-structs";
import { findGlibcSymbols } from "./glibc-symbols";
import { libcImage } from "./libc-images";
import { offeredReleases } from "./releases";

describe.each(offeredReleases)("libc $release", ({ release }) => {
  const symbols = findGlibcSymbols(release, "amd64");
  const image = symbols && libcImage(symbols);
  if (symbols === undefined || image === undefined) throw new Error(`no image of ${release}`);
  const writable = (at: number, bytes: number) =>
    image.segments.some(([start, size, perms]) => perms === "rw-p" && at >= start && at + bytes <= start + size) ||
    // data and bss lie together.
    (at >= (image.segments[4]?.[0] ?? 0) && at + bytes <= image.sizeBytes);

  it("has whole pages without a gap", () => {
    let at = 0;
    for (const [start, size] of image.segments) {
      expect(start).toBe(at);
      expect(size % 4096).toBe(0);
      at += size;
    }
    expect(at).toBe(image.sizeBytes);
  });

  it("holds malloc's variables in writable memory, in pages that are there before main", () => {
    const abi = findMallocAbi(symbols.glibc, symbols.abi);
    const places: [number, number][] = [
      [symbols.mainArena, abi?.mallocState.sizeBytes ?? 0],
      [symbols.mp, abi?.mallocPar.sizeBytes ?? 0],
      ...[symbols.tcacheKey, symbols.globalMaxFast, symbols.perturbByte, symbols.curbrk, symbols.checkAction].map(
        (at): [number, number] => [at, 8],
      ),
    ];
    for (const [at, bytes] of places) {
      expect(writable(at, bytes)).toBe(true);
      expect(image.touched).toContain(at - (at % 4096));
    }
    expect(writable(image.data, 512)).toBe(true);
    expect(writable(image.stdoutFile - 0x100, 0x200)).toBe(true);
    // stdio's data is nobody else's.
    for (const [at, bytes] of places) expect(at + bytes <= image.data || at >= image.data + 512).toBe(true);
  });
});
