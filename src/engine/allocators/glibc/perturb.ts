/** M_PERTURB: fills memory on its way out of and back into malloc. */
import { Feature, Mark } from "../../generated/abi";
import { line } from "../../marks";
import { fill } from "../../memory/bulk";
import { perturbByte } from "./parameters";
import { has, sizeSz } from "./word";

@inline
export function perturbAllocated<W>(mem: W, bytes: W): void {
  const byte = perturbByte();
  if (byte != 0) fillAllocated<W>(mem, bytes, byte);
}

function fillAllocated<W>(mem: W, bytes: W, byte: i32): void {
  line<W>(Mark.PerturbAllocated, mem, <W>((byte ^ 0xff) & 0xff));
  fill(<u64>mem, <u8>(byte ^ 0xff), <u64>bytes);
}

@inline
export function perturbFreed<W>(mem: W, bytes: W): void {
  const byte = perturbByte();
  if (byte != 0) fillFreed<W>(mem, bytes, byte);
}

function fillFreed<W>(mem: W, bytes: W, byte: i32): void {
  line<W>(Mark.PerturbFreed, mem, <W>(byte & 0xff));
  fill(<u64>mem, <u8>byte, <u64>(has(Feature.PerturbWhole) ? bytes + sizeSz<W>() : bytes));
}
