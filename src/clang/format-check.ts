import type { Expr } from "./ast";
import type { Reporter } from "./reporter";
import { typeText } from "./type-text";
import { type CType, sizeOf, wordBytes } from "./types";

/** Which argument of the printf family is the format. */
const formatArgument: Readonly<Record<string, number>> = { printf: 0, fprintf: 1, dprintf: 1, sprintf: 1, snprintf: 2 };

const conversion = /%([-+ #0]*)(\*|\d+)?(?:\.(\*|-?\d*))?(hh|h|ll|l|z|j|t|L|q)?([\s\S]?)/g;
/** Bytes of the argument of an integer conversion. */
function sizeOfLength(length: string): number {
  if (length === "l" || length === "z" || length === "t") return wordBytes();
  return length === "ll" || length === "q" || length === "j" ? 8 : 4;
}

/** Warns when the arguments of a printf call do not fit its format, as gcc -Wformat does. */
export function checkFormat(name: string, args: readonly Expr[], reporter: Reporter): void {
  const index = formatArgument[name];
  if (index === undefined) return;
  const format = stringOf(args[index]);
  const callSpan = args[index]?.span;
  if (format === null || callSpan === undefined) return;
  const rest = args.slice(index + 1);
  let used = 0;
  const need = (text: string, fits: (type: CType) => boolean) => {
    const arg = rest[used++];
    if (arg === undefined || arg.type.kind === "error" || fits(arg.type)) return;
    reporter.report("format-argument", arg.span, { conversion: text, type: typeText(arg.type) });
  };
  const isInt = (size: number) => (type: CType) => type.kind === "int" && sizeOf(type) === size;
  for (const [text, , width, precision, length = "", letter = ""] of format.matchAll(conversion)) {
    if (letter === "%") continue;
    if (width === "*") need("*", isInt(4));
    if (precision === "*") need("*", isInt(4));
    if ("diouxX".includes(letter) && letter !== "") need(text, isInt(sizeOfLength(length)));
    else if (letter === "c") need(text, isInt(4));
    else if ("aAeEfFgG".includes(letter) && letter !== "") need(text, (type) => type.kind === "float");
    else if (letter === "s")
      need(
        text,
        (type) => type.kind === "pointer" && (type.to.kind === "int" || type.to.kind === "void") && sizeOf(type.to) === 1,
      );
    else if (letter === "p") need(text, (type) => type.kind === "pointer");
    else if (letter === "n") need(text, (type) => type.kind === "pointer");
    else if (letter !== "m") reporter.report("format-unknown", callSpan, { conversion: text });
  }
  if (used !== rest.length) reporter.report("format-count", callSpan, { expected: used, got: rest.length });
}

function stringOf(arg: Expr | undefined): string | null {
  if (arg?.kind === "convert") return stringOf(arg.operand);
  if (arg?.kind !== "address" || arg.object.kind !== "string") return null;
  return new TextDecoder("latin1").decode(arg.object.bytes);
}
