/**
 * stdout and stderr. stdout's FILE is bytes at its place in libc's data, laid out as struct _IO_FILE on x86-64:
 *
 *   0x00 _flags   0x20 _IO_write_base   0x28 _IO_write_ptr   0x30 _IO_write_end   0x38 _IO_buf_base   0x40 _IO_buf_end   0x83 _shortbuf
 *
 * and, with words of 4 bytes, its pointers as words 4 to 8 and _shortbuf at 0x47.
 *
 * Its buffer is malloc'ed at the first write: 1024 bytes and line buffered when stdout is a terminal, 4096 bytes and fully buffered when it
 * is a pipe or a file (st_blksize of either). setbuf(stdout, NULL) avoids both.
 * Behaviour from libio/fileops.c: new_file_xsputn, new_file_overflow, new_do_write; genops.c: default_xsputn.
 */
import type { LibcCall } from "../clang/libc-call";
import type { Target } from "../clang/target";
import { format } from "./format";
import { ascii, latin1, loadWord, readBytes, readString, storeWord, writeBytes } from "./memory";
import { errorText } from "./error-text";

const TERMINAL_BUFFER_BYTES = 1024;
const PIPE_BUFFER_BYTES = 4096;

/** Which word of the FILE each is; _flags takes the first. */
const field = { writeBase: 4, writePtr: 5, writeEnd: 6, bufBase: 7, bufEnd: 8 } as const;
type Field = keyof typeof field;
const shortBuf = { 4: 0x47, 8: 0x83 } as const;
const flag = { unbuffered: 0x2, lineBuffered: 0x200, putting: 0x800 } as const;

/** stdin and stderr stand beside stdout in libc's data. */
const fileDistance = { 4: 0xa0, 8: 0xe0 } as const;
export const stderrFile = ({ layout, wordBytes }: LibcCall): number => layout.stdoutFile - fileDistance[wordBytes];
export const stdinFile = ({ layout, wordBytes }: LibcCall): number => layout.stdoutFile - 2 * fileDistance[wordBytes];

/** stdout's FILE, read from and written to the process's memory. */
class StdoutFile {
  private readonly target: Target;

  constructor(
    private readonly call: LibcCall,
    private readonly at: number,
  ) {
    this.target = call.target;
  }

  private get(name: Field): number {
    return loadWord(this.call, this.at + field[name] * this.call.wordBytes);
  }

  private set(name: Field, value: number): void {
    if (this.get(name) !== value) storeWord(this.call, this.at + field[name] * this.call.wordBytes, value);
  }

  private flags(): number {
    return this.target.load(this.at, 4);
  }

  private setFlags(on: number, off = 0): void {
    const before = this.flags();
    const after = (before & ~off) | on;
    if (after !== before) this.target.store(this.at, 4, after, 0);
  }

  get isUnbuffered(): boolean {
    return (this.flags() & flag.unbuffered) !== 0;
  }

  private get isByLine(): boolean {
    return (this.flags() & (flag.lineBuffered | flag.unbuffered)) !== 0;
  }

  private allocate(): void {
    if (this.get("bufBase") !== 0) return;
    const terminal = this.target.isTerminal?.(1) ?? true;
    const size = terminal ? TERMINAL_BUFFER_BYTES : PIPE_BUFFER_BYTES;
    const buffer = this.isUnbuffered ? this.at + shortBuf[this.call.wordBytes] : this.target.malloc(size, 0);
    if (!this.isUnbuffered && terminal) this.setFlags(flag.lineBuffered);
    this.set("bufBase", buffer);
    this.set("bufEnd", buffer + (this.isUnbuffered ? 1 : size));
  }

  private startPutting(): void {
    if ((this.flags() & flag.putting) !== 0 && this.get("writeBase") !== 0) return;
    this.allocate();
    const base = this.get("bufBase");
    this.set("writeBase", base);
    this.set("writePtr", base);
    this.set("writeEnd", this.isByLine ? base : this.get("bufEnd"));
    this.setFlags(flag.putting);
  }

