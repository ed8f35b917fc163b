import type { SourceSpan } from "../abi/debug-info";
import { expandMacros, type Macros } from "./macros";
import type { Reporter } from "./reporter";
import type { Token } from "./token";

/** Binary operators of #if by strength, weakest first. */
const levels: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  { "||": (a, b) => Number(a !== 0 || b !== 0) },
  { "&&": (a, b) => Number(a !== 0 && b !== 0) },
  { "==": (a, b) => Number(a === b), "!=": (a, b) => Number(a !== b) },
  { "<": (a, b) => Number(a < b), "<=": (a, b) => Number(a <= b), ">": (a, b) => Number(a > b), ">=": (a, b) => Number(a >= b) },
  { "+": (a, b) => a + b, "-": (a, b) => a - b },
  { "*": (a, b) => a * b, "/": (a, b) => (b === 0 ? 0 : Math.trunc(a / b)), "%": (a, b) => (b === 0 ? 0 : a % b) },
];

/** The truth of an #if line. Names that are no macros count as 0, as the standard says. */
export function evaluateCondition(line: readonly Token[], macros: Macros, reporter: Reporter, at: SourceSpan): boolean {
  const resolved: Token[] = [];
  for (let i = 0; i < line.length; i++) {
    const token = line[i];
    if (token === undefined) continue;
    if (token.text !== "defined") {
      resolved.push(token);
      continue;
    }
    const parenthesised = line[i + 1]?.text === "(";
    const name = line[i + (parenthesised ? 2 : 1)]?.text ?? "";
    resolved.push({ ...token, kind: "number", text: macros.has(name) ? "1" : "0" });
    i += parenthesised ? 3 : 1;
  }
  const tokens = expandMacros(resolved, macros, reporter, 10_000);
  let position = 0;
  const peek = () => tokens[position]?.text ?? "";
  const binary = (level: number): number => {
    const operators = levels[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    for (let apply = operators[peek()]; apply !== undefined; apply = operators[peek()]) {
      position++;
      left = apply(left, binary(level + 1));
    }
    return left;
  };
  const unary = (): number => {
    let sign: "" | "!" | "-" = "";
    let value = 0;
    const first = tokens[position];
    if (first === undefined) return reporter.fail("expected-expression", at, { got: "" });
    position++;
    if (first.text === "!" || first.text === "-") {
      sign = first.text;
      value = unary();
    } else if (first.text === "(") {
      value = binary(0);
      position++;
    } else if (first.kind === "number")
      value = Number.parseInt(first.text, /^0[0-7]/.test(first.text) ? 8 : first.text.startsWith("0x") ? 16 : 10);
    if (sign === "!") return Number(value === 0);
    return sign === "-" ? -value : value;
  };
  return binary(0) !== 0;
}
