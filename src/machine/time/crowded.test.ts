/** More touched than linear memory holds: frames share slots, and nothing of it is to be seen. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { control } from "../../abi/control";
import { recordKind, TIDY_WRITE } from "../../abi/journal";
import { pageDescriptor, pageFlag, zoneStruct } from "../../abi/kernel";
import { machineMemory, PAGE_SIZE, SHARED_SLOT } from "../../abi/machine-memory";
import { nextStop } from "./moves";
import { lastWriter } from "./questions";
import { translate } from "./peek";
import { runProgram } from "./testing/run-program";
import type { Timeline } from "./timeline";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await WebAssembly.compile(readFileSync(new URL("../../../build/engine/engine.wasm", import.meta.url)));
});

/** 3000 pages, filled with few different contents, then written, copied, moved and given back at random, checked by the program itself. */
const source = (seed: number): string => `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#define P 4096L
#define N 3000
static unsigned dice = ${seed}u;
static int roll(int sides) { dice = dice * 1103515245u + 12345u; return (int)((dice >> 16) % (unsigned)sides); }
static unsigned char first[N], last[N];
static int wrong(char *p) {
  int bad = 0;
  for (int i = 0; i < N; i++) bad += (unsigned char)p[i * P] != first[i] || (unsigned char)p[i * P + 4095] != last[i];
  return bad;
}
int main(void) {
  char *p = mmap(NULL, N * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < N; i++) {
    first[i] = last[i] = (unsigned char)(i % 5);
    if (i % 5) memset(p + i * P, i % 5, P);
    else p[i * P] = 0;
  }
  for (int k = 0; k < 400; k++) {
    int i = roll(N), j = roll(N);
    switch (roll(5)) {
    case 0: first[i] = (unsigned char)k; p[i * P] = (char)k; break;
    case 1: last[i] = 7; memset(p + i * P + 4000, 7, 96); break;
    case 2: memmove(p + i * P, p + j * P, P); first[i] = first[j]; last[i] = last[j]; break;
    case 3: madvise(p + i * P, P, MADV_DONTNEED); first[i] = last[i] = 0; break;
    default: last[i] = (unsigned char)(last[i] + 1); p[i * P + 4095]++;
    }
  }
  int bad = wrong(p);
  char *q = mmap(NULL, 600 * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < 600; i++) q[i * P] = 9;
  bad += wrong(p);
  q = mremap(q, 600 * P, 700 * P, MREMAP_MAYMOVE);
  for (int i = 0; i < 600; i++) bad += q[i * P] != 9;
  first[17] = 42; p[17 * P] = 42;
  munmap(q, 700 * P);
  return bad + wrong(p);
}`;

/** Two processes write different pages of what fork left them in common. */
const forked = `
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#define P 4096L
#define N 2000
static unsigned char first[N];
static int wrong(char *p) {
  int bad = 0;
  for (int i = 0; i < N; i++) bad += (unsigned char)p[i * P] != first[i];
  return bad;
}
int main(void) {
  char *p = mmap(NULL, N * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < N; i++) memset(p + i * P, first[i] = (unsigned char)(i % 5 + 1), P);
  pid_t child = fork();
  for (int i = child ? 0 : 1; i < N; i += 3) first[i] = p[i * P] = child ? 77 : 66;
  int bad = wrong(p), status = 0;
  if (child == 0) _exit(bad ? 9 : 0);
  waitpid(child, &status, 0);
  for (int i = 0; i < N; i += 7) first[i] = p[i * P] = 5;
  return bad + wrong(p) + (status ? 100 : 0);
}`;

/** Every slot's owner says who has it. */
function checkSlots(memory: Uint8Array): number {
  const words = new Uint32Array(memory.buffer);
  const frames = (words[(zoneStruct.at + zoneStruct.first_deferred_pfn) / 4] ?? 0) - 1;
  const users = new Map<number, number>();
  for (let pfn = 0; pfn <= frames; pfn++) {
    const at = (machineMemory.pageDescriptors + pfn * pageDescriptor.stride) / 4;
    const flags = words[at + pageDescriptor.flags / 4] ?? 0;
    const slot = words[at + pageDescriptor.slot / 4] ?? 0;
    if ((flags & ~(pageFlag.free | pageFlag.buddy)) === 0) continue;
    users.set(slot, (users.get(slot) ?? 0) + 1);
    const owner = words[machineMemory.slotOwners / 4 + slot] ?? 0;
    expect(owner === pfn + 1 || owner > SHARED_SLOT).toBe(true);
  }
  let saved = 0;
  for (const [slot, count] of users) {
    const owner = words[machineMemory.slotOwners / 4 + slot] ?? 0;
    if (owner < SHARED_SLOT) expect(count).toBe(1);
    else expect(owner).toBe(SHARED_SLOT + count);
    saved += count - 1;
  }
  expect(words[(zoneStruct.at + zoneStruct.slots_saved) / 4]).toBe(saved);
  return saved;
}

