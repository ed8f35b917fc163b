import type { ProgramLayout, Target } from "./target";
import type { Machine } from "./vm/machine";
import { status } from "./vm/machine";
import type { Processes } from "./vm/processes";

/** What the library must bring: an implementation for every function its headers declare. */
export type LibcFunctions = ReadonlyMap<string, (call: LibcCall) => void>;

/**
 * One call of a libc function: its arguments and where the result goes. Named arguments are read by position; those behind `...` in turn,
 * integers and floating-point numbers apart, as they come in different registers on x86-64. Missing ones read as 0.
 */
export class LibcCall {
  private nextInteger = 0;
  private nextReal = 0;

  constructor(
    private readonly m: Machine,
    private readonly shape: string,
    private readonly first: number,
    private readonly result: number,
  ) {}

  get target(): Target {
    return this.m.target;
  }

  get layout(): ProgramLayout {
    return this.m.layout;
  }

  get wordBytes(): 4 | 8 {
    return this.m.program.wordBytes;
  }

  get threads(): Processes {
    return this.m.threads;
  }

  begin(): void {
    this.nextInteger = 0;
    this.nextReal = 0;
  }

  /** Arguments stand in their slots last one first. */
  private slot(n: number): number {
    return this.first + this.shape.length - 1 - n;
  }

  /** Low and high half of argument n; a 32-bit argument's high half is its sign. */
  lo(n: number): number {
    return n < this.shape.length ? (this.m.w[this.slot(n) * 2] ?? 0) : 0;
  }

  hi(n: number): number {
    if (this.shape[n] === "i") return this.lo(n) >> 31;
    return n < this.shape.length ? (this.m.w[this.slot(n) * 2 + 1] ?? 0) : 0;
  }

  /** Argument n as an address or size: exact below 2^53. */
  word(n: number): number {
    if (this.wordBytes === 4) return this.lo(n) >>> 0;
    return (this.hi(n) >>> 0) * 4294967296 + (this.lo(n) >>> 0);
  }

  /** Argument n as a signed 64-bit number. */
  long(n: number): bigint {
    return (BigInt(this.hi(n)) << 32n) | BigInt(this.lo(n) >>> 0);
  }

  real(n: number): number {
    return this.m.f[this.slot(n)] ?? 0;
  }

  /** Begins reading the arguments behind `...`: the first `named` are skipped. */
  startVarargs(named: number): void {
    this.nextInteger = named;
    this.nextReal = named;
  }

  /** Position of the next variable argument of a class, or past the end. */
  nextInt(): number {
    while (this.shape[this.nextInteger] === "f") this.nextInteger++;
    return this.nextInteger++;
  }

  /** A number, and its sign as its bits have it (that of a NaN is lost in the number). */
  nextDouble(): { readonly value: number; readonly negative: boolean } {
    while (this.nextReal < this.shape.length && this.shape[this.nextReal] !== "f") this.nextReal++;
    const n = this.nextReal++;
    if (n >= this.shape.length) return { value: 0, negative: false };
    return { value: this.real(n), negative: (this.m.w[this.slot(n) * 2 + 1] ?? 0) < 0 };
  }

  returnInt(value: number): void {
    this.m.w[this.result * 2] = value;
    this.m.w[this.result * 2 + 1] = value >> 31;
  }

  returnHalves(lo: number, hi: number): void {
    this.m.w[this.result * 2] = lo;
    this.m.w[this.result * 2 + 1] = hi;
  }

  /** An address, a size, or a small negative number. */
  returnWord(value: number): void {
    if (this.wordBytes === 4) return this.returnHalves((value % 4294967296) | 0, 0);
    this.returnHalves((value % 4294967296) | 0, Math.floor(value / 4294967296) | 0);
  }

  returnLong(value: bigint): void {
    this.returnHalves(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
  }

  returnReal(value: number): void {
    this.m.f[this.result] = value;
  }

  /** Ends the process: the interpreter stops after this instruction. */
  exit(code: number): void {
    this.m.exitCode = code & 255;
    this.m.status = status.exited;
  }
}
