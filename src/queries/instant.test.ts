import fc from "fast-check";
import { afterEach, expect, it, vi } from "vitest";
import { decodeJournal } from "../decode/journal";
import type { JournalRecords } from "../decode/types";
import { decodeVmaTree } from "../decode/vma-tree";
import type { Move, Position, RunSummary } from "../protocol/messages";
import { builtinScenario } from "../scenario/builtin";
import { builtinSlugs } from "../scenario/builtin-list";
import type { Session } from "../session/index";
import { connectInThread } from "../worker/testing/in-thread";
import { decodeAhead, decodeInstant, type Latest } from "./instant";

afterEach(() => {
  vi.unstubAllGlobals();
});

const moves = fc.array(
  fc.record({
    kind: fc.constant("step" as const),
    level: fc.constantFrom("statement" as const, "phase" as const, "line" as const, "write" as const),
    direction: fc.constantFrom(1 as const, 1 as const, -1 as const),
  }),
  { minLength: 5, maxLength: 40 },
);

async function recordsAround(session: Session, summary: RunSummary, from: number, to: number): Promise<JournalRecords> {
  const [low, high] = [Math.min(from, to), Math.min(Math.max(from, to) + 1, summary.last)];
  return decodeJournal((await session.ask({ ask: "slice", from: low, to: high })).slice);
}

it("an instant decoded with the help of the one before is the same as one decoded afresh", async () => {
  const session = await connectInThread(true);
  await fc.assert(
    fc.asyncProperty(
      // Not the one that touches gigabytes: its instants are many times the same.
      fc.constantFrom(...builtinSlugs.filter((slug) => slug !== "how-much-touched")),
      fc.double({ min: 0, max: 1, noNaN: true }),
      moves,
      async (slug, part, walk) => {
        const opened = await session.open(builtinScenario(slug), { budget: 5_000_000, cursor: null });
        if (opened.type !== "opened") throw new Error("rejected");
        const { summary } = opened;
        let position: Position = await session.seek(Math.floor(summary.first + part * (summary.last - summary.first)));
        let latest: Latest | null = null;
        let before = position.stepFrom;
        for (const move of walk as Move[]) {
          const records: JournalRecords = await recordsAround(
            session,
            summary,
            Math.min(before, position.stepFrom),
            position.cursor,
          );
          const fresh = decodeInstant(session.memory, summary, position, records, null);
          const helped = decodeInstant(session.memory, summary, position, records, latest);
          if (fresh === null || helped === null) throw new Error("not decoded");
          const plain = ({ decoded }: Latest) => ({
            ...decoded,
            reader: null,
            context: null,
            space: { ...decoded.space, index: decoded.space.index && decodeVmaTree(decoded.space.index) },
          });
          expect(plain(helped)).toEqual(plain(fresh));
          expect({ ...helped.instant.picture, reader: null }).toEqual({ ...fresh.instant.picture, reader: null });
          latest = helped;
          before = position.cursor;
          position = await session.move(move);
        }
      },
    ),
    { numRuns: 25, endOnFailure: true },
  );
}, 180_000);

/** Without what only reads: whose memory it is does not matter. */
const facts = ({ decoded, instant }: Latest) => ({
  heap: decoded.heap,
  names: decoded.names,
  picture: { ...instant.picture, reader: null },
});

it("what was read ahead of a step is what is there after it, onwards and back", async () => {
  const session = await connectInThread(true);
  let foreseen = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...builtinSlugs.filter((slug) => slug !== "how-much-touched")),
      fc.double({ min: 0, max: 1, noNaN: true }),
      moves,
      async (slug, part, walk) => {
        const opened = await session.open(builtinScenario(slug), { budget: 5_000_000, cursor: null });
        if (opened.type !== "opened") throw new Error("rejected");
        const { summary } = opened;
        let position: Position = await session.seek(Math.floor(summary.first + part * (summary.last - summary.first)));
        let latest: Latest | null = null;
        for (const move of walk as Move[]) {
          const { position: next } = await session.ask({ ask: "destination", move });
          const between = await recordsAround(session, summary, position.cursor, next.cursor);
          latest ??= decodeInstant(session.memory, summary, position, null, null);
          if (latest === null) throw new Error("not decoded");
          const ahead = decodeAhead(session.memory, summary, next, between, latest);
          position = await session.move(move);
          expect(position).toEqual(next);
          const there = decodeInstant(session.memory, summary, position, between, latest, ahead);
          const fresh = decodeInstant(session.memory, summary, position, between, null);
          if (there === null || fresh === null) throw new Error("not decoded");
          expect(facts(there)).toEqual(facts(fresh));
          if (ahead !== null) {
            foreseen++;
            expect(there.decoded.heap).toBe(ahead.malloc.heap);
            // Memory has moved on: from here that cannot be read.
            if (position.cursor !== latest.cursor) expect(decodeAhead(session.memory, summary, next, between, latest)).toBeNull();
          }
          latest = there;
        }
      },
    ),
    { numRuns: 25, endOnFailure: true },
  );
  expect(foreseen).toBeGreaterThan(10);
}, 180_000);

it("most lines of the algorithm write nothing: then all that was decoded is kept", async () => {
  const session = await connectInThread(true);
  const opened = await session.open(builtinScenario("split-last-remainder"), { budget: 5_000_000, cursor: null });
  if (opened.type !== "opened") throw new Error("rejected");
  const { summary } = opened;
  let { position } = opened;
  let latest = null as Latest | null;
  let kept = 0;
  for (let i = 0; i < 60; i++) {
    const records: JournalRecords = await recordsAround(session, summary, position.stepFrom, position.cursor);
    const next: Latest | null = decodeInstant(session.memory, summary, position, records, latest);
    if (next !== null && next.decoded === latest?.decoded) kept++;
    latest = next;
    position = await session.move({ kind: "step", level: "line", direction: 1 });
  }
  expect(kept).toBeGreaterThan(25);
});
