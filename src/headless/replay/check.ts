/** Checks recordings: each one played to its end, every line compared. */
import { findMallocAbi } from "../../abi/glibc-structs";
import type { Machine } from "../../machine/machine";
import { InputError } from "../usage";
import { firstDifference, type Surroundings } from "./compare";
import { type Recording, readRecording } from "./recording";
import { startReplay, unsupported } from "./session";

/** What became of one file. */
export interface Verdict {
  readonly operations: number;
  readonly equal: number;
  readonly failed: boolean;
  readonly line: string;
}

/** Checks files one after the other, taking over the memory of the machine before. */
export function createChecker(module: WebAssembly.Module): (file: string) => Promise<Verdict> {
  let machine: Machine | undefined;
  return async (file) => {
    let operations = 0;
    const broken = (message: string): Verdict => ({ operations, equal: 0, failed: true, line: `${file}: ${message}` });
    try {
      const recording = await readRecording(file);
      operations = recording.operations.length;
      const reason = unsupported(recording);
      if (reason !== null) return broken(reason);
      const checked = checkOne(module, recording, machine);
      machine = checked.machine;
      const { equal, message } = checked;
      return { operations, equal, failed: equal !== operations, line: `${file}: ${message}` };
    } catch (error) {
      // A fault of the simulator itself is a difference like any other; its machine is not used again.
      machine = undefined;
      return broken(error instanceof InputError ? error.message : `simulator: ${String(error)}`);
    }
  };
}

interface Checked {
  readonly machine: Machine;
  readonly equal: number;
  readonly message: string;
}

function surroundings({ header }: Recording): Surroundings {
  const abi = header === null ? undefined : findMallocAbi(header.version, header.abi);
  if (abi === undefined || !abi.features.has("printerAllocates")) return { printerWord: null, ownArenas: true };
  // The thread that prints leaves main_arena; releases without the counter have no word for it.
  const attached = abi.mallocState.fields.find(({ name }) => name === "attached_threads");
  const printerWord = (attached?.offset ?? abi.mallocState.sizeBytes).toString(16);
  return { printerWord, ownArenas: !abi.features.has("arenaRing") };
}

const LONG_HASH_EVERY = 16;

/** Plays a recording to its end and compares every line. */
export function checkOne(module: WebAssembly.Module, recording: Recording, reuse: Machine | undefined): Checked {
  const replay = startReplay(module, recording, reuse);
  const around = surroundings(recording);
  let equal = 0;
  let first: string | null = null;
  const last = recording.operations.length - 1;
  for (const [index, recorded] of recording.operations.entries()) {
    // Two hashes of the same bytes: the dear one of 64 bits is taken when the other is missing, now and then, and at the end.
    const hh = recorded.hh !== undefined && (recorded.h32 === undefined || index % LONG_HASH_EVERY === 0 || index === last);
    const expected = hh ? recorded : { ...recorded, hh: undefined };
    const got = replay.next({ hh, h32: recorded.h32 !== undefined });
    const difference =
      got === null ? { field: "process", expected: "alive", got: "dead" } : firstDifference(expected, got, around);
    if (difference === null) equal++;
    else
      first ??= `operation ${expected.i} (${expected.op.slice(0, 60)}): ${difference.field}: expected ${difference.expected}, got ${difference.got}`;
  }
  return { machine: replay.machine, equal, message: first ?? `${recording.operations.length} operations, ${equal} equal` };
}
