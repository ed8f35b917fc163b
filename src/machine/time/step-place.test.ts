import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordKind, type RecordKind, TIDY_WRITE } from "../../abi/journal";
import { machineMemory } from "../../abi/machine-memory";
import { runProgram, whole } from "./testing/run-program";
import { cursorOf, placeOf, type Recorded } from "./step-place";

interface Entry {
  readonly kind: RecordKind;
  readonly id: number;
  readonly where: number;
  /** One that another version has not. */
  readonly extra: boolean;
}

function recordedOf(entries: readonly Entry[], status: Recorded["status"] = "exited", capacity = 1 << 20): Recorded {
  const statements = [...entries.keys()].filter((record) => entries[record]?.kind === recordKind.statement);
  const of =
    <T>(read: (entry: Entry) => T, none: T) =>
    (record: number) => {
      const entry = entries[record];
      return entry === undefined ? none : read(entry);
    };
  return {
    first: 0,
    last: entries.length,
    status,
    index: {
      statementAt: {
        length: statements.length,
        at: (index) => statements[index] ?? 0,
        countBelow: (value) => statements.filter((at) => at < value).length,
      },
    },
    journal: {
      capacity,
      kind: of(({ kind }) => kind, recordKind.note),
      id: of(({ id }) => id, 0),
      where: of(({ where }) => where, 0),
    },
    withRecords: (from, to, look) => look(from, to),
  };
}

const isOwn = ({ kind, id, where }: Entry): boolean =>
  kind === recordKind.emptied || (kind === recordKind.write && (where < machineMemory.kernel || id === TIDY_WRITE));
const isWrite = (entry: Entry): boolean => entry.kind === recordKind.write && !isOwn(entry);

const markerKinds = [
  recordKind.line,
  recordKind.phase,
  recordKind.opBegin,
  recordKind.opEnd,
  recordKind.syscallBegin,
  recordKind.syscallEnd,
  recordKind.frame,
  recordKind.output,
  recordKind.thread,
] as const;
const entry = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom(...markerKinds), id: fc.nat(4), where: fc.nat(3), extra: fc.constant(false) }),
  },
  { weight: 5, arbitrary: fc.constant({ kind: recordKind.write, id: 0, where: machineMemory.frames, extra: false }) },
  { weight: 1, arbitrary: fc.constant({ kind: recordKind.write, id: 0, where: machineMemory.control, extra: false }) },
  { weight: 1, arbitrary: fc.constant({ kind: recordKind.write, id: TIDY_WRITE, where: machineMemory.frames, extra: false }) },
  { weight: 1, arbitrary: fc.constant({ kind: recordKind.emptied, id: 0, where: machineMemory.frames, extra: false }) },
  { weight: 1, arbitrary: fc.constant({ kind: recordKind.statement, id: 0, where: 7, extra: false }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(...markerKinds),
      id: fc.integer({ min: 100, max: 103 }),
      where: fc.nat(3),
      extra: fc.constant(true),
    }),
  },
);
const journal = fc.array(entry, { maxLength: 60 });

/** What of the process and of what both versions say is done at a cursor. */
const done = (entries: readonly Entry[], cursor: number, counts: (entry: Entry) => boolean): number =>
  entries.slice(0, cursor).filter(counts).length;
const said = (one: Entry): boolean => !one.extra && !isOwn(one);

const compiled = () => WebAssembly.compile(readFileSync(new URL("../../../build/engine/engine.wasm", import.meta.url)));

const program = `
  #include <pthread.h>
  #include <stdio.h>
  #include <stdlib.h>
  #include <string.h>
  #include <sys/mman.h>
  #include <sys/wait.h>
  #include <unistd.h>
  static void *work(void *arg) { free(malloc(3000)); return arg; }
  int main(void) {
    char *p = malloc(5000), *q = malloc(300);
    char *area = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(area, 1, 20000);
    mprotect(area + 4096, 8192, PROT_READ);
    pthread_t t;
    pthread_create(&t, NULL, work, p);
    pthread_join(t, NULL);
    pid_t c = fork();
    if (c == 0) { p[0] = 1; _exit(3); }
    wait(NULL);
    printf("%p %d\\n", (void *)q, area[4096]);
    p = realloc(p, 200000);
    free(q);
    free(p);
    return 0;
  }`;

