import fc from "fast-check";
import { expect, test } from "vitest";
import { control } from "../abi/control";
import { machineMemory } from "../abi/machine-memory";
import { threadState, threadTable } from "../abi/threads";
import { decodeThreads } from "./threads";

const LINEAR_BYTES = threadTable.at + threadTable.rows * threadTable.stride;

test("threads are read row by row, and only the current one is current", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(6), { minLength: 1, maxLength: threadTable.rows }), fc.nat(60), (states, current) => {
      const linear = new Uint8Array(LINEAR_BYTES);
      const view = new DataView(linear.buffer);
      view.setUint32(machineMemory.control + control.thread, current, true);
      states.forEach((state, row) => {
        const at = threadTable.at + row * threadTable.stride;
        view.setUint32(at + threadTable.state, state, true);
        view.setBigUint64(at + threadTable.threadPointer, 0x7fff_f7d9_0740n + BigInt(row), true);
        view.setBigUint64(at + threadTable.waitAddr, 0x7fff_e800_0030n, true);
        view.setUint32(at + threadTable.waitThread, 3, true);
      });
      const threads = decodeThreads(linear);
      expect(threads.map(({ number }) => number)).toEqual(
        states.flatMap((state, row) => (state === threadState.none ? [] : [row])),
      );
      for (const thread of threads) {
        expect(thread.current).toBe(thread.number === current);
        expect(thread.threadPointer).toBe(0x7fff_f7d9_0740 + thread.number);
        expect(thread.waitsForThread).toBe(thread.state === threadState.joining ? 3 : -1);
        expect(thread.waitAddr > 0).toBe(thread.state === threadState.locking || thread.state === threadState.insideMalloc);
      }
    }),
  );
});

test("garbage in the table is no thread and no accident", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 256, maxLength: 512 }), (bytes) => {
      const linear = new Uint8Array(LINEAR_BYTES);
      linear.set(bytes, threadTable.at);
      expect(decodeThreads(linear).length).toBeLessThanOrEqual(threadTable.rows);
    }),
  );
});