  /** Writes out what is buffered. */
  flush(): void {
    const base = this.get("writeBase");
    const length = this.get("writePtr") - base;
    if (length <= 0) return;
    this.target.write(1, readBytes(this.target, base, length));
    this.set("writePtr", base);
    this.set("writeEnd", this.isByLine ? base : this.get("bufEnd"));
  }

  private overflow(byte: number): void {
    this.startPutting();
    if (this.get("writePtr") === this.get("bufEnd")) this.flush();
    const at = this.get("writePtr");
    this.target.store(at, 1, byte, 0);
    this.set("writePtr", at + 1);
    if (this.isUnbuffered || (this.isByLine && byte === 10)) this.flush();
  }

  putc(byte: number): void {
    const at = this.get("writePtr");
    if (at >= this.get("writeEnd")) return this.overflow(byte);
    this.target.store(at, 1, byte, 0);
    this.set("writePtr", at + 1);
  }

  /** Copies as much as there is room for; returns the rest. */
  private append(bytes: Uint8Array, room: number): Uint8Array {
    const count = Math.min(room, bytes.length);
    if (count <= 0) return bytes;
    const at = this.get("writePtr");
    writeBytes(this.target, at, bytes.subarray(0, count));
    this.set("writePtr", at + count);
    return bytes.subarray(count);
  }

  put(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const flags = this.flags();
    let room = this.get("writeEnd") - this.get("writePtr");
    let mustFlush = false;
    if ((flags & flag.lineBuffered) !== 0 && (flags & flag.putting) !== 0) {
      room = this.get("bufEnd") - this.get("writePtr");
      const newline = room >= bytes.length ? bytes.lastIndexOf(10) : -1;
      if (newline >= 0) {
        room = newline + 1;
        mustFlush = true;
      }
    }
    let rest = this.append(bytes, room);
    if (rest.length === 0 && !mustFlush) return;
    this.startPutting();
    this.flush();
    const size = this.get("bufEnd") - this.get("bufBase");
    const direct = rest.length - (size >= 128 ? rest.length % size : 0);
    if (direct > 0) {
      this.target.write(1, rest.slice(0, direct));
      rest = rest.subarray(direct);
    }
    this.defaultPut(rest);
  }

  /** What is left fills the buffer; in a line-buffered stream character by character, so that a newline sends it off. */
  private defaultPut(bytes: Uint8Array): void {
    if (!this.isByLine) {
      this.append(bytes, bytes.length);
      return;
    }
    const newline = bytes.lastIndexOf(10);
    if (newline >= 0) for (const byte of bytes.subarray(0, newline + 1)) this.overflow(byte);
    this.append(bytes.subarray(newline + 1), bytes.length);
  }

  setBuffer(buffer: number, mode: number, size: number): void {
    if (mode === 2) {
      this.setFlags(flag.unbuffered, flag.lineBuffered);
      this.useBuffer(this.at + shortBuf[this.call.wordBytes], 1);
      return;
    }
    this.setFlags(mode === 1 ? flag.lineBuffered : 0, flag.unbuffered | (mode === 1 ? 0 : flag.lineBuffered));
    if (buffer !== 0) this.useBuffer(buffer, size);
    else if (mode === 0) {
      this.allocate();
      this.setFlags(0, flag.lineBuffered);
    }
  }

  private useBuffer(buffer: number, size: number): void {
    this.flush();
    this.set("bufBase", buffer);
    this.set("bufEnd", buffer + size);
    this.set("writeBase", 0);
    this.set("writePtr", 0);
    this.set("writeEnd", 0);
  }
}

const stdoutOf = (call: LibcCall): StdoutFile => new StdoutFile(call, call.layout.stdoutFile);

export const flushStdout = (call: LibcCall): void => stdoutOf(call).flush();

