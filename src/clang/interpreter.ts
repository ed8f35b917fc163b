import type { LibcFunctions } from "./libc-call";
import type { Program } from "./program";
import type { ProgramLayout, Target } from "./target";
import { Machine, type Step, status } from "./vm/machine";
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
export function createInterpreter(program: Program, target: Target, layout: ProgramLayout, libc: LibcFunctions): Interpreter {
  const m = new Machine(program, target, layout, libc);
  const steps: readonly Step[] = program.code.map((instruction) => makerOf(instruction.op)(m, instruction));

  const go = (): Outcome => {
    try {
      while (m.status === status.running) {
        m.steps++;
        (steps[m.pc++] as Step)();
      }
    } catch (error) {
      if (target.stopped()) return { kind: "stopped" };
      throw error;
    }
    m.save();
    target.spend(m.steps);
    target.exit(m.exitCode);
    return { kind: "exited", code: m.exitCode };
  };

  return {
    run: () => {
      m.pc = 0;
      m.steps = 0;
      m.status = status.running;
      m.exitCode = 0;
      m.frame = 0;
      m.stack = layout.stackPointer;
      m.setAddress(0, layout.argv);
      m.w[2] = layout.argc;
      return go();
    },
    resume: () => {
      m.restore();
      if (m.status === status.exited) return { kind: "exited", code: m.exitCode };
      return go();
    },
  };
}
