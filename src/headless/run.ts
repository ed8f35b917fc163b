/**
 * `run`: a C program on the simulated process. Its output goes through, its exit status is ours: 128 + signal when it dies by one,
 * 1 when it does not compile or is stopped by the budget. `--maps`, `--heap` and `--trace` print on stdout after the program's own output.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { kernelCallNames } from "../abi/api";
import { control } from "../abi/control";
import type { Diagnostic } from "../abi/debug-info";
import { recordKind } from "../abi/journal";
import { machineMemory } from "../abi/machine-memory";
import { underMessage } from "../abi/under-message";
import { debugInfo } from "../clang/program";
import type { Target } from "../clang/target";
import { engineTarget, type Simulation, Timeline } from "../machine/time";
import { type CProcess, compileScenario, createCProcess, endingOf } from "../machine/time/load";
import { pathOfMark } from "../machine/time/mark-paths";
import { oomReport } from "../kernel/oom";
import { procText, programTask } from "../kernel/proc-text";
import { createMemory } from "../machine/machine";
import type { Ledger, Operation } from "../protocol/messages";
import { loadEngine } from "./engine-module";
import { heapDump } from "./heap-dump";
import { parseRunOptions, type RunOptions } from "./run-options";
import { type ExitStatus, InputError } from "./usage";

export { runUsage } from "./run-options";

type Print = (line: string) => void;

/** Bits of control.tracing. */
const TRACE_WRITES_AND_MARKERS = 3;
const SLICE_STEPS = 1_000_000;

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new InputError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `file:line:col: error: code (params)`: sentences belong to the page; a compiler's users know these. */
function diagnosticLine(file: string, { severity, code, params, span }: Diagnostic): string {
  const details = Object.entries(params).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `${file}:${span.line}:${span.column}: ${severity}: ${code}${details.length === 0 ? "" : ` (${details.join(", ")})`}`;
}

/** Where a program's output goes: the streams of this process, or a test's own. */
export interface Sink {
  readonly isTTY?: boolean;
  write(data: string | Uint8Array): unknown;
}

export interface RunStreams {
  readonly stdout: Sink;
  readonly stderr: Sink;
}

export async function runCommand(args: readonly string[], print: Print, streams: RunStreams = process): Promise<ExitStatus> {
  const options = parseRunOptions(args, process.env);
  const source = await readText(options.file);
  const stdin = options.stdinFile === null ? "" : await readText(options.stdinFile);
  const settings = { ...options.machine, stdin };
  const program = compileScenario(source, settings, basename(options.file));
  for (const diagnostic of program.ok ? program.value.warnings : program.problem)
    streams.stderr.write(`${diagnosticLine(options.file, diagnostic)}\n`);
  if (!program.ok) return 1;
  const c = createCProcess(await loadEngine(), program.value, settings, { memory: createMemory() });
  const output = { 1: streams.stdout, 2: streams.stderr };
  // The program's stdout is ours: a terminal or not, as stdio sees it.
  const target = engineTarget(c.machine, {
    print: (fd, bytes) => void (fd === 1 || fd === 2 ? output[fd].write(bytes.slice()) : undefined),
    input: c.input,
    isTerminal: (fd) => (fd === 1 || fd === 2) && output[fd].isTTY === true,
  });
  const timeline = options.trace ? traced(c, target, options.budget) : null;
  if (timeline === null) untraced(c, target, options.budget);
  return report(c, timeline, options, print, streams);
}

/** At full speed: no journal, no index. */
function untraced(c: CProcess, target: Target, budget: number): void {
  new DataView(c.machine.memory.buffer).setBigUint64(machineMemory.control + control.budget, BigInt(budget), true);
  c.bind(target).run();
}

