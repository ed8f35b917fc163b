import type { Schedule } from "../../abi/schedule";
import type { LibcFunctions } from "../libc-call";
import type { Instruction, Program } from "../program";
import type { ProgramLayout, Target } from "../target";
import { MAGIC, REG, SLOT_BASE, turn } from "./registers";
import { Processes } from "./processes";

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
  statement = -1;
  announcing = 0;
  thread = 0;
  threadCount = 0;
  /** Statements until another thread may have its turn; negative: see `turn`. */
  turnLeft: number = turn.endless;
  turnIndex = 0;
  random = 0;
  waits = 0;
  /** What the call that is being made asks for when it is over. */
  pending: "" | "wait" | "yield" | "end" = "";
  readonly threads: Processes;
  readonly w: Int32Array;
  readonly f: Float64Array;
  readonly registers: Int32Array;
  readonly doubles: Float64Array;

  constructor(
    readonly program: Program,
    readonly target: Target,
    readonly layout: ProgramLayout,
    readonly libc: LibcFunctions,
    schedule: Schedule,
    seed: number,
  ) {
    const { buffer, byteOffset, byteLength } = target.machine;
    this.registers = new Int32Array(buffer, byteOffset, byteLength >> 2);
    this.doubles = new Float64Array(buffer, byteOffset, byteLength >> 3);
    this.w = this.registers.subarray(SLOT_BASE * 2);
    this.f = this.doubles.subarray(SLOT_BASE);
    this.threads = new Processes(this, schedule, seed);
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
    r[REG.statement] = this.statement;
    r[REG.announcing] = this.announcing;
    r[REG.thread] = this.thread;
    r[REG.threadCount] = this.threadCount;
    r[REG.turnLeft] = this.turnLeft;
    r[REG.turnIndex] = this.turnIndex;
    r[REG.random] = this.random;
    r[REG.waits] = this.waits;
    this.doubles[REG.frame] = this.frame;
    this.doubles[REG.stack] = this.stack;
  }

  restore(): void {
    const r = this.registers;
    this.pc = r[REG.pc] ?? 0;
    this.steps = r[REG.steps] ?? 0;
    this.status = r[REG.status] ?? 0;
    this.exitCode = r[REG.exitCode] ?? 0;
    this.statement = r[REG.statement] ?? 0;
    this.announcing = r[REG.announcing] ?? 0;
    this.thread = r[REG.thread] ?? 0;
    this.threadCount = r[REG.threadCount] ?? 0;
    this.turnLeft = r[REG.turnLeft] ?? 0;
    this.turnIndex = r[REG.turnIndex] ?? 0;
    this.random = r[REG.random] ?? 0;
    this.waits = r[REG.waits] ?? 0;
    this.pending = "";
    this.frame = this.doubles[REG.frame] ?? 0;
    this.stack = this.doubles[REG.stack] ?? 0;
  }

  /** Tells that a statement is about to run, or goes on inside itself; the registers in memory stand where this is told again after a stop. */
  announce(): void {
    const { steps } = this;
    this.announcing = 1;
    this.steps = 0;
    this.save();
    this.target.spend(steps);
    this.target.statement(this.statement, this.frame, this.stack);
    this.announcing = 0;
    if (this.turnLeft > 0) this.turnLeft--;
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
    const { wordBytes } = this.program;
    this.stack -= wordBytes;
    this.target.store(this.stack, wordBytes, value | 0, Math.floor(value / 4294967296) | 0);
  }

  pop(): number {
    const { wordBytes } = this.program;
    const lo = this.target.load(this.stack, wordBytes) >>> 0;
    const hi = wordBytes === 8 ? this.target.resultHi() >>> 0 : 0;
    this.stack += wordBytes;
    return hi * 4294967296 + lo;
  }
}
