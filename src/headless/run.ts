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
import type { Target } from "../clang/target";
import { engineTarget, Timeline } from "../machine/time";
import type { Terminal } from "../machine/time/engine-target";
import { type CProcess, compileScenario, createCProcess, endingOf, simulationOf, TRACE_ALL } from "../machine/time/load";
import { TlbLog } from "../machine/tlb/log";
import { tlbWatch } from "../machine/tlb/watch";
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
  const tlb = options.tlb ? createTlbLog() : null;
  const engine = await loadEngine(tlb === null ? "engine" : "engine-counted");
  const c = createCProcess(engine, program.value, settings, { memory: createMemory() }, tlb?.watch);
  const output = { 1: streams.stdout, 2: streams.stderr };
  // The program's stdout is ours: a terminal or not, as stdio sees it.
  const terminal: Terminal = {
    print: (fd, bytes) => void (fd === 1 || fd === 2 ? output[fd].write(bytes.slice()) : undefined),
    input: c.input,
    isTerminal: (fd) => (fd === 1 || fd === 2) && output[fd].isTTY === true,
  };
  const plain = engineTarget(c.machine, terminal);
  const target = tlb === null ? plain : tlb.watch.targetFor(plain);
  // Accesses are only told one by one where they are journalled.
  const timeline = options.trace || options.tlb ? traced(c, target, options.budget) : null;
  if (timeline === null) untraced(c, target, options.budget);
  const status = report(c, timeline, options, print, streams);
  if (tlb !== null) for (const line of tlbLines(tlb.log)) print(line);
  return status;
}

function createTlbLog() {
  const log = new TlbLog();
  return { log, watch: tlbWatch(log) };
}

/** One number a line: accesses by where their translation was found, and what the kernel had the TLB forget. */
function tlbLines(log: TlbLog): string[] {
  const { counts, flushes } = log.at(Number.POSITIVE_INFINITY);
  const numbers = {
    accesses: counts.accesses,
    "L1 hits": counts.l1,
    "L2 hits": counts.l2,
    walks: counts.walks,
    faults: counts.faults,
  };
  return Object.entries({ ...numbers, flushes }).map(([name, count]) => `TLB ${name}: ${count}`);
}

/** At full speed: no journal, no index. */
function untraced(c: CProcess, target: Target, budget: number): void {
  new DataView(c.machine.memory.buffer).setBigUint64(machineMemory.control + control.budget, BigInt(budget), true);
  c.bind(target).run();
}

function traced(c: CProcess, target: Target, budget: number): Timeline {
  const { machine } = c;
  machine.setTracing(TRACE_ALL);
  // Nobody will go back: no checkpoints.
  const timeline = new Timeline(simulationOf(c, target), { checkpointRecords: Number.POSITIVE_INFINITY, checkpointBytes: 0 });
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
  { maps, heap, proc, trace }: RunOptions,
  print: Print,
  streams: RunStreams,
): ExitStatus {
  const { machine } = c;
  const stopped = machine.stopped();
  if (timeline !== null && trace && machine.load !== null) for (const line of loadingLines(timeline)) print(line);
  if (timeline !== null && trace) for (const line of traceLines(timeline.index.operations, timeline.index.ledger())) print(line);
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