/** Collects pieces into one run of bytes. */
export function gather(produce: (put: (bytes: Uint8Array) => void) => number): Uint8Array {
  const pieces: Uint8Array[] = [];
  produce((piece) => pieces.push(piece));
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Writes to a FILE * of the program: stdout through its buffer, stderr at once. */
export function putTo(call: LibcCall, stream: number, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  if (stream === call.layout.stdoutFile) stdoutOf(call).put(bytes);
  else if (stream === stderrFile(call)) call.target.write(2, bytes);
  else call.target.load(stream, 4); // not a stream: the access faults, as it would
}

/** printf to a stream: piece by piece into a buffer, as one write where there is none. */
function print(call: LibcCall, stream: number, formatAt: number): void {
  call.startVarargs(formatAt + 1);
  const formatAddr = call.word(formatAt);
  if (stream === call.layout.stdoutFile && !stdoutOf(call).isUnbuffered) {
    call.returnInt(format(call, formatAddr, (piece) => stdoutOf(call).put(piece)));
    return;
  }
  const all = gather((put) => format(call, formatAddr, put));
  if (stream === call.layout.stdoutFile) call.target.write(1, all);
  else putTo(call, stream, all);
  call.returnInt(all.length);
}

function printToString(call: LibcCall, formatAt: number, size: number): void {
  call.startVarargs(formatAt + 1);
  const all = gather((put) => format(call, call.word(formatAt), put));
  const to = call.word(0);
  const kept = Math.min(all.length, size - 1);
  if (size > 0) {
    writeBytes(call.target, to, all.subarray(0, kept));
    call.target.store(to + kept, 1, 0, 0);
  }
  call.returnInt(all.length);
}

function putchar(call: LibcCall, stream: number): void {
  const byte = call.lo(0) & 255;
  if (stream === call.layout.stdoutFile) stdoutOf(call).putc(byte);
  else putTo(call, stream, Uint8Array.of(byte));
  call.returnInt(byte);
}

function setvbuf(call: LibcCall, mode: number, buffer: number, size: number): void {
  if (call.word(0) === call.layout.stdoutFile) stdoutOf(call).setBuffer(buffer, mode, size);
  call.returnInt(0);
}

export const stdioFunctions = {
  __stdin: (call: LibcCall) => call.returnWord(stdinFile(call)),
  __stdout: (call: LibcCall) => call.returnWord(call.layout.stdoutFile),
  __stderr: (call: LibcCall) => call.returnWord(stderrFile(call)),
  printf: (call: LibcCall) => print(call, call.layout.stdoutFile, 0),
  fprintf: (call: LibcCall) => print(call, call.word(0), 1),
  dprintf: (call: LibcCall) => {
    call.startVarargs(2);
    const all = gather((put) => format(call, call.word(1), put));
    call.target.write(call.lo(0), all);
    call.returnInt(all.length);
  },
  sprintf: (call: LibcCall) => printToString(call, 1, Number.POSITIVE_INFINITY),
  snprintf: (call: LibcCall) => printToString(call, 2, call.word(1)),
  puts: (call: LibcCall) => {
    const bytes = readString(call.target, call.word(0));
    stdoutOf(call).put(bytes);
    stdoutOf(call).putc(10);
    call.returnInt(bytes.length + 1);
  },
  putchar: (call: LibcCall) => putchar(call, call.layout.stdoutFile),
  putc: (call: LibcCall) => putchar(call, call.word(1)),
  fputc: (call: LibcCall) => putchar(call, call.word(1)),
  fputs: (call: LibcCall) => {
    putTo(call, call.word(1), readString(call.target, call.word(0)));
    call.returnInt(1);
  },
  fwrite: (call: LibcCall) => {
    putTo(call, call.word(3), readBytes(call.target, call.word(0), call.word(1) * call.word(2)));
    call.returnWord(call.word(2));
  },
  fflush: (call: LibcCall) => {
    if (call.word(0) === 0 || call.word(0) === call.layout.stdoutFile) flushStdout(call);
    call.returnInt(0);
  },
  setbuf: (call: LibcCall) => setvbuf(call, call.word(1) === 0 ? 2 : 0, call.word(1), 8192),
  setvbuf: (call: LibcCall) => setvbuf(call, call.lo(2), call.word(1), call.word(3)),
  setlinebuf: (call: LibcCall) => setvbuf(call, 1, 0, 0),
  perror: (call: LibcCall) => {
    const prefix = call.word(0) === 0 ? "" : `${latin1(readString(call.target, call.word(0)))}: `;
    call.target.write(2, ascii(`${prefix}${errorText(call.target.load(call.layout.libcData, 4))}\n`));
  },
};
