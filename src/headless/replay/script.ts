/** Script operations: one letter and its operands. Data first: which letters there are and what follows them. */
import { InputError } from "../usage";

const MASK_64 = (1n << 64n) - 1n;

/** Operand kinds: slot number, integer (64 bits, may be negative), bytes in hex. */
type OperandKind = "slot" | "word" | "hex";

const shapes: Readonly<Record<string, readonly OperandKind[]>> = {
  m: ["slot", "word"],
  c: ["slot", "word", "word"],
  f: ["slot"],
  r: ["slot", "slot", "word"],
  a: ["slot", "word", "word"],
  A: ["slot", "word", "word"],
  p: ["slot", "word", "word"],
  v: ["slot", "word"],
  P: ["slot", "word"],
  z: ["slot", "word"],
  Z: ["word"],
  w: ["slot", "word", "hex"],
  F: ["slot", "word", "word", "word"],
  N: ["slot", "word", "word"],
  G: ["slot", "slot", "word"],
  W: ["slot", "word", "slot", "word"],
  M: ["slot", "word", "slot", "word"],
  Y: ["slot", "word", "slot", "word"],
  u: ["slot"],
  o: ["word", "word"],
  t: ["word"],
  b: ["word"],
  d: [],
  S: ["word"],
  X: ["word"],
  K: [],
  k: [],
};

export interface Operation {
  /** Number of the thread that performs it; null: the main thread. */
  readonly thread: number | null;
  readonly letter: string;
  /** Operands as unsigned 64-bit words in order; slots as small ones. */
  readonly words: readonly bigint[];
  readonly bytes: Uint8Array;
}

function integer(text: string): bigint {
  if (!/^-?(0x[0-9a-fA-F]+|[0-9]+)$/.test(text)) throw new InputError(`not a number: ${text}`);
  const value = text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
  return value & MASK_64;
}

function hexBytes(text: string): Uint8Array {
  if (!/^([0-9a-fA-F]{2})*$/.test(text)) throw new InputError(`not bytes in hex: ${text}`);
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Parses one operation; `T N op` is op with a thread. Throws InputError without a line number. */
export function parseOperation(text: string): Operation {
  const match = /^T +(\S+) +([^STX].*)$/.exec(text.trim());
  if (match === null) return parsePlain(text);
  const [, thread = "", rest = ""] = match;
  return { ...parsePlain(rest), thread: Number(integer(thread)) };
}

function parsePlain(text: string): Operation {
  const [letter = "", ...operands] = text.trim().split(/ +/);
  const shape = shapes[letter];
  if (shape === undefined) throw new InputError(`unknown operation: ${text}`);
  if (operands.length !== shape.length) throw new InputError(`${shape.length} operands expected: ${text}`);
  const words: bigint[] = [];
  let bytes = new Uint8Array(0);
  shape.forEach((kind, index) => {
    const operand = operands[index] ?? "";
    if (kind === "hex") bytes = Uint8Array.from(hexBytes(operand));
    else words.push(integer(operand));
    if (kind === "slot" && (words.at(-1) ?? 0n) > 65535n) throw new InputError(`slot out of range: ${text}`);
  });
  return { thread: null, letter, words, bytes };
}
