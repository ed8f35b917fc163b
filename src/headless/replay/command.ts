/** `replay FILE [--json]` and `replay --check FILE…`. */
import { findMallocAbi } from "../../abi/glibc-structs";
import type { Machine } from "../../machine/machine";
import { loadEngine } from "../engine-module";
import { type ExitStatus, InputError, UsageError } from "../usage";
import { firstDifference, type Surroundings } from "./compare";
import type { ObservedOperation } from "./observe";
import { type Recording, readRecording } from "./recording";
import { startReplay, unsupported } from "./session";

export const replayUsage = "replay FILE [--json]\nreplay --check FILE…";

type Print = (line: string) => void;

export async function replayCommand(args: readonly string[], print: Print): Promise<ExitStatus> {
  const flags = new Set(args.filter((arg) => arg.startsWith("--")));
  const files = args.filter((arg) => !arg.startsWith("--"));
  for (const flag of flags) if (flag !== "--json" && flag !== "--check") throw new UsageError(`unknown option ${flag}`);
  if (flags.has("--check")) {
    if (files.length === 0 || flags.has("--json")) throw new UsageError(replayUsage);
    return checkFiles(files, print);
  }
  const [file, ...rest] = files;
  if (file === undefined || rest.length > 0) throw new UsageError(replayUsage);
  return playFile(file, flags.has("--json"), print);
}

async function playFile(file: string, json: boolean, print: Print): Promise<ExitStatus> {
  const recording = await readRecording(file);
  const reason = unsupported(recording);
  if (reason !== null) throw new InputError(reason);
  const replay = startReplay(await loadEngine(), recording);
  let last: ObservedOperation | null = null;
  for (let line = replay.next(); line !== null; line = replay.next()) {
    print(json ? JSON.stringify(line) : summary(line));
    last = line;
  }
  return last?.sig === undefined ? 0 : 1;
}

/** One operation for people: what was asked, what came back. */
function summary(line: ObservedOperation): string {
  const answer =
    line.sig !== undefined
      ? `${line.sig}${line.addr ? ` at ${line.addr}` : ""} ${line.stderr ?? ""}`.trim()
      : (line.ret ?? line.n ?? "");
  const error = line.err === undefined ? "" : ` errno ${line.err}`;
  return `${line.i}\t${line.op}\t${answer}${error}${line.skipped ? "skipped" : ""}`;
}

async function checkFiles(files: readonly string[], print: Print): Promise<ExitStatus> {
  const module = await loadEngine();
  let machine: Machine | undefined;
  let operations = 0;
  let equal = 0;
  let failed = false;
  for (const file of files) {
    try {
      const recording = await readRecording(file);
      operations += recording.operations.length;
      const reason = unsupported(recording);
      if (reason !== null) {
        print(`${file}: ${reason}`);
        failed = true;
        continue;
      }
      const checked = checkOne(module, recording, machine);
      machine = checked.machine;
      equal += checked.equal;
      failed ||= checked.equal !== recording.operations.length;
      print(`${file}: ${checked.message}`);
    } catch (error) {
      // A fault of the simulator itself is a difference like any other; its machine is not used again.
      machine = undefined;
      print(`${file}: ${error instanceof InputError ? error.message : `simulator: ${String(error)}`}`);
      failed = true;
    }
  }
  print(`checked ${files.length} files, ${operations} operations, ${equal} equal`);
  return failed ? 1 : 0;
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

/** Plays a recording to its end and compares every line. */
export function checkOne(module: WebAssembly.Module, recording: Recording, reuse: Machine | undefined): Checked {
  const replay = startReplay(module, recording, reuse);
  const around = surroundings(recording);
  let equal = 0;
  let first: string | null = null;
  for (const expected of recording.operations) {
    const got = replay.next({ hh: expected.hh !== undefined, h32: expected.h32 !== undefined });
    const difference =
      got === null ? { field: "process", expected: "alive", got: "dead" } : firstDifference(expected, got, around);
    if (difference === null) equal++;
    else
      first ??= `operation ${expected.i} (${expected.op.slice(0, 60)}): ${difference.field}: expected ${difference.expected}, got ${difference.got}`;
  }
  return { machine: replay.machine, equal, message: first ?? `${recording.operations.length} operations, ${equal} equal` };
}
