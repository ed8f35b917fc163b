/** How glibc ends the process when a check fails: malloc_printerr and __malloc_assert, both through __libc_message and abort. */
import { abortWith } from "../../control";
import { Mark, messageLength, messageStart, Msg, PROFILE_ABORT_MESSAGE } from "../../generated/abi";
import { FAILED, mmap, munmap } from "../../kernel";
import { line, phase } from "../../marks";
import { read, write } from "../../memory/access";
import { alignUp, pageSize } from "./word";

/**
 * Keeps the message where a debugger finds it (a fresh mapping: u32 length of the mapping, then the text), then dies by SIGABRT.
 * Source: sysdeps/posix/libc_fatal.c.
 */
export function die<W>(message: Msg): void {
  phase<W>(Mark.Abort, <W>message, 0);
  const text = messageStart(message);
  const length = messageLength(message);
  const total = alignUp<u64>(<u64>length + 1, <u64>pageSize<W>());
  const page = mmap(total, 0);
  line<W>(Mark.AbortMessagePage, <W>page, <W>total);
  if (page != FAILED) {
    write<u32>(page, <u32>total);
    const to = page + 4;
    for (let i: usize = 0; i < length; i++) write<u8>(to + <u64>i, load<u8>(text + i));
    write<u8>(to + <u64>length, 0);
    const at = load<u64>(PROFILE_ABORT_MESSAGE);
    const old = read<W>(at);
    write<W>(at, <W>page);
    if (old != 0) munmap(<u64>old, <u64>read<u32>(<u64>old));
  }
  abortWith(message);
}
