/**
 * Loads and stores that are told to the host before they happen. The build makes a copy of the engine that uses this in place of ./access
 * (tools/build-engine.mjs): what it tells is what a TLB sees. The other copies have no part of it.
 */
import * as plain from "./access";
import { syncJournal } from "../ring";
import { resolve } from "./translate";

// biome-ignore format: one import a line
@external("tlb", "access") declare function tell(addr: f64, bytes: u32, write: u32): void;

/** The host reads the time of the access off the journal. */
function seen(addr: u64, bytes: u32, write: u32): void {
  syncJournal();
  tell(<f64>addr, bytes, write);
}

export function read<T>(addr: u64): T {
  seen(addr, sizeof<T>(), 0);
  return plain.read<T>(addr);
}

export function readState<T>(addr: u64): T {
  seen(addr, sizeof<T>(), 0);
  return plain.readState<T>(addr);
}

export function readEither<T>(addr: u64): T {
  seen(addr, sizeof<T>(), 0);
  return plain.readEither<T>(addr);
}

export function readPaged<T>(addr: u64): T {
  seen(addr, sizeof<T>(), 0);
  return plain.readPaged<T>(addr);
}

export function write<T>(addr: u64, value: T): void {
  seen(addr, sizeof<T>(), 1);
  plain.write<T>(addr, value);
}

export function writeState<T>(addr: u64, value: T): void {
  seen(addr, sizeof<T>(), 1);
  plain.writeState<T>(addr, value);
}

export function writeEither<T>(addr: u64, value: T): void {
  seen(addr, sizeof<T>(), 1);
  plain.writeEither<T>(addr, value);
}

/** One instruction that reads and writes: one access. */
export function change<T>(addr: u64, set: T, clear: T): void {
  seen(addr, sizeof<T>(), 1);
  plain.change<T>(addr, set, clear);
}

export function add<T>(addr: u64, n: T): void {
  seen(addr, sizeof<T>(), 1);
  plain.add<T>(addr, n);
}

/** A store of what is there already. */
export function writeSame<T>(addr: u64): void {
  seen(addr, sizeof<T>(), 1);
  resolve(addr, true);
}

/** Fills bytes that lie in one page, with the records of fillLinear. */
export function fillWords(addr: u64, byte: u8, length: u64): void {
  const end = addr + length;
  const word = <u64>byte * 0x0101_0101_0101_0101;
  while (addr < end && (addr & 7) != 0) write<u8>(addr++, byte);
  for (; addr + 8 <= end; addr += 8) write<u64>(addr, word);
  while (addr < end) write<u8>(addr++, byte);
}
