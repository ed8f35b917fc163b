import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { kernelCallNames } from "../../abi/api";
import { vmAreaStruct as f, vmFlag } from "../../abi/kernel";
import { kernelReleases } from "../../abi/linux";
import { kernelWords } from "../../decode/kernel-words";
import { vmaOrder } from "../../decode/vma-order";
import type { VmaChange, VmaState } from "../../protocol/messages";
import type { Machine } from "../machine";
import { currentMm } from "./peek";
import { runProgram, whole } from "./testing/run-program";
import type { Timeline } from "./timeline";
import { vmaHistory } from "./vma-history";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await WebAssembly.compile(readFileSync(new URL("../../../build/engine/engine.wasm", import.meta.url)));
});

const program = (seed: number, rounds: number): string => `
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#define P 4096L
static unsigned dice = ${seed}u;
static int roll(int sides) { dice = dice * 1103515245u + 12345u; return (int)((dice >> 16) % (unsigned)sides); }
static int deep(int n) { volatile char room[2000]; room[0] = (char)n; return n ? deep(n - 1) + room[0] : 0; }
static void change(char *area) {
  int rw = PROT_READ | PROT_WRITE, anon = MAP_PRIVATE | MAP_ANONYMOUS;
  char *at = area + roll(24) * P;
  long some = (1 + roll(8)) * P;
  switch (roll(10)) {
  case 0: case 1: mprotect(at, some, roll(2) ? PROT_READ : rw); break;
  case 2: munmap(at, some); break;
  case 3: mmap(at, some, rw, anon | MAP_FIXED, -1, 0); break;
  case 4: mmap(NULL, some, roll(2) ? rw : PROT_READ, anon, -1, 0); break;
  case 5: mremap(at, some, some + 3 * P, MREMAP_MAYMOVE); break;
  case 6: madvise(at, some, roll(2) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE); break;
  case 7: deep(roll(200)); break;
  case 8: sbrk(roll(2) ? some : -P); break;
  default: free(malloc((size_t)roll(300000)));
  }
}
int main(void) {
  char *area = mmap(NULL, 32 * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < ${rounds}; i++) {
    change(area);
    if (i == ${rounds >> 1}) {
      pid_t c = fork();
      for (int k = 0; k < 5; k++) change(area);
      if (c == 0) _exit(0);
      if (roll(2)) waitpid(c, NULL, 0);
    }
  }
  while (wait(NULL) > 0) { }
  return 0;
}`;

interface Run {
  readonly timeline: Timeline;
  readonly machine: Machine;
}

const mapsOf = ({ kernel }: Machine): readonly string[] => kernel.maps().split("\n");

/** All of a VMA's life, piece by piece, as the page asks for it. */
function historyOf({ timeline, machine }: Run, vma: number, cursor: number): readonly VmaChange[] {
  const search = { timeline, vma, maps: () => mapsOf(machine) };
  const all = ([-1, 1] as const).flatMap((direction) => {
    const found: VmaChange[] = [];
    for (let from = cursor; ; ) {
      const piece = vmaHistory(search, from, direction);
      found.push(...piece.changes);
      if (piece.done) return found;
      expect(Math.sign(piece.reached - from)).toBe(direction);
      from = piece.reached;
    }
  });
  return all.toSorted((a, b) => a.at - b.at);
}

/** Range and rights as a line of maps begins with them. */
function lineStart({ start, end, flags }: VmaState): string {
  const right = (bit: number, letter: string): string => ((flags & bit) === 0 ? "-" : letter);
  const rights = right(vmFlag.READ, "r") + right(vmFlag.WRITE, "w") + right(vmFlag.EXEC, "x");
  const address = (value: number): string => value.toString(16).padStart(8, "0");
  return `${address(start)}-${address(end)} ${rights}${(flags & vmFlag.SHARED) === 0 ? "p" : "s"} `;
}

