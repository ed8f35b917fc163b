import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cursorAt, momentAt, type Track } from "./same-moment";

/** A run whose statements, by number, begin every ten records. */
const track = (statement: readonly number[]): Track => ({
  first: 3,
  last: 10 * statement.length + 9,
  statements: { at: Uint32Array.from(statement, (_, i) => 10 * i + 5), statement: Uint32Array.from(statement) },
});
const runs = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 30 }).map(track);

describe("the same moment of two runs", () => {
  it("leads back to the beginning of the statement it was taken in", () => {
    fc.assert(
      fc.property(runs, fc.nat({ max: 310 }), (run, cursor) => {
        const found = cursorAt(run, momentAt(run, cursor));
        const begins = [...run.statements.at].map((at) => at + 1).filter((at) => at <= cursor);
        expect(found).toEqual({ cursor: cursor >= run.last ? run.last : (begins.at(-1) ?? 6), exact: true });
      }),
    );
  });

  it("a loop that goes round less often is at its last round, behind the loop both are at the same", () => {
    const [long, short] = [track([0, 1, 1, 1, 1, 2]), track([0, 1, 1, 2])];
    const at = (index: number) => cursorAt(short, momentAt(long, 10 * index + 6));
    expect([1, 2, 3, 4, 5].map(at)).toEqual([
      { cursor: 16, exact: true },
      { cursor: 26, exact: true },
      { cursor: 26, exact: false },
      { cursor: 26, exact: false },
      { cursor: 36, exact: true },
    ]);
  });

  it("a statement that is never reached there: the run's end", () => {
    const run = track([0, 1]);
    expect(cursorAt(run, { statement: 7, nth: 1 })).toEqual({ cursor: run.last, exact: false });
  });
});
