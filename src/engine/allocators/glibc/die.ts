/** How glibc ends the process when a check fails: malloc_printerr and __malloc_assert, both through __libc_message and abort. */
import { abortWith } from "../../control";
import { Feature, Mark, MEMORY_MESSAGES, MESSAGE_COPIED, MESSAGE_POINTER, Msg, PROFILE_ABORT_MESSAGE, PROFILE_MAIN_ARENA } from "../../generated/abi";
import { FAILED, mmap, munmap } from "../../kernel";
import { line, phase } from "../../marks";
import { read, write } from "../../memory/access";
import { markCorrupt } from "./arena";
import { alignUp, has, pageSize } from "./word";

const LENGTH_MASK: u32 = 0x00ff_ffff;
const STAR: u8 = 0x2a;
const SPACE: u8 = 0x20;
const NEWLINE: u8 = 0x0a;

/**
 * Says what is wrong, about which pointer (some releases print it) and in which arena, 0 for none (some mark it), and dies by SIGABRT. Most messages stay where a debugger finds them: in a
 * fresh mapping, u32 its length, then the text. Source: sysdeps/posix/libc_fatal.c.
 */
export function die<W>(message: Msg, pointer: W = 0, av: W = <W>load<u64>(PROFILE_MAIN_ARENA)): void {
  phase<W>(Mark.Abort, <W>message, 0);
  const row = MEMORY_MESSAGES + <usize>message * 8;
  const info = load<u32>(row, 4);
  if ((info & MESSAGE_POINTER) != 0 && av != 0 && has(Feature.ErrorIn)) markCorrupt<W>(av);
  if ((info & MESSAGE_COPIED) != 0) keepCopy<W>(MEMORY_MESSAGES + <usize>load<u32>(row), info, pointer);
  abortWith(message, <u64>pointer);
}

/** An assertion, in the releases that make it: those whose messages have a text for it. */
@inline
export function insist<W>(holds: bool, message: Msg): void {
  if (!holds && load<u32>(MEMORY_MESSAGES + <usize>message * 8, 4) != 0) die<W>(message);
}

function keepCopy<W>(text: usize, info: u32, pointer: W): void {
  const length = info & LENGTH_MASK;
  const more: u32 = (info & MESSAGE_POINTER) != 0 ? 2 * sizeof<W>() + 4 : 0;
  const total = alignUp<u64>(<u64>(length + more + 2), <u64>pageSize<W>());
  const page = mmap(total, 0);
  line<W>(Mark.AbortMessagePage, <W>page, <W>total);
  if (page == FAILED) return;
  write<u32>(page, <u32>total);
  let to = page + 4;
  for (let i: u32 = 0; i < length; i++) write<u8>(to++, load<u8>(text + i));
  if (more != 0) to = writePointer<W>(to, pointer);
  write<u8>(to, NEWLINE);
  write<u8>(to + 1, 0);
  const at = load<u64>(PROFILE_ABORT_MESSAGE);
  const old = read<W>(at);
  write<W>(at, <W>page);
  if (old != 0) munmap(<u64>old, <u64>read<u32>(<u64>old));
}

/** All digits, lower case, and three stars. Returns what is behind. */
function writePointer<W>(at: u64, pointer: W): u64 {
  for (let shift: i32 = 8 * sizeof<W>() - 4; shift >= 0; shift -= 4) {
    const digit = <u8>(<u64>pointer >> <u64>shift) & 15;
    write<u8>(at++, digit < 10 ? 0x30 + digit : 0x57 + digit);
  }
  write<u8>(at++, SPACE);
  for (let i: i32 = 0; i < 3; i++) write<u8>(at++, STAR);
  return at;
}
