/** Reading shared memory while its writer may be at work: the sequence counter of the control block. */
import { control } from "../abi/control";
import { machineMemory } from "../abi/machine-memory";
import { fail, ok, type Result } from "../base";

/**
 * Runs `decode` until it saw no write: the counter is odd while the worker writes and different afterwards. A pure decoder may safely
 * see torn bytes, its answer is just thrown away. Gives up after `attempts`; the caller asks again when the worker reports.
 */
export function readConsistently<T>(linear: Uint8Array, decode: () => T, attempts = 4): Result<T, "busy"> {
  const counter = new Int32Array(linear.buffer, linear.byteOffset + machineMemory.control + control.sequence, 1);
  for (let i = 0; i < attempts; i++) {
    const before = Atomics.load(counter, 0);
    if (before % 2 !== 0) continue;
    const answer = decode();
    if (Atomics.load(counter, 0) === before) return ok(answer);
  }
  return fail("busy");
}