describe("a step in a link", () => {
  it("is the same step for whoever has the same records, whatever the step", () => {
    fc.assert(
      fc.property(journal, fc.constantFrom("exited" as const, "budget" as const), (entries, status) => {
        const recorded = recordedOf(entries, status);
        for (let cursor = 0; cursor <= entries.length; cursor++)
          expect(cursorOf(recorded, placeOf(recorded, cursor))).toBe(cursor);
      }),
    );
  });

  it("is the same instant for a version that has more markers", () => {
    fc.assert(
      fc.property(journal, (more) => {
        const less = more.filter(({ extra }) => !extra);
        const [from, to] = [recordedOf(less), recordedOf(more)];
        for (let cursor = 0; cursor < less.length; cursor++) {
          const found = cursorOf(to, placeOf(from, cursor));
          expect(done(more, found, said)).toBe(done(less, cursor, said));
        }
        expect(cursorOf(to, placeOf(from, less.length))).toBe(more.length);
      }),
    );
  });

  it("has the same statement and the same memory for a version that has fewer, and is the same instant where the latest marker is left", () => {
    fc.assert(
      fc.property(journal, (more) => {
        const less = more.filter(({ extra }) => !extra);
        const [from, to] = [recordedOf(more), recordedOf(less)];
        for (let cursor = 0; cursor < more.length; cursor++) {
          const found = cursorOf(to, placeOf(from, cursor));
          const image = done(more, cursor, ({ extra }) => !extra);
          expect(found).toBeLessThanOrEqual(image);
          expect(done(less, found, isWrite)).toBe(done(more, cursor, isWrite));
          expect(to.index.statementAt.countBelow(found)).toBe(from.index.statementAt.countBelow(cursor));
          const latest = more.slice(0, cursor).findLast((one) => !isOwn(one) && !isWrite(one));
          if (latest?.extra !== true) expect(done(less, found, said)).toBe(done(more, cursor, said));
        }
      }),
    );
  });

  it("is somewhere in the run, whatever a link says", () => {
    const number = fc.oneof(fc.nat(5), fc.nat(0xffff_ffff));
    const mark = fc.record({ kind: fc.nat(13), id: fc.nat(4), nth: fc.integer({ min: 1, max: 4 }), writes: number });
    const place = fc.record({ statement: number, marks: fc.array(mark, { maxLength: 8 }), writes: number, own: number });
    fc.assert(
      fc.property(journal, place, (entries, hostile) => {
        const recorded = recordedOf(entries);
        const found = cursorOf(recorded, hostile);
        const statement = Math.min(hostile.statement, recorded.index.statementAt.length);
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(entries.length);
        expect(recorded.index.statementAt.countBelow(found)).toBeGreaterThanOrEqual(statement);
      }),
    );
  });

  it("of a real run is found again, also where the ring holds little of it", async () => {
    const module = await compiled();
    const few = { checkpointRecords: 2000, checkpointBytes: 1 << 24 };
    const { timeline } = runProgram(module, 1, program, { loading: true, ramMiB: 16 }, few, 6000);
    const { first, last } = timeline;
    expect(last - first).toBeGreaterThan(8000);
    for (let cursor = first; cursor <= last; cursor += cursor < first + 50 || cursor > last - 50 ? 1 : 211) {
      expect(cursorOf(timeline, placeOf(timeline, cursor))).toBe(cursor);
    }
  });

  it("of a real run has the same statement and memory where any of its markers are left out or come in", async () => {
    const { timeline } = runProgram(await compiled(), 0, program, { ramMiB: 16 }, whole);
    const { first, last, journal } = timeline;
    const records = Array.from({ length: last - first }, (_, i) => first + i);
    const isMark = (record: number) => journal.kind(record) === recordKind.line || journal.kind(record) === recordKind.phase;
    const ids = [...new Set(records.filter(isMark).map((record) => journal.id(record)))];
    expect(ids.length).toBeGreaterThan(50);
    fc.assert(
      fc.property(fc.subarray(ids, { minLength: 1 }), fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (gone, shares) => {
        const missing = new Set(gone);
        const more = records.map(
          (record): Entry => ({
            kind: journal.kind(record),
            id: journal.id(record),
            where: journal.where(record),
            extra: isMark(record) && missing.has(journal.id(record)),
          }),
        );
        const less = more.filter(({ extra }) => !extra);
        const [full, part] = [recordedOf(more), recordedOf(less)];
        for (const share of shares) {
          const cursor = Math.floor(share * (more.length - 1));
          const there = cursorOf(part, placeOf(full, cursor));
          expect(done(less, there, isWrite)).toBe(done(more, cursor, isWrite));
          expect(part.index.statementAt.countBelow(there)).toBe(full.index.statementAt.countBelow(cursor));
          const back = cursorOf(full, placeOf(part, there));
          expect(done(more, back, said)).toBe(done(less, there, said));
        }
      }),
      { numRuns: 20 },
    );
  });
});
