import { expect, it } from "vitest";
import { kernelCallNames } from "../../abi/api";
import { RECORD_BYTES, recordKind } from "../../abi/journal";
import { decodeJournal } from "../../decode/journal";
import { faultIn, lastFault } from "./use-fault";

const fault = kernelCallNames.indexOf("page_fault");

/** Records from 100 on: kind, id, first operand. */
function records(...rows: readonly (readonly [number, number, number])[]) {
  const bytes = new Uint8Array(rows.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, [kind, id, a]] of rows.entries()) {
    view.setUint8(i * RECORD_BYTES, kind);
    view.setUint16(i * RECORD_BYTES + 2, id, true);
    view.setBigUint64(i * RECORD_BYTES + 8, BigInt(a), true);
  }
  return decodeJournal({ from: 100, bytes, addrs: new Float64Array(rows.length) });
}

it("is the one begun and not ended; another call's inside is none, and beyond the records nobody knows", () => {
  const some = records(
    [recordKind.statement, 0, 0],
    [recordKind.syscallBegin, fault, 0x7000],
    [recordKind.line, 1, 0],
    [recordKind.syscallEnd, fault, 1],
    [recordKind.syscallBegin, fault + 1, 0x8000],
    [recordKind.line, 1, 0],
  );
  expect([101, 102, 103, 104, 105, 106].map((cursor) => faultIn(some, cursor))).toEqual([-1, 0x7000, 0x7000, -1, -1, -1]);
  expect(faultIn(some, 100)).toBeNull();
  expect(faultIn(null, 3)).toBeNull();
  expect([lastFault(some, 100, 106), lastFault(some, 102, 106), lastFault(some, 100, 101)]).toEqual([0x7000, -1, -1]);
});