describe("the history of a VMA", () => {
  const plan = fc.record({
    seed: fc.nat(100_000),
    rounds: fc.integer({ min: 20, max: 45 }),
    kernel: fc.constantFrom(...kernelReleases),
    abi: fc.constantFrom("amd64" as const, "i386" as const),
    loading: fc.boolean(),
    share: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
  });

  it("is, at every instant between calls of the kernel, what /proc/self/maps says, from its making to its end", () => {
    const calls = new Set<string>();
    fc.assert(
      fc.property(plan, ({ seed, rounds, kernel, abi, loading, share }) => {
        const settings = { kernel, abi, loading, ramMiB: 16 };
        const run: Run = runProgram(module, 0, program(seed, rounds), settings, whole);
        const { timeline, machine } = run;
        const { at, end } = timeline.index.kernel();
        const instants = [...at.keys()].flatMap((i) => [at[i] ?? 0, Math.min(end[i] ?? 0, timeline.last)]);
        const seen = instants.map((cursor) =>
          timeline.at(cursor, () => ({ cursor, mm: currentMm(machine.bytes), maps: mapsOf(machine) })),
        );
        const cursor = instants[Math.floor(share * instants.length)] ?? 0;
        const words = kernelWords(new Uint32Array(machine.bytes.buffer));
        const live = timeline.at(cursor, () =>
          vmaOrder(words).vmas.map((vma) => ({
            vma,
            mm: words.u64(vma + f.vm_mm),
            now: { start: words.u64(vma + f.vm_start), end: words.u64(vma + f.vm_end), flags: words.u64(vma + f.vm_flags) },
          })),
        );
        expect(live.length).toBeGreaterThan(10);
        for (const { vma, mm, now } of live) {
          const changes = historyOf(run, vma, cursor);
          for (const [i, { before, after, call }] of changes.entries()) {
            calls.add(kernelCallNames[call] ?? "");
            // One follows from the other, and only the first and the last are at its edges.
            if (i > 0) expect(before).toEqual(changes[i - 1]?.after);
            if (i > 0) expect(before).not.toBeNull();
            if (i < changes.length - 1) expect(after).not.toBeNull();
          }
          const begin = changes.length === 0 ? now : (changes[0]?.before ?? null);
          const stateAt = (instant: number): VmaState | null => {
            const latest = changes.findLast(({ at: done }) => done <= instant);
            return latest === undefined ? begin : latest.after;
          };
          expect(stateAt(cursor)).toEqual(now);
          for (const instant of seen) {
            const state = stateAt(instant.cursor);
            if (instant.mm !== mm || state === null) continue;
            const line = lineStart(state);
            expect(
              instant.maps.filter((text) => text.startsWith(line)),
              `${line}at ${instant.cursor}`,
            ).toHaveLength(1);
          }
        }
      }),
      { numRuns: Number(process.env["HEAPGLASS_LAW_RUNS"] ?? 4) },
    );
    expect([...calls]).toEqual(expect.arrayContaining(["mmap", "munmap", "mprotect", "mremap", "brk"]));
  });

  it("is the same where the ring holds little of the run", () => {
    const [seed, rounds] = [77, 40];
    const options = { checkpointRecords: 3000, checkpointBytes: 1 << 24 };
    const settings = { loading: true, ramMiB: 16 };
    const a: Run = runProgram(module, 0, program(seed, rounds), settings, whole);
    const b: Run = runProgram(module, 1, program(seed, rounds), settings, options, 6000);
    const cursor = Math.floor(a.timeline.last * 0.6);
    const words = kernelWords(new Uint32Array(a.machine.bytes.buffer));
    const vmas = a.timeline.at(cursor, () => vmaOrder(words).vmas);
    expect(b.timeline.last).toBeGreaterThan(4 * 6000);
    for (const vma of vmas) expect(historyOf(b, vma, cursor)).toEqual(historyOf(a, vma, cursor));
  });
});
