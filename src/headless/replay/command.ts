/** `replay FILE [--json]` and `replay --check FILE…`. */
import { loadEngine } from "../engine-module";
import { type ExitStatus, InputError, UsageError } from "../usage";
import type { Hashing } from "./check";
import { checkAll } from "./check-all";
import type { ObservedOperation } from "./observe";
import { readRecording } from "./recording";
import { startReplay, unsupported } from "./session";

export const replayUsage = "replay FILE [--json]\nreplay --check [--sparse-hashes] FILE…";

const known: ReadonlySet<string> = new Set(["--json", "--check", "--sparse-hashes"]);

type Print = (line: string) => void;

export async function replayCommand(args: readonly string[], print: Print): Promise<ExitStatus> {
  const flags = new Set(args.filter((arg) => arg.startsWith("--")));
  const files = args.filter((arg) => !arg.startsWith("--"));
  for (const flag of flags) if (!known.has(flag)) throw new UsageError(`unknown option ${flag}`);
  if (flags.has("--check")) {
    if (files.length === 0 || flags.has("--json")) throw new UsageError(replayUsage);
    return checkFiles(files, flags.has("--sparse-hashes") ? "sparse" : "every", print);
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

async function checkFiles(files: readonly string[], hashing: Hashing, print: Print): Promise<ExitStatus> {
  let operations = 0;
  let equal = 0;
  let failed = false;
  await checkAll(files, hashing, (verdict) => {
    operations += verdict.operations;
    equal += verdict.equal;
    failed ||= verdict.failed;
    print(verdict.line);
  });
  print(`checked ${files.length} files, ${operations} operations, ${equal} equal`);
  return failed ? 1 : 0;
}
