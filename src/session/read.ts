import { control } from "../abi/control";
import { machineMemory } from "../abi/machine-memory";

/** How often a reader tries again before it gives up for now: the worker is in the middle of something long. */
const ATTEMPTS = 8;

/**
 * Reads memory at one instant: `read` is repeated when the worker wrote meanwhile (a sequence lock: the counter is odd while it
 * writes). `null` when it kept writing; ask again at the next frame.
 */
export function readConsistently<T>(memory: Uint8Array, read: () => T): T | null {
  const sequence = new Int32Array(memory.buffer, memory.byteOffset + machineMemory.control + control.sequence, 1);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = Atomics.load(sequence, 0);
    if (before % 2 !== 0) continue;
    const value = read();
    if (Atomics.load(sequence, 0) === before) return value;
  }
  return null;
}
