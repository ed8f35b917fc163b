import type { LibcFunctions } from "../libc-call";
import type { Instruction, Program } from "../program";
import type { ProgramLayout, Target } from "../target";

/**
 * Registers in linear memory, in 32-bit words from the start of the C machine's region; the slots follow.
 *
 *   0  magic      1  pc        2  steps not yet spent     3  status     6  exit code
 *   8  frame pointer (f64)    10  stack pointer (f64)     16… slots, 8 bytes each
 */
const REG = { magic: 0, pc: 1, steps: 2, status: 3, exitCode: 6, frame: 4, stack: 5 } as const;
const MAGIC = 0x43_4d_31_00;
export const SLOT_BASE = 8;

export const status = { running: 0, exited: 1 } as const;

/** An instruction made ready to run. */
export type Step = () => void;
export type Maker = (m: Machine, i: Instruction) => Step;

/**
 * The running program: registers as fields while it runs, written back before every statement and whenever it stops. Slot s is the words
 * 2 s and 2 s + 1 of `w` and the double `f[s]`: a 32-bit value fills only the low word.
 */
export class Machine {
  pc = 0;
  frame = 0;
  stack = 0;
  steps = 0;
  status: number = status.running;
  exitCode = 0;
  readonly w: Int32Array;
  readonly f: Float64Array;
  private readonly registers: Int32Array;
  private readonly doubles: Float64Array;

  constructor(
    readonly program: Program,
    readonly target: Target,
    readonly layout: ProgramLayout,
    readonly libc: LibcFunctions,
  ) {
    const { buffer, byteOffset, byteLength } = target.machine;
    this.registers = new Int32Array(buffer, byteOffset, byteLength >> 2);
    this.doubles = new Float64Array(buffer, byteOffset, byteLength >> 3);
    this.w = this.registers.subarray(SLOT_BASE * 2);
    this.f = this.doubles.subarray(SLOT_BASE);
  }

  get isSaved(): boolean {
    return this.registers[REG.magic] === MAGIC;
  }

  save(): void {
    const r = this.registers;
    r[REG.magic] = MAGIC;
    r[REG.pc] = this.pc;
    r[REG.steps] = this.steps;
    r[REG.status] = this.status;
    r[REG.exitCode] = this.exitCode;
    this.doubles[REG.frame] = this.frame;
    this.doubles[REG.stack] = this.stack;
  }

  restore(): void {
    const r = this.registers;
    this.pc = r[REG.pc] ?? 0;
    this.steps = r[REG.steps] ?? 0;
    this.status = r[REG.status] ?? 0;
    this.exitCode = r[REG.exitCode] ?? 0;
    this.frame = this.doubles[REG.frame] ?? 0;
    this.stack = this.doubles[REG.stack] ?? 0;
  }

  /** Slot as an address. Halves above 2^21 make it a number no address has, which faults as it should. */
  address(slot: number): number {
    return ((this.w[slot * 2 + 1] as number) >>> 0) * 4294967296 + ((this.w[slot * 2] as number) >>> 0);
  }

  setAddress(slot: number, addr: number): void {
    this.w[slot * 2] = addr | 0;
    this.w[slot * 2 + 1] = Math.floor(addr / 4294967296) | 0;
  }

  push(value: number): void {
    this.stack -= 8;
    this.target.store(this.stack, 8, value | 0, Math.floor(value / 4294967296) | 0);
  }

  pop(): number {
    const lo = this.target.load(this.stack, 8);
    const hi = this.target.resultHi();
    this.stack += 8;
    return (hi >>> 0) * 4294967296 + (lo >>> 0);
  }
}