function traced(c: CProcess, target: Target, budget: number): Timeline {
  const { machine } = c;
  machine.setTracing(TRACE_WRITES_AND_MARKERS);
  const simulation: Simulation = {
    memory: machine.bytes,
    process: machine.process,
    debug: debugInfo(c.program, c.layout),
    target,
    bind: c.bind,
    seek: (record) => machine.engine.seek(record),
    restored: () => machine.engine.flush(0, 0),
    pathOfMark,
  };
  // Nobody will go back: no checkpoints.
  const timeline = new Timeline(simulation, { checkpointRecords: Number.POSITIVE_INFINITY, checkpointBytes: 0 });
  timeline.setBudget(budget);
  while (timeline.slice(SLICE_STEPS) === null);
  return timeline;
}

/** execve and what the loader asks of the kernel, as strace would show it; page faults are left out. */
function loadingLines({ journal, index }: Timeline): string[] {
  const [, end = 0] = index.kernel().end;
  const hex = (value: number): string => `0x${value.toString(16)}`;
  const open: string[] = [];
  const lines: string[] = [];
  for (let record = journal.tail(); record < end; record++) {
    const name = kernelCallNames[journal.id(record)] ?? "none";
    if (name === "page_fault") continue;
    if (journal.kind(record) === recordKind.syscallBegin) {
      open.push(`${"  ".repeat(open.length)}${name}(${hex(journal.a(record))}, ${hex(journal.b(record))})`);
      if (name === "execve" || name === "ld_so") lines.push(name === "execve" ? "execve" : "ld.so");
    } else if (journal.kind(record) === recordKind.syscallEnd) {
      const call = open.pop() ?? "";
      if (name !== "execve" && name !== "ld_so") lines.push(`${call} = ${hex(journal.a(record))}`);
    }
  }
  return lines;
}

function report(
  c: CProcess,
  timeline: Timeline | null,
  { maps, heap, proc }: RunOptions,
  print: Print,
  streams: RunStreams,
): ExitStatus {
  const { machine } = c;
  const stopped = machine.stopped();
  if (timeline !== null && machine.load !== null) for (const line of loadingLines(timeline)) print(line);
  if (timeline !== null) for (const line of traceLines(timeline.index.operations, timeline.index.ledger())) print(line);
  if (maps) print(machine.kernel.maps().trimEnd());
  for (const name of proc) for (const line of procText(machine.kernel.context, name)) print(line);
  if (heap) for (const line of heapDump(machine.bytes, machine.process)) print(line);
  if (stopped !== null && stopped.message.trim() !== "")
    streams.stderr.write(stopped.message + underMessage(stopped.message, machine.kernel.maps().trimEnd().split("\n")));
  const status = timeline?.status ?? stopped?.stop ?? "running";
  switch (status) {
    case "exited":
      return endingOf(machine).exitCode & 255;
    case "abort":
    case "signal":
      return 128 + (stopped?.signal ?? 6);
    case "outOfMemory":
      for (const line of oomReport(machine.kernel.context, programTask)) streams.stderr.write(`${line}\n`);
      return 128 + 9;
    case "storeFull":
      streams.stderr.write("stopped: the program has touched more memory than can be simulated\n");
      return 1;
    case "deadlock":
      streams.stderr.write("stopped: deadlock, every thread waits for another\n");
      return 1;
    default:
      streams.stderr.write("stopped: the budget of engine steps is used up (--budget)\n");
      return 1;
  }
}

/** One JSON object a line: the call, where it stands in the source, and the ledger after it (bytes). */
function traceLines(operations: readonly Operation[], ledger: Ledger): string[] {
  return operations.map((operation, i) =>
    JSON.stringify({
      i,
      op: operation.api,
      args: operation.argText,
      ret: operation.resultText === "" ? undefined : operation.resultText,
      err: operation.errno === 0 ? undefined : operation.errno,
      line: operation.line,
      name: operation.name === "" ? undefined : operation.name,
      path: operation.path,
      died: operation.finished ? undefined : true,
      inUse: ledger.inUse[i],
      free: ledger.freeInBins[i],
      top: ledger.top[i],
      resident: ledger.residentAt[2 * i + 2],
      virtual: ledger.virtualAt[2 * i + 2],
    }),
  );
}
