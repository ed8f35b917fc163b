import { describe, expect, it } from "vitest";
import { recordKind } from "../../abi/journal";
import type { JournalRecords } from "../../decode/types";
import type { Operation } from "../../protocol/messages";
import { changesOf } from "./changes";

/** Writes of eight or one bytes, at records 10, 11, … */
function records(writes: readonly { readonly addr: number; readonly size: number; readonly before?: bigint }[]): JournalRecords {
  const count = writes.length;
  return {
    from: 10,
    count,
    kind: new Uint8Array(count).fill(recordKind.write),
    size: Uint8Array.from(writes, ({ size }) => size),
    id: new Uint16Array(count),
    where: new Uint32Array(count),
    a: BigUint64Array.from(writes, ({ before = 0n }) => before),
    b: new BigUint64Array(count).fill(7n),
    addr: Float64Array.from(writes, ({ addr }) => addr),
  };
}

const call = (begin: number, end: number): Operation => ({
  index: 0,
  api: "malloc",
  args: [],
  argText: [],
  result: 0,
  resultText: "",
  errno: 0,
  begin,
  end,
  statement: 0,
  line: 1,
  thread: 0,
  name: "",
  path: "top",
  finished: true,
});

const always = (): boolean => true;

describe("what a stretch of the journal changed", () => {
  it("tells fields that a call wrote from data that the program wrote", () => {
    const { fields, data } = changesOf(
      records([
        { addr: 0x100, size: 8 },
        { addr: 0x200, size: 1 },
      ]),
      [call(9, 11)],
      always,
    );
    expect(fields.map(({ addr }) => addr)).toEqual([0x100]);
    expect(data).toEqual([{ start: 0x200, end: 0x201 }]);
  });

  it("counts as data what a call writes where no field is", () => {
    const { fields, data } = changesOf(records([{ addr: 0x100, size: 8 }]), [call(9, 11)], (addr) => addr !== 0x100);
    expect(fields).toEqual([]);
    expect(data).toEqual([{ start: 0x100, end: 0x108 }]);
  });

  it("joins data that lies side by side, in whatever order it was written", () => {
    const writes = [0x203, 0x201, 0x202, 0x300].map((addr) => ({ addr, size: 1 }));
    expect(changesOf(records(writes), [], always).data).toEqual([
      { start: 0x201, end: 0x204 },
      { start: 0x300, end: 0x301 },
    ]);
  });

  it("leaves out what is again as it was", () => {
    expect(changesOf(records([{ addr: 0x100, size: 8, before: 7n }]), [], always)).toEqual({ fields: [], data: [] });
  });
});
