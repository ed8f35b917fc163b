import type { Reporter } from "./reporter";
import { lex } from "./lexer";
import type { Token } from "./token";

export interface Macro {
  /** null for an object-like macro. With `variadic` the last one is __VA_ARGS__. */
  readonly params: readonly string[] | null;
  readonly variadic: boolean;
  readonly body: readonly Token[];
}
export type Macros = ReadonlyMap<string, Macro>;

/** A token waiting to be looked at, and the macros it must not be expanded by again. */
interface Pending {
  readonly token: Token;
  readonly hidden: readonly string[];
}

/** Replaces macro calls in a run of tokens. Replacement tokens take the span of the call. Stops after `limit` tokens. */
export function expandMacros(tokens: readonly Token[], macros: Macros, reporter: Reporter, limit: number): Token[] {
  const out: Token[] = [];
  const todo: Pending[] = tokens.map((token) => ({ token, hidden: [] })).toReversed();
  let work = 0;
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { token, hidden } = next;
    const macro = token.kind === "name" && !hidden.includes(token.text) ? macros.get(token.text) : undefined;
    if (++work > limit * 2 || out.length > limit) reporter.fail("program-too-large", token.span, { limit });
    if (macro === undefined) {
      out.push(token.text === "__LINE__" ? { ...token, kind: "number", text: String(token.span.line) } : token);
      continue;
    }
    let args: Token[][] = [];
    if (macro.params !== null) {
      if (todo[todo.length - 1]?.token.text !== "(") {
        out.push(token);
        continue;
      }
      const taken = takeArguments(todo, macro);
      const expected = macro.params.length;
      const got = taken === null ? 0 : taken.length;
      if (taken === null || got !== expected) {
        reporter.report("macro-arguments", token.span, { name: token.text, expected, got });
        continue;
      }
      args = taken;
    }
    const hide = [...hidden, token.text];
    const body = substitute(macro, args, macros, reporter, limit);
    for (let i = body.length - 1; i >= 0; i--) {
      const replaced = body[i];
      if (replaced !== undefined) todo.push({ token: { ...replaced, span: token.span, startsLine: false }, hidden: hide });
    }
  }
  return out;
}

/** Pops `( a , b )` off the stack. null when the parenthesis is never closed. */
function takeArguments(todo: Pending[], macro: Macro): Token[][] | null {
  const count = macro.params?.length ?? 0;
  todo.pop();
  const args: Token[][] = [[]];
  let depth = 0;
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { token } = next;
    const current = args[args.length - 1];
    if (depth === 0 && token.text === ")" && token.kind === "punctuator") {
      if (args.length === 1 && current?.length === 0 && count === 0) return [];
      if (macro.variadic && args.length === count - 1) args.push([]);
      return args;
    }
    if (token.kind === "punctuator") {
      if (token.text === "(") depth++;
      if (token.text === ")") depth--;
      if (token.text === "," && depth === 0 && !(macro.variadic && args.length === count)) {
        args.push([]);
        continue;
      }
    }
    current?.push(token);
  }
  return null;
}

/** Puts arguments into a macro's body: `#x` as text, `a ## b` pasted, others expanded first. */
function substitute(macro: Macro, args: readonly Token[][], macros: Macros, reporter: Reporter, limit: number): Token[] {
  const params = macro.params ?? [];
  const argument = (token: Token | undefined): Token[] | undefined => {
    const index = token?.kind === "name" ? params.indexOf(token.text) : -1;
    return index < 0 ? undefined : args[index];
  };
  const out: Token[] = [];
  const { body } = macro;
  for (let i = 0; i < body.length; i++) {
    const token = body[i];
    if (token === undefined) continue;
    const arg = argument(token);
    const next = body[i + 1];
    if (token.text === "#" && macro.params !== null && argument(next) !== undefined) {
      out.push(stringify(token, argument(next) ?? []));
      i++;
    } else if (token.text === "##" && next !== undefined && out.length > 0) {
      const right = argument(next) ?? [next];
      const left = out.pop();
      if (left !== undefined) out.push(...paste(left, right, reporter));
      i++;
    } else if (arg === undefined) {
      out.push(token);
    } else if (next?.text === "##") {
      out.push(...arg);
    } else {
      out.push(...expandMacros(arg, macros, reporter, limit));
    }
  }
  return out;
}

function stringify(at: Token, tokens: readonly Token[]): Token {
  const text = tokens.map((t, i) => (t.spaced && i > 0 ? " " : "") + t.text).join("");
  return { ...at, kind: "string", text: JSON.stringify(text), bytes: new TextEncoder().encode(text) };
}

function paste(left: Token, right: readonly Token[], reporter: Reporter): Token[] {
  const [first, ...rest] = right;
  if (first === undefined) return [left];
  const joined = lex(left.text + first.text, reporter, left.span).filter((t) => t.kind !== "end");
  return [...joined, ...rest];
}
