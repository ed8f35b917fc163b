/** From a scenario to a process at the start of its run. */
import { control } from "../../abi/control";
import type { Diagnostic } from "../../abi/debug-info";
import { findGlibcSymbols } from "../../abi/glibc-symbols";
import { type LibcImage, libcImage } from "../../abi/libc-images";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { fail, ok, type Result } from "../../base";
import { createInterpreter } from "../../clang/interpreter";
import { debugInfo, type Program, programImage } from "../../clang/program";
import type { ProgramLayout, Target } from "../../clang/target";
import { appendStatement, compile, libcFunctions } from "../../libc/index";
import { defaultMachineSpec, type MachineSpec } from "../../kernel/exec";
import { procText, procTextOf } from "../../kernel/proc-text";
import type { MachineSettings, Scenario } from "../../scenario/scenario";
import type { AccessWatch } from "../access-watch";
import { defaultLayout } from "../layout";
import { createMachine, createMemory, type Machine } from "../machine";
import { engineTarget, silentTerminal } from "./engine-target";
import type { Appended, Host, Loaded } from "./host";
import { pathOfMark } from "./mark-paths";
import { loadImage, planStart } from "./start-up";
import type { Ending } from "./summary";
import type { Simulation } from "./simulation";

/** Name of the program file, as argv[0] and in /proc/self/maps. */
const PROGRAM_PATH = "/home/user/a.out";
const SOURCE_NAME = "main.c";
/** Writes and markers. */
export const TRACE_ALL = 3;

/** A process with a C program in it, before its first instruction. */
export interface CProcess {
  readonly machine: Machine;
  readonly program: Program;
  readonly layout: ProgramLayout;
  /** What the program finds on its standard input. */
  readonly input: Uint8Array;
  /** Binds the interpreter to a target: `run` starts it, or continues from the registers in linear memory. */
  bind(target: Target): { run(): void };
}

