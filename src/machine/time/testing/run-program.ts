/**
 * C programs over the real allocator and kernel, on machines that are used again and again: large memories are dear to make. Two have the
 * usual linear memory, two (2 and 3) one with few slots, so that frames have to share them.
 */
import { control } from "../../../abi/control";
import { machineMemory, PAGE_SIZE } from "../../../abi/machine-memory";
import { defaultMachine, type MachineSettings } from "../../../scenario/scenario";
import { createMemory, type Machine } from "../../machine";
import { type CProcess, compileScenario, createCProcess, simulationOf } from "../load";
import { Timeline, type TimelineOptions } from "../timeline";

const FEW_SLOTS = 1536;
const WASM_PAGE = 65536;

function crowdedMemory(): WebAssembly.Memory {
  const pages = (machineMemory.frames + FEW_SLOTS * PAGE_SIZE) / WASM_PAGE;
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

export type Which = 0 | 1 | 2 | 3;
const memories = [createMemory, createMemory, crowdedMemory, crowdedMemory] as const;
const machines: (Machine | null)[] = [null, null, null, null];

/** No checkpoints: what the ring does not hold is run again from the first record. */
export const whole: TimelineOptions = { checkpointRecords: 1 << 30, checkpointBytes: 1 << 30 };

/** A program ready to run on one of the two machines. */
export function processOf(
  module: WebAssembly.Module,
  which: Which,
  source: string,
  settings: Partial<MachineSettings>,
): CProcess {
  const machineSettings = { ...defaultMachine, ...settings };
  const program = compileScenario(source, machineSettings);
  if (!program.ok) throw new Error(JSON.stringify(program.problem));
  const reuse = machines[which];
  const c = createCProcess(module, program.value, machineSettings, reuse ? { reuse } : { memory: memories[which]() });
  machines[which] = c.machine;
  return c;
}

/** Its run, watched, which has not begun. */
export function timelineOf(c: CProcess, options: TimelineOptions = whole): Timeline {
  c.machine.setTracing(3);
  return new Timeline(simulationOf(c), options);
}

/** Runs a program to its end. `capacity`: records that the journal's ring holds. */
export function runProgram(
  module: WebAssembly.Module,
  which: Which,
  source: string,
  settings: Partial<MachineSettings>,
  options: TimelineOptions = whole,
  capacity?: number,
): { readonly timeline: Timeline; readonly machine: Machine } {
  const c = processOf(module, which, source, settings);
  const { machine } = c;
  if (capacity !== undefined)
    new DataView(machine.memory.buffer).setUint32(machineMemory.control + control.journalCapacity, capacity, true);
  const timeline = timelineOf(c, options);
  timeline.setBudget(1_000_000_000);
  while (timeline.slice(5000) === null);
  return { timeline, machine };
}
