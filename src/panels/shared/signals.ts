import { signalNumber } from "../../abi/linux";

/** `SIGSEGV`; a signal that ends no program here is told by its number. */
export function signalName(signal: number): string {
  return Object.entries(signalNumber).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
}
