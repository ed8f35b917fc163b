/** Markers: what the allocator is doing, with its live operands. They change nothing and vanish when control.tracing bit 1 is off. */
import { CONTROL_ERRNO, Kind, Mark } from "./generated/abi";
import { recordMark, tracesCalls, tracesMarks } from "./journal";

/** A phase of a call begins. */
@inline
export function phase<W>(id: Mark, a: W, b: W): void {
  if (tracesMarks()) recordMark(Kind.Phase, id, 0, <u64>a, <u64>b);
}

/** A line of the algorithm is done or about to be done. */
@inline
export function line<W>(id: Mark, a: W, b: W): void {
  if (tracesMarks()) recordMark(Kind.Line, id, 0, <u64>a, <u64>b);
}

/** A line that decides: the outcome goes into the record and on to the caller. */
@inline
export function decide<W>(id: Mark, outcome: bool, a: W, b: W): bool {
  if (tracesMarks()) recordMark(Kind.Line, id, outcome ? 1 : 0, <u64>a, <u64>b);
  return outcome;
}

export function opBegin(api: u32, a: u64, b: u64, c: u32): void {
  if (tracesCalls()) recordMark(Kind.OpBegin, api, c, a, b);
}

export function opEnd(api: u32, result: u64): void {
  if (tracesCalls()) recordMark(Kind.OpEnd, api, 0, result, <u64>load<u32>(CONTROL_ERRNO));
}
