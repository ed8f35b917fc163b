/** What is typed in the call bar, as a C statement. Debugger-like (`malloc 24`, `free b`) or C itself (`free(b);`). */

const constants = /^M_[A-Z_]+$/;

/** Splits at blanks or commas, not inside brackets. */
function words(text: string): string[] {
  return text.match(/[^\s,([]+(?:\[[^\]]*\]|\([^)]*\))*/g) ?? [];
}

/** A name for the result that the program does not use yet: p1, p2, … */
export function freshName(source: string): string {
  for (let n = 1; ; n++) {
    const name = `p${n}`;
    if (!new RegExp(`\\b${name}\\b`).test(source)) return name;
  }
}

const returnsPointer: Readonly<Record<string, number>> = {
  malloc: 1,
  calloc: 2,
  memalign: 2,
  aligned_alloc: 2,
  valloc: 1,
  pvalloc: 1,
};

/** The statement, or null when it is no call we know. */
export function statementOf(input: string, source: string): string | null {
  const text = input.trim().replace(/;$/, "");
  if (text === "") return null;
  // Plain C is left alone.
  if (/[=]/.test(text) || /^\w+\s*\(.*\)$/.test(text)) return returnsAssigned(text, source);
  const [call = "", ...args] = words(text);
  const count = returnsPointer[call];
  if (count !== undefined) return args.length === count ? `char *${freshName(source)} = ${call}(${args.join(", ")});` : null;
  switch (call) {
    case "free":
      return args.length === 1 ? `free(${args[0]});` : null;
    case "realloc":
      return args.length === 2 ? `${args[0]} = realloc(${args[0]}, ${args[1]});` : null;
    case "malloc_trim":
      return args.length <= 1 ? `malloc_trim(${args[0] ?? 0});` : null;
    case "mallopt":
      return args.length === 2 && (constants.test(args[0] ?? "") || /^-?\d+$/.test(args[0] ?? ""))
        ? `mallopt(${args.join(", ")});`
        : null;
    case "write": {
      const bytes = args.slice(1).map((byte) => `\\x${byte.replace(/^0x/, "")}`);
      return args.length >= 2 ? `memcpy(${args[0]}, "${bytes.join("")}", ${bytes.length});` : null;
    }
    default:
      return null;
  }
}

/** `malloc(24)` alone would lose the block: give it a name. */
function returnsAssigned(text: string, source: string): string {
  const call = /^(\w+)\s*\(/.exec(text)?.[1] ?? "";
  return call in returnsPointer ? `char *${freshName(source)} = ${text};` : `${text};`;
}