/** Cursors just after records by which the simulation put its own things in order. */
function tidied(timeline: Timeline): readonly number[] {
  return timeline.withRecords(timeline.last - 200_000, timeline.last, (from, to) => {
    const { journal } = timeline;
    const own = (record: number): boolean =>
      journal.kind(record) === recordKind.emptied ||
      (journal.kind(record) === recordKind.write && journal.id(record) === TIDY_WRITE);
    return Array.from({ length: to - from }, (_, i) => from + i).filter(own);
  });
}

describe("a program that touches more than linear memory holds", () => {
  it.each([1, 2, 3])("finds what it wrote, whoever shared it meanwhile (%i)", (seed) => {
    const { timeline, machine } = runProgram(module, 2, source(seed), { ramMiB: 24, overcommit: 1 });
    expect(timeline.status).toBe("exited");
    expect(machine.stopped()?.stop).toBe("exited");
    expect(new DataView(machine.memory.buffer).getUint32(machineMemory.control + control.exitCode, true)).toBe(0);
    expect(checkSlots(machine.bytes)).toBeGreaterThan(1000);
  });

  it("also when fork has made two of it", () => {
    const { timeline, machine } = runProgram(module, 2, forked, { ramMiB: 24, overcommit: 1 });
    expect(timeline.status).toBe("exited");
    expect(new DataView(machine.memory.buffer).getUint32(machineMemory.control + control.exitCode, true)).toBe(0);
    expect(checkSlots(machine.bytes)).toBeGreaterThan(500);
  });

  it("is stepped through as if nothing shared anything, and its writes are found", () => {
    const { timeline } = runProgram(module, 2, source(4), { ramMiB: 24, overcommit: 1 });
    const own = tidied(timeline);
    expect(own.length).toBeGreaterThan(0);
    const hidden = new Set(own.map((record) => record + 1));
    for (const record of own.slice(0, 20)) expect(hidden.has(nextStop(timeline, record, "write", 1))).toBe(false);
    checkSlots(timeline.memory);
    // The byte 42 in page 17: the last write that is no tidying.
    const { journal } = timeline;
    const found = timeline.withRecords(timeline.last - 200_000, timeline.last, (from, to) => {
      for (let record = to - 1; record >= from; record--)
        if (journal.kind(record) === recordKind.write && journal.b(record) === 42 && journal.size(record) === 1) return record;
      return -1;
    });
    expect(found).toBeGreaterThan(0);
    const here = pageOf(timeline, found);
    expect(lastWriter(timeline, here, timeline.last)).toBe(found);
    // What was written last is what is there, also where the bytes have moved since.
    const area = here - 17 * PAGE_SIZE;
    const view = new DataView(timeline.memory.buffer);
    let moved = 0;
    for (let page = 1; page < 3000; page += 97) {
      const at = translate(view, area + page * PAGE_SIZE);
      const writer = lastWriter(timeline, area + page * PAGE_SIZE, timeline.last);
      if (writer < 0) continue;
      const written = timeline.withRecords(writer, writer + 1, () => ({
        where: journal.where(writer),
        low: journal.copy(writer, writer + 1)[16],
      }));
      if (at === -1 || written.where % PAGE_SIZE !== 0) continue;
      expect(written.low).toBe(view.getUint8(at));
      if (written.where !== at) moved++;
    }
    expect(moved).toBeGreaterThan(10);
  });
});

/** Address that a write record went to, as the process has it at the end. */
function pageOf(timeline: Timeline, record: number): number {
  const where = timeline.journal.where(record);
  const words = new Uint32Array(timeline.memory.buffer);
  const owner = words[(machineMemory.slotOwners + Math.floor((where - machineMemory.frames) / PAGE_SIZE) * 4) / 4] ?? 0;
  const at = (machineMemory.pageDescriptors + (owner - 1) * pageDescriptor.stride + pageDescriptor.index) / 4;
  return ((words[at] ?? 0) + (words[at + 1] ?? 0) * 2 ** 32) * PAGE_SIZE + (where % PAGE_SIZE);
}
