import { defaultSchedule, type Schedule } from "../abi/schedule";
import type { LibcFunctions } from "./libc-call";
import type { Program } from "./program";
import type { ProgramLayout, Target } from "./target";
import { Machine, type Step, status } from "./vm/machine";
import { turn } from "./vm/registers";
import { makerOf } from "./vm/operations";

export type Outcome = { readonly kind: "exited"; readonly code: number } | { readonly kind: "stopped" };

export interface Interpreter {
  /** Starts the program from the beginning. */
  run(): Outcome;
  /**
   * Goes on from the registers in linear memory, which stand before the last statement begun. A stop in `spend` has changed nothing since
   * then; after one inside the statement (an allocator call) memory must first be put back to the statement's marker or to a checkpoint.
   */
  resume(): Outcome;
}

/**
 * Makes a program ready to run in a process that is laid out already: its image (programImage) and argv are in memory.
 * The instructions become closures once; everything that changes is in the target's memory.
 */
export function createInterpreter(
  program: Program,
  target: Target,
  layout: ProgramLayout,
  libc: LibcFunctions,
  schedule: Schedule = defaultSchedule,
  seed = 1,
): Interpreter {
  const m = new Machine(program, target, layout, libc, schedule, seed);
  const steps: readonly Step[] = program.code.map((instruction) => makerOf(instruction.op)(m, instruction));

  /** Until the running process ends. */
  const runProcess = (): void => {
    if (m.announcing !== 0) m.announce();
    while (m.status === status.running) {
      m.steps++;
      (steps[m.pc++] as Step)();
    }
  };

  const go = (): Outcome => {
    let stopped = false;
    for (;;) {
      try {
        // Another process may go on, and be paused where it does.
        if (stopped && !m.threads.survivesDeath()) return { kind: "stopped" };
        stopped = false;
        runProcess();
        const code = m.exitCode;
        m.status = status.running;
        if (m.threadCount > 1 && m.threads.endProcess(code << 8)) continue;
        m.status = status.exited;
        const left = m.steps;
        m.steps = 0;
        m.save();
        target.spend(left);
        target.exit(code);
        return { kind: "exited", code };
      } catch (error) {
        if (!target.stopped()) throw error;
        stopped = true;
      }
    }
  };

  return {
    run: () => {
      m.pc = 0;
      m.steps = 0;
      m.status = status.running;
      m.exitCode = 0;
      m.frame = 0;
      m.stack = layout.stackPointer;
      m.turnLeft = schedule.kind === "run" ? turn.endless : 0;
      m.setAddress(0, layout.argv);
      m.w[2] = layout.argc;
      return go();
    },
    resume: () => {
      m.restore();
      return go();
    },
  };
}
