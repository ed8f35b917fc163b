/** Checks recordings: each one played to its end, every line compared. */
import { findMallocAbi } from "../../abi/glibc-structs";
import type { Machine } from "../../machine/machine";
import { InputError } from "../usage";
import { firstDifference, type Surroundings } from "./compare";
import type { Wanted } from "./observe-arenas";
import { type RecordedOperation, type Recording, readRecording } from "./recording";
import { startReplay, unsupported } from "./session";

/** What became of one file. */
export interface Verdict {
  readonly operations: number;
  readonly equal: number;
  readonly failed: boolean;
  readonly line: string;
}

/** Checks files one after the other, taking over the memory of the machine before. */
export function createChecker(module: WebAssembly.Module, hashing: Hashing): (file: string) => Promise<Verdict> {
  let machine: Machine | undefined;
  return async (file) => {
    let operations = 0;
    const broken = (message: string): Verdict => ({ operations, equal: 0, failed: true, line: `${file}: ${message}` });
    try {
      const recording = await readRecording(file);
      operations = recording.operations.length;
      const reason = unsupported(recording);
      if (reason !== null) return broken(reason);
      const checked = checkOne(module, recording, machine, hashing);
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

const SPARSE_HASH_EVERY = 32;

/**
 * How often a hash over the whole heap is taken. Where a line lists every word that changed, heaps that were equal before it are equal after
 * it, and the hash proves the same once more: "sparse" takes it only where the list was cut short, now and then, and at the end.
 */
export type Hashing = "every" | "sparse";

/** Whether a line lists all the words of the heap that changed: long lists are cut short, `hn` counts them all. */
const listsAll = ({ hn, hd }: RecordedOperation): boolean => hn !== undefined && hn === (hd?.length ?? 0);

/** Without what "sparse" leaves out: the hashes of the main heap, and the dear ones of 64 bits of the others, whose changes are not listed. */
function sparseLine({ hh: _hh, h32: _h32, arenas, ...line }: RecordedOperation): RecordedOperation {
  const shorter = arenas?.map(({ ah: _ah, heaps, ...arena }) => ({
    ...arena,
    heaps: heaps.map(({ hh0: _hh0, hh: _long, ...heap }) => heap),
  }));
  return { ...line, ...(shorter === undefined ? {} : { arenas: shorter }) };
}

/** What is to be found out for a comparison with this line. */
function wantedBy({ hh, h32, hx, arenas }: RecordedOperation): Wanted {
  const arena = arenas?.[0];
  const heap = arena?.heaps[0];
  return {
    hh: hh !== undefined,
    h32: h32 !== undefined,
    arenas: { hh: (arena?.ah ?? heap?.hh) !== undefined, h32: (arena?.a32 ?? heap?.h32) !== undefined },
    changes: hx !== undefined || heap?.hn !== undefined,
  };
}

/** Plays a recording to its end and compares every line. */
export function checkOne(
  module: WebAssembly.Module,
  recording: Recording,
  reuse: Machine | undefined,
  hashing: Hashing = "every",
): Checked {
  const replay = startReplay(module, recording, reuse);
  const around = surroundings(recording);
  let equal = 0;
  let first: string | null = null;
  const last = recording.operations.length - 1;
  for (const [index, recorded] of recording.operations.entries()) {
    const hashed = hashing === "every" || !listsAll(recorded) || index % SPARSE_HASH_EVERY === 0 || index === last;
    const expected = hashed ? recorded : sparseLine(recorded);
    const got = replay.next(wantedBy(expected));
    const difference =
      got === null ? { field: "process", expected: "alive", got: "dead" } : firstDifference(expected, got, around);
    if (difference === null) equal++;
    else
      first ??= `operation ${expected.i} (${expected.op.slice(0, 60)}): ${difference.field}: expected ${difference.expected}, got ${difference.got}`;
  }
  return { machine: replay.machine, equal, message: first ?? `${recording.operations.length} operations, ${equal} equal` };
}
