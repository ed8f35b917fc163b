/** What the kernel says about itself while it works: markers in the journal, when markers are traced. */
import { control } from "../abi/control";
import { recordKind } from "../abi/journal";
import { type KernelDecision, type KernelMarkName, kernelMarks } from "../abi/kernel-marks";
import { machineMemory } from "../abi/machine-memory";
import { type Bytes, highHalf, type KernelHost, lowHalf } from "./host";

export interface Notes {
  /** A phase begins, or a line is done. */
  note(name: Exclude<KernelMarkName, KernelDecision>, a?: number, b?: number): void;
  /** A page-table entry, whose two halves are exact. */
  noteEntry(name: "EntryWritten", lo: number, hi: number, addr: number): void;
  /** A line that decides: the answer goes into the record and on to the caller. */
  asks(name: KernelDecision, answer: boolean, a?: number, b?: number): boolean;
}

const TRACE_MARKS = 2;
const byName = new Map(kernelMarks.map((mark) => [mark.name, mark]));

export function createNotes(host: KernelHost, bytes: Bytes): Notes {
  const traced = (): boolean => (bytes.u32(machineMemory.control + control.tracing) & TRACE_MARKS) !== 0;

  function write(name: KernelMarkName, answer: number, aLo: number, aHi: number, b: number): void {
    const mark = byName.get(name);
    if (mark === undefined) return;
    host.mark(recordKind[mark.level], mark.id, answer, aLo, aHi, lowHalf(b), highHalf(b));
  }

  return {
    note: (name, a = 0, b = 0) => {
      if (traced()) write(name, 0, lowHalf(a), highHalf(a), b);
    },
    noteEntry: (name, lo, hi, addr) => {
      if (traced()) write(name, 0, lo >>> 0, hi >>> 0, addr);
    },
    asks: (name, answer, a = 0, b = 0) => {
      if (traced()) write(name, answer ? 1 : 0, lowHalf(a), highHalf(a), b);
      return answer;
    },
  };
}
