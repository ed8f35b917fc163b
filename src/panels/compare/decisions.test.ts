import { expect, it } from "vitest";
import { recordKind } from "../../abi/journal";
import { type MarkName, marks } from "../../abi/marks";
import type { JournalRecords } from "../../decode/types";
import { answersOf, decisionsOf } from "./decisions";

const id = (name: MarkName): number => marks.findIndex((mark) => mark.name === name) + 1;

function records(lines: readonly (readonly [id: number, answer: number])[]): JournalRecords {
  const count = lines.length;
  return {
    from: 0,
    count,
    kind: new Uint8Array(count).fill(recordKind.line),
    size: new Uint8Array(count),
    id: Uint16Array.from(lines, ([mark]) => mark),
    where: Uint32Array.from(lines, ([, answer]) => answer),
    a: BigUint64Array.from(lines, (_, at) => BigInt(at)),
    b: new BigUint64Array(count),
    addr: new Float64Array(count),
  };
}

const decides = marks.filter((mark) => mark.decides);
const plain = marks.find((mark) => !mark.decides && mark.level === "line");

it("decisions stand in order, repeated ones once, other lines are left out", () => {
  const [one, two] = decides;
  if (one === undefined || two === undefined || plain === undefined) throw new Error("no marks");
  const found = decisionsOf(
    records([
      [id(one.name), 1],
      [id(one.name), 1],
      [id(plain.name), 0],
      [id(two.name), 0],
      [id(one.name), 0],
    ]),
  );
  expect(found.map(({ mark, answer, times, a }) => [mark.name, answer, times, a])).toEqual([
    [one.name, 1, 2, 1n],
    [two.name, 0, 1, 3n],
    [one.name, 0, 1, 4n],
  ]);
  expect([...answersOf(found)]).toEqual([`${one.name}=1`, `${two.name}=0`, `${one.name}=0`]);
  expect(decisionsOf(null)).toEqual([]);
});

it("what prints an abort message is no decision of the call", () => {
  const print = marks.find((mark) => mark.fn === "malloc_printerr");
  const [one] = decides;
  if (print === undefined || one === undefined) throw new Error("no marks");
  expect(
    decisionsOf(
      records([
        [print.id, 0],
        [one.id, 1],
      ]),
    ),
  ).toEqual([]);
});
