/**
 * Standard input. stdin's FILE is bytes at its place in libc's data, like stdout's (src/libc/stdio.ts); its buffer is malloc'ed at the first
 * read: 1024 bytes from a terminal, 4096 from a file or pipe. Behaviour from libio/fileops.c: new_file_underflow.
 *
 *   words of the FILE:   1 _IO_read_ptr   2 _IO_read_end   3 _IO_read_base   7 _IO_buf_base   8 _IO_buf_end
 */
import type { LibcCall } from "../clang/libc-call";
import { malloc } from "./malloc";
import { loadWord, readString, storeWord, writeBytes } from "./memory";
import { type CharSource, scan } from "./scan";
import { flushStdout, stdinFile } from "./stdio";

const TERMINAL_BUFFER_BYTES = 1024;
const FILE_BUFFER_BYTES = 4096;
const EOF = -1;
const EOF_SEEN = 0x10;

const field = { readPtr: 1, readEnd: 2, readBase: 3, bufBase: 7, bufEnd: 8 } as const;

/** A FILE of the program that can be read: stdin. */
class Stdin implements CharSource {
  private readonly at: number;

  constructor(
    private readonly call: LibcCall,
    stream: number,
  ) {
    this.at = stream;
    // Not a stream: the access faults, as it would.
    if (stream !== stdinFile(call)) call.target.load(stream, 4);
  }

  private get(name: keyof typeof field): number {
    return loadWord(this.call, this.at + field[name] * this.call.wordBytes);
  }

  private set(name: keyof typeof field, value: number): void {
    if (this.get(name) !== value) storeWord(this.call, this.at + field[name] * this.call.wordBytes, value);
  }

  get isAtEnd(): boolean {
    return (this.call.target.load(this.at, 4) & EOF_SEEN) !== 0;
  }

  setAtEnd(on: boolean): void {
    const { target } = this.call;
    const flags = target.load(this.at, 4);
    const changed = on ? flags | EOF_SEEN : flags & ~EOF_SEEN;
    if (changed !== flags) target.store(this.at, 4, changed, 0);
  }

  /** Reads more; false at the end. */
  private underflow(): boolean {
    const { target } = this.call;
    const terminal = target.isTerminal?.(0) ?? true;
    if (this.get("bufBase") === 0) {
      const size = terminal ? TERMINAL_BUFFER_BYTES : FILE_BUFFER_BYTES;
      const buffer = malloc(this.call, size);
      this.set("bufBase", buffer);
      this.set("bufEnd", buffer + size);
    }
    // Whoever waits at a terminal has seen the question before he answers.
    if (terminal) flushStdout(this.call);
    const base = this.get("bufBase");
    const bytes = target.read?.(this.get("bufEnd") - base) ?? new Uint8Array(0);
    writeBytes(target, base, bytes);
    this.set("readBase", base);
    this.set("readPtr", base);
    this.set("readEnd", base + bytes.length);
    if (bytes.length === 0) this.setAtEnd(true);
    return bytes.length > 0;
  }

  /** The next byte without taking it, EOF at the end. */
  peek(): number {
    if (this.get("readPtr") >= this.get("readEnd") && !this.underflow()) return EOF;
    return this.call.target.load(this.get("readPtr"), 1) & 255;
  }

  take(): void {
    this.set("readPtr", this.get("readPtr") + 1);
  }

  next(): number {
    const byte = this.peek();
    if (byte !== EOF) this.take();
    return byte;
  }

  /** Puts one byte back where it came from. */
  unget(byte: number): number {
    const at = this.get("readPtr");
    if (byte === EOF || at <= this.get("readBase")) return EOF;
    if ((this.call.target.load(at - 1, 1) & 255) !== byte) this.call.target.store(at - 1, 1, byte, 0);
    this.set("readPtr", at - 1);
    this.setAtEnd(false);
    return byte;
  }
}

/** The characters of a string, up to its NUL. */
class StringSource implements CharSource {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  peek(): number {
    return this.bytes[this.at] ?? EOF;
  }

  take(): void {
    this.at++;
  }
}

const getFrom = (call: LibcCall, stream: number) => call.returnInt(new Stdin(call, stream).next());

function fgets(call: LibcCall): void {
  const stream = new Stdin(call, call.word(2));
  const [to, size] = [call.word(0), call.lo(1)];
  if (size <= 0) return call.returnWord(0);
  const bytes: number[] = [];
  while (bytes.length < size - 1) {
    const byte = stream.next();
    if (byte === EOF) break;
    bytes.push(byte);
    if (byte === 10) break;
  }
  if (bytes.length === 0 && size > 1) return call.returnWord(0);
  writeBytes(call.target, to, Uint8Array.from([...bytes, 0]));
  call.returnWord(to);
}

function fread(call: LibcCall): void {
  const stream = new Stdin(call, call.word(3));
  const [size, count] = [call.word(1), call.word(2)];
  const wanted = size * count;
  const bytes: number[] = [];
  while (bytes.length < wanted) {
    const byte = stream.next();
    if (byte === EOF) break;
    bytes.push(byte);
  }
  writeBytes(call.target, call.word(0), Uint8Array.from(bytes));
  call.returnWord(size === 0 ? 0 : Math.floor(bytes.length / size));
}

function scanFrom(call: LibcCall, source: CharSource, formatAt: number): void {
  call.startVarargs(formatAt + 1);
  call.returnInt(scan(call, call.word(formatAt), source));
}

export const stdinFunctions = {
  getchar: (call: LibcCall) => getFrom(call, stdinFile(call)),
  getc: (call: LibcCall) => getFrom(call, call.word(0)),
  fgetc: (call: LibcCall) => getFrom(call, call.word(0)),
  ungetc: (call: LibcCall) => call.returnInt(new Stdin(call, call.word(1)).unget(call.lo(0) === EOF ? EOF : call.lo(0) & 255)),
  fgets,
  fread,
  scanf: (call: LibcCall) => scanFrom(call, new Stdin(call, stdinFile(call)), 0),
  fscanf: (call: LibcCall) => scanFrom(call, new Stdin(call, call.word(0)), 1),
  sscanf: (call: LibcCall) => scanFrom(call, new StringSource(readString(call.target, call.word(0))), 1),
  feof: (call: LibcCall) => call.returnInt(call.word(0) === stdinFile(call) && new Stdin(call, call.word(0)).isAtEnd ? 1 : 0),
  ferror: (call: LibcCall) => call.returnInt(0),
  clearerr: (call: LibcCall) => {
    if (call.word(0) === stdinFile(call)) new Stdin(call, call.word(0)).setAtEnd(false);
  },
  /** read(2), past stdio's buffer. */
  read: (call: LibcCall) => {
    const bytes = call.lo(0) === 0 ? (call.target.read?.(call.word(2)) ?? new Uint8Array(0)) : new Uint8Array(0);
    writeBytes(call.target, call.word(1), bytes);
    call.returnWord(bytes.length);
  },
};
