/** memset and memmove inside the process, page by page; journalled a word at a time. */
import { spend } from "../control";
import { PAGE_SIZE } from "../generated/abi";
import { putLinear, tidyLinear, tracesWrites } from "../journal";
import { read, write } from "./access";
import { translate } from "./translate";

const PAGE: u64 = <u64>PAGE_SIZE;

@inline
function leftInPage(addr: u64): u64 {
  return PAGE - (addr & (PAGE - 1));
}

@inline
function least(a: u64, b: u64): u64 {
  return a < b ? a : b;
}

/** Fills bytes that lie in one page. */
function fillLinear(offset: usize, byte: u8, length: usize): void {
  if (!tracesWrites()) {
    memory.fill(offset, byte, length);
    return;
  }
  const end = offset + length;
  const word = <u64>byte * 0x0101_0101_0101_0101;
  while (offset < end && (offset & 7) != 0) putLinear<u8>(offset++, byte);
  for (; offset + 8 <= end; offset += 8) putLinear<u64>(offset, word);
  while (offset < end) putLinear<u8>(offset++, byte);
}

export function fill(addr: u64, byte: u8, length: u64): void {
  while (length > 0) {
    const piece = least(length, leftInPage(addr));
    fillLinear(translate(addr, true), byte, <usize>piece);
    addr += piece;
    length -= piece;
    spend(1);
  }
}

/** Copies upwards, in pieces that lie in one page on both sides. */
function copyUp(to: u64, from: u64, length: u64): void {
  while (length > 0) {
    const piece = least(length, least(leftInPage(to), leftInPage(from)));
    const source = translate(from, false);
    memory.copy(translate(to, true), source, <usize>piece);
    to += piece;
    from += piece;
    length -= piece;
    spend(1);
  }
}

/** Copies upwards by words of the target, so that each record is one aligned word. */
function copyUpWords(to: u64, from: u64, length: u64): void {
  const end = to + length;
  while (to < end && (to & 7) != 0) write<u8>(to++, read<u8>(from++));
  for (; to + 8 <= end; to += 8, from += 8) write<u64>(to, read<u64>(from));
  while (to < end) write<u8>(to++, read<u8>(from++));
}

function copyDown(to: u64, from: u64, length: u64): void {
  while (length > 0 && ((to + length) & 7) != 0) {
    length--;
    write<u8>(to + length, read<u8>(from + length));
  }
  while (length >= 8) {
    length -= 8;
    write<u64>(to + length, read<u64>(from + length));
  }
  while (length > 0) {
    length--;
    write<u8>(to + length, read<u8>(from + length));
  }
}

/** memmove. */
export function copy(to: u64, from: u64, length: u64): void {
  const overlaps = to - from < length;
  if (overlaps && to != from) copyDown(to, from, length);
  else if (tracesWrites() || from - to < length) copyUpWords(to, from, length);
  else copyUp(to, from, length);
}

/** Zeroes a frame; only words that are not zero yet are changes. */
export function zeroFrame(offset: usize): void {
  if (!tracesWrites()) {
    memory.fill(offset, 0, PAGE_SIZE);
    return;
  }
  for (let end = offset + PAGE_SIZE; offset < end; offset += 8) {
    if (load<u64>(offset) != 0) putLinear<u64>(offset, 0);
  }
}

/** Gives a frame another's bytes; only words that differ are changes, and none of them is a step of the process. */
export function copyFrame(to: usize, from: usize): void {
  for (let end = to + PAGE_SIZE; to < end; to += 8, from += 8) {
    if (load<u64>(to) != load<u64>(from)) tidyLinear<u64>(to, load<u64>(from));
  }
}