/** A well-mixed 64-bit number from a seed (the finaliser of splitmix64); never 0. */
function tcacheKeyOf(seed: number): bigint {
  const mask = (1n << 64n) - 1n;
  let z = (BigInt(seed) * 0x9e37_79b9_7f4a_7c15n + 0x9e37_79b9_7f4a_7c15n) & mask;
  z = ((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & mask;
  z = ((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn) & mask;
  return (z ^ (z >> 31n)) | 1n;
}

/** The libc that a machine has, undefined when it is not known. */
function libcOf({ glibc, abi }: MachineSettings): LibcImage | undefined {
  const symbols = findGlibcSymbols(glibc, abi);
  return symbols && libcImage(symbols);
}

/** Compiles a program; an unknown machine is a diagnostic too. */
export function compileScenario(
  source: string,
  settings: MachineSettings,
  fileName = SOURCE_NAME,
): Result<Program, readonly Diagnostic[]> {
  const { glibc, abi } = settings;
  if (libcOf(settings) === undefined) {
    const span = { start: 0, end: 0, line: 1, column: 1 };
    return fail([{ severity: "error", code: "unknown-machine", params: { glibc, abi }, span }]);
  }
  return compile(source, fileName, abi === "i386" ? 4 : 8);
}

/** Where a new machine's memory comes from. */
export type MemorySource = { readonly reuse: Machine } | { readonly memory: WebAssembly.Memory };

const PAGES_PER_MIB = 2 ** 20 / PAGE_SIZE;

/** The machine of the recordings but for what the settings say. */
function machineSpec({ kernel, ramMiB, pagingLevels, overcommit }: MachineSettings): MachineSpec {
  return {
    ...defaultMachineSpec,
    kernel,
    ...(ramMiB === undefined ? {} : { totalramPages: ramMiB * PAGES_PER_MIB }),
    ...(pagingLevels === undefined ? {} : { pagingLevels }),
    ...(overcommit === undefined ? {} : { overcommitMemory: overcommit }),
  };
}

/** Lays out a process for the program. Tracing is off. */
export function createCProcess(
  module: WebAssembly.Module,
  program: Program,
  settings: MachineSettings,
  from: MemorySource,
  watch?: AccessWatch,
): CProcess {
  const { sizes } = program;
  const layout = defaultLayout(
    PROGRAM_PATH,
    { textBytes: sizes.text, rodataBytes: sizes.rodata, dataBytes: sizes.data, bssBytes: sizes.bss },
    {
      abi: settings.abi,
      kind: settings.layout ?? "default",
      pie: settings.pie ?? true,
      seed: settings.aslr ? settings.seed : null,
    },
    libcOf(settings),
  );
  const machine = createMachine({
    module,
    layout,
    glibc: settings.glibc,
    abi: settings.abi,
    tcacheKey: tcacheKeyOf(settings.seed),
    environment: settings.environment,
    cores: settings.cores,
    machine: machineSpec(settings),
    ...(settings.loading === true ? { loadPlan: layout.load } : {}),
    ...from,
    ...(watch === undefined ? {} : { watch }),
  });
  const { args, environment } = settings;
  const { start, place } = planStart(layout, machine.process.wordBytes, { path: PROGRAM_PATH, args, environment });
  const placeArguments = (): void => place(machine);
  const placeImage = (): void => loadImage(machine, start, programImage(program, start));
  if (machine.load === null) {
    placeArguments();
    placeImage();
  }
  return {
    machine,
    program,
    layout: start,
    input: new TextEncoder().encode(settings.stdin),
    bind: (target) => {
      const interpreter = createInterpreter(program, target, start, libcFunctions, settings.schedule, settings.seed);
      // The interpreter's first word in linear memory is a mark that registers were saved: zero means not begun.
      const begun = new Int32Array(machine.memory.buffer, machineMemory.cMachine, 1);
      const begin = (): void => {
        machine.load?.({ placeArguments, placeImage });
        interpreter.run();
      };
      return { run: () => void (begun[0] === 0 ? begin() : interpreter.resume()) };
    },
  };
}

/** How the process ended, from the control block at the cursor. */
export function endingOf(machine: Machine): Ending {
  const report = machine.stopped();
  const view = new DataView(machine.memory.buffer, machineMemory.control);
  return {
    exitCode: view.getUint32(control.exitCode, true),
    message: report?.message.trimEnd() ?? "",
    signal: report?.signal ?? 0,
    signalAddr: Number(report?.signalAddr ?? 0n),
    signalWrite: report?.signalWrite ?? false,
  };
}

export function simulationOf(
  process: CProcess,
  target = engineTarget(process.machine, silentTerminal(process.input)),
): Simulation {
  const { machine } = process;
  return {
    memory: machine.bytes,
    process: machine.process,
    debug: debugInfo(process.program, process.layout),
    target,
    bind: process.bind,
    seek: (record) => machine.engine.seek(record),
    restored: () => machine.engine.flush(0, 0),
    pathOfMark,
  };
}

function append(source: string, statement: string): Appended {
  const result = appendStatement(source, statement);
  return result.ok ? { source: result.value, diagnostics: [] } : { source: null, diagnostics: result.problem };
}

/** The host of scenarios over the real machine: one memory for all of them. `engineFor`: the compiled engine that serves a width. */
export function createScenarioHost(engineFor: (abi: MachineSettings["abi"]) => WebAssembly.Module): Host {
  const memory = createMemory();
  const bytes = new Uint8Array(memory.buffer);
  let machine: Machine | null = null;

  function load(scenario: Scenario): Result<Loaded, readonly Diagnostic[]> {
    const program = compileScenario(scenario.source, scenario.machine);
    if (!program.ok) return program;
    const sequence = new Int32Array(bytes.buffer, machineMemory.control + control.sequence, 1);
    const before = Atomics.load(sequence, 0);
    // A wish to stop was for what ran before; malloc’s start would heed it too.
    Atomics.store(new Int32Array(bytes.buffer, machineMemory.control + control.cancel, 1), 0, 0);
    const from = machine === null ? { memory } : { reuse: machine };
    const process = createCProcess(engineFor(scenario.machine.abi), program.value, scenario.machine, from);
    machine = process.machine;
    Atomics.store(sequence, 0, before + 2);
    machine.setTracing(TRACE_ALL);
    const { kernel } = machine;
    const here = machine;
    return ok({
      simulation: simulationOf(process),
      diagnostics: program.value.warnings,
      ending: () => endingOf(here),
      proc: (name, pid) => (pid === undefined ? procText(kernel.context, name) : procTextOf(kernel.context, name, pid)),
    });
  }

  return { memory: bytes, load, appendStatement: append };
}
