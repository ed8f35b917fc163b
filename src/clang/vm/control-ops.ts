/** Statements, jumps, calls. */
import { apiNames } from "../../abi/api";
import { INSTRUCTION_BYTES, STUB_BYTES, stubAddress } from "../program";
import { LibcCall, type LibcFunctions } from "../libc-call";
import type { Machine, Maker } from "./machine";

const SIGSEGV = 11;
const SEGV_MAPERR = 1;
const SIGILL = 4;
const ILL_ILLOPN = 2;

/** Where the processor goes when it is sent to an address: an instruction of the program of that kind, or a fault. */
function codeAt(m: Machine, addr: number, op: "enter" | "result"): number {
  const offset = addr - m.layout.text;
  const index = offset / INSTRUCTION_BYTES;
  const end = stubAddress(m.program, m.layout, m.program.libc.length);
  if (!(addr >= m.layout.text && addr < end)) return m.target.raise(SIGSEGV, SEGV_MAPERR, addr);
  if (!Number.isInteger(index) || m.program.code[index]?.op !== op) return m.target.raise(SIGILL, ILL_ILLOPN, addr);
  return index;
}

/** Arguments are computed last to first into rising slots; the callee finds the first in slot 0. */
function reverseArguments(w: Int32Array, firstArg: number, count: number): void {
  if (firstArg > 0) w.copyWithin(0, firstArg * 2, (firstArg + count) * 2);
  for (let low = 0, high = (count - 1) * 2; low < high; low += 2, high -= 2) {
    const [lo, hi] = [w[low] as number, w[low + 1] as number];
    w[low] = w[high] as number;
    w[low + 1] = w[high + 1] as number;
    w[high] = lo;
    w[high + 1] = hi;
  }
}

function enter(m: Machine, entry: number, firstArg: number, count: number): void {
  reverseArguments(m.w, firstArg, count);
  m.push(m.layout.text + m.pc * INSTRUCTION_BYTES);
  m.pc = entry;
}

function libcStub(m: Machine, addr: number): number {
  const first = stubAddress(m.program, m.layout, 0);
  const index = (addr - first) / STUB_BYTES;
  return Number.isInteger(index) && index >= 0 && index < m.program.libc.length ? index : -1;
}

/** Calls in which a schedule can make a thread pause. */
const allocators: ReadonlySet<string> = new Set<string>([...apiNames, "reallocarray"]);

const libcStep = (m: Machine, functions: LibcFunctions, name: string, shape: string, firstArg: number, result: number) => {
  const fn = functions.get(name);
  const call = new LibcCall(m, shape, firstArg, result);
  const pauses = allocators.has(name);
  return () => {
    call.begin();
    if (fn === undefined) throw new Error(`libc has no ${name}`);
    try {
      if (!(pauses && m.threads.pausesInMalloc())) fn(call);
    } catch (error) {
      if (!m.threads.waitsInMalloc()) throw error;
    }
    if (m.pending !== "") m.threads.leaveCall();
  };
};

export const controlOps = {
  /** Statement a is about to run. Registers are saved standing before it: see Target.statement. */
  statement:
    (m, { a }) =>
    () => {
      m.pc--;
      if (m.turnLeft === 0 && m.threads.turnOver()) return;
      const { steps } = m;
      m.statement = a;
      m.steps = -1; // whoever comes back to this instruction counts it again
      m.save();
      m.target.spend(steps);
      m.target.statement(a, m.frame, m.stack);
      m.steps = 0;
      m.pc++;
      if (m.turnLeft > 0) m.turnLeft--;
    },
  /** Go to a. */
  jump:
    (m, { a }) =>
    () =>
      void (m.pc = a),
  /** Go to a when slot d is (not) zero, 32 bits. */
  "jump.zero":
    (m, { d, a }) =>
    () => {
      if (m.w[d * 2] === 0) m.pc = a;
    },
  "jump.nonzero":
    (m, { d, a }) =>
    () => {
      if (m.w[d * 2] !== 0) m.pc = a;
    },
  /** Go to c when slot d is a (and b in its high half). */
  "jump.equal32":
    (m, { d, a, c }) =>
    () => {
      if (m.w[d * 2] === a) m.pc = c;
    },
  "jump.equal64":
    (m, { d, a, b, c }) =>
    () => {
      if (m.w[d * 2] === a && m.w[d * 2 + 1] === b) m.pc = c;
    },
  /** Call function a with b arguments in slots d…, the last one first; `result` follows. */
  call: (m, { d, a, b }) => {
    const entry = m.program.entries[a] ?? 0;
    return () => enter(m, entry, d, b);
  },
  /** Call the function whose address is in slot a, with b arguments in slots d…; `result` follows. c = shape. */
  "call.indirect": (m, { d, a, b, c }) => {
    const shape = m.program.shapes[c] ?? "";
    return () => {
      const addr = m.address(a);
      const stub = libcStub(m, addr);
      if (stub < 0) return enter(m, codeAt(m, addr, "enter"), d, b);
      libcStep(m, m.libc, m.program.libc[stub] ?? "", shape, d, 0)();
    };
  },
  /** slot d ← what the call before gave (slot 0). */
  result:
    (m, { d }) =>
    () => {
      m.w[d * 2] = m.w[0] as number;
      m.w[d * 2 + 1] = m.w[1] as number;
    },
  /** Call libc function a with b arguments in slots d…, result to slot d. c = shape. */
  libc: (m, i) => libcStep(m, m.libc, m.program.libc[i.a] ?? "", m.program.shapes[i.c] ?? "", i.d, i.d),
  /** Entry of function a: saves the caller's frame pointer, makes b bytes of room. */
  enter:
    (m, { a, b }) =>
    () => {
      m.push(m.frame);
      m.frame = m.stack;
      m.stack -= b;
      m.target.enter(a, m.frame);
    },
  /** Return from function a with the result in slot 0. */
  leave:
    (m, { a }) =>
    () => {
      m.target.leave(a, m.frame);
      m.stack = m.frame;
      m.frame = m.pop();
      m.pc = codeAt(m, m.pop(), "result");
    },
  /** The process ends with slot 0 as its exit code. */
  exit: (m) => libcStep(m, m.libc, "exit", "i", 0, 0),
} satisfies Readonly<Record<string, Maker>>;
