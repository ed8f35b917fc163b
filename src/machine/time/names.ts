/** By which name the source knows a block: the variable that was given its address first and still holds it. */
import type { CTypeInfo, DebugInfo, FunctionInfo, VariableInfo } from "../../abi/debug-info";

interface Holder {
  readonly addr: number;
  readonly name: string;
}

/** Path of the pointer-sized object at `offset` in a variable: `t[3]`, `list.head`; null when there is none. */
function pathAt(type: CTypeInfo, offset: number, name: string, wordBytes: number): string | null {
  switch (type.kind) {
    case "pointer":
      return offset === 0 ? name : null;
    case "int":
      return offset === 0 && type.sizeBytes === wordBytes ? name : null;
    case "array": {
      const size = sizeOf(type.of, wordBytes);
      if (size === 0 || offset >= size * type.length) return null;
      return pathAt(type.of, offset % size, `${name}[${Math.floor(offset / size)}]`, wordBytes);
    }
    case "struct":
      for (const field of type.fields) {
        const within = offset - field.offset;
        if (within < 0 || within >= sizeOf(field.type, wordBytes)) continue;
        const path = pathAt(field.type, within, `${name}.${field.name}`, wordBytes);
        if (path !== null) return path;
      }
      return null;
    case "void":
    case "float":
    case "ref":
    case "function":
      return null;
  }
}

function sizeOf(type: CTypeInfo, wordBytes: number): number {
  switch (type.kind) {
    case "int":
    case "float":
    case "struct":
      return type.sizeBytes;
    case "pointer":
      return wordBytes;
    case "array":
      return sizeOf(type.of, wordBytes) * type.length;
    case "void":
    case "ref":
    case "function":
      return 0;
  }
}

/** Follows where addresses of blocks are stored, as the program runs. */
export class PointerNames {
  private readonly globals: readonly VariableInfo[];
  private readonly functions: readonly FunctionInfo[];
  /** Block address → variables that were given it, oldest first. */
  private readonly holders = new Map<number, Holder[]>();
  /** Variable address → what it holds now. */
  private readonly held = new Map<number, number>();
  /** Functions entered by the running thread, and by all by number. */
  private frames: { readonly functionId: number; readonly frame: number }[] = [];
  private readonly threads = new Map<number, { readonly functionId: number; readonly frame: number }[]>();
  private stack = 0;

  constructor(
    debug: DebugInfo,
    private readonly wordBytes: 4 | 8 = 8,
  ) {
    this.globals = debug.globals;
    this.functions = debug.functions;
    this.threads.set(0, this.frames);
  }

  /** Another thread runs: functions are entered and left in it. */
  switchTo(thread: number): void {
    this.frames = this.threads.get(thread) ?? [];
    this.threads.set(thread, this.frames);
  }

  /** Another process's thread goes on where this one does. */
  forked(thread: number): void {
    this.threads.set(thread, [...this.frames]);
  }

  enter(functionId: number, frame: number): void {
    this.frames.push({ functionId, frame });
  }

  leave(): void {
    this.frames.pop();
  }

  /** How many functions are entered. */
  get depth(): number {
    return this.frames.length;
  }

  /** Forgets functions entered since the depth was this. */
  unwind(depth: number): void {
    this.frames.length = Math.min(this.frames.length, depth);
  }

  /** The stack pointer now: what lies below it is gone. */
  setStack(stack: number): void {
    this.stack = stack;
  }

  /** The program stored `value` at `addr`. */
  stored(addr: number, value: number): void {
    if (!this.holders.has(value)) {
      this.held.delete(addr);
      return;
    }
    const name = this.nameAt(addr);
    if (name === null) return;
    this.held.set(addr, value);
    const holders = this.holders.get(value) ?? [];
    if (!holders.some((holder) => holder.addr === addr && holder.name === name)) holders.push({ addr, name });
  }

  /** A call returned this block: names of an earlier block there are forgotten. */
  born(block: number): void {
    this.holders.set(block, []);
  }

  /** Name of a block, "" when no variable holds it. */
  nameOf(block: number): string {
    const lowestFrame = this.stack;
    const highest = (this.frames[0]?.frame ?? 0) + 0x1000;
    const gone = (addr: number) => addr < lowestFrame && addr > highest - 0x80_0000;
    const holder = this.holders.get(block)?.find(({ addr }) => this.held.get(addr) === block && !gone(addr));
    return holder?.name ?? "";
  }

  private nameAt(addr: number): string | null {
    const top = this.frames.at(-1);
    const locals = top === undefined ? [] : (this.functions[top.functionId]?.variables ?? []);
    return findIn(locals, top?.frame ?? 0, addr, this.wordBytes) ?? findIn(this.globals, 0, addr, this.wordBytes);
  }
}

function findIn(variables: readonly VariableInfo[], base: number, addr: number, wordBytes: number): string | null {
  for (const variable of variables) {
    const offset = addr - base - variable.location;
    if (offset < 0 || offset >= sizeOf(variable.type, wordBytes)) continue;
    const path = pathAt(variable.type, offset, variable.name, wordBytes);
    if (path !== null) return path;
  }
  return null;
}
