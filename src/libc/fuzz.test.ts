import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mustCompile } from "../clang/testing/run-program";
import { randomProgram } from "../clang/testing/random-program";
import { preamble } from "../clang/testing/gcc";
import { appendStatement, compile } from "./index";

const sound = (seed: number) => `${preamble}${randomProgram(seed, "p_")}\nint main(void) { return p_main(); }\n`;
const scraps = [
  "{",
  "}",
  "(",
  ")",
  ";",
  "*",
  "&",
  "[",
  "]",
  ",",
  "=",
  '"',
  "'",
  "/*",
  "#define X",
  "#if",
  "\n#include <",
  "int",
  "struct",
  "case 1:",
  "sizeof",
  "->",
  "\\",
  "0x",
  "return",
  "…",
  "\0",
];

/** Cuts, doubles and inserts at random places. */
const mutation = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(12), put: fc.constantFrom("", ...scraps) }),
  { minLength: 1, maxLength: 6 },
);

function mutate(source: string, changes: readonly { readonly at: number; readonly cut: number; readonly put: string }[]): string {
  return changes.reduce((text, { at, cut, put }) => {
    const from = Math.floor(at * text.length);
    return text.slice(0, from) + put + text.slice(from + cut);
  }, source);
}

describe("bad input", () => {
  it("never makes the compiler throw or hang, and every diagnostic points into the text", () => {
    const sources = [11, 12, 13].map(sound);
    fc.assert(
      fc.property(fc.constantFrom(...sources), mutation, (source, changes) => {
        const text = mutate(source, changes);
        const result = compile(text, "main.c");
        const told = result.ok ? result.value.warnings : result.problem;
        if (!result.ok) expect(told.some((d) => d.severity === "error")).toBe(true);
        for (const { span } of told) {
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeLessThanOrEqual(text.length);
          expect(span.line).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("takes any text at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => void compile(text, "main.c")),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...scraps, " ", "x", "1"), { maxLength: 60 }),
        (parts) => void compile(parts.join(" "), "main.c"),
      ),
      { numRuns: 600 },
    );
  });

  it.each([
    ["parentheses", `int main(void) { return ${"(".repeat(50_000)}; }`],
    ["blocks", `int main(void) ${"{".repeat(50_000)}`],
    ["unary operators", `int main(void) { return ${"-".repeat(50_000)}1; }`],
    ["declarators", `int ${"*".repeat(50_000)}p;`],
    ["initialisers", `int a[] = ${"{".repeat(50_000)}`],
    ["else if", `int main(void) { ${"if (1) ; else ".repeat(20_000)} ; }`],
    ["additions", `int main(void) { return 0${"+1".repeat(50_000)}; }`],
    [
      "macros that double",
      Array.from({ length: 40 }, (_, i) => `#define M${i + 1} M${i} M${i}`).join("\n") + "\n#define M0 x\nM40",
    ],
    ["members", `int main(void) { return a${".b".repeat(50_000)}; }`],
  ])("deep or endless %s end in a diagnostic", (_, source) => {
    const result = compile(source, "main.c");
    expect(result.ok).toBe(false);
  });
});

describe("large but sound programs", () => {
  it("structs that would be endless to write out compile at once", () => {
    const chain = Array.from({ length: 60 }, (_, i) => `struct s${i + 1} { struct s${i} *a, *b, *c; };`).join("\n");
    expect(compile(`struct s0 { int x; };\n${chain}\nstruct s60 *p;\nint main(void) { return 0; }`, "main.c").ok).toBe(true);
  });
});

describe("spans", () => {
  it("statements lie inside their function and come out of the text as complete statements", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (seed) => {
        const source = sound(seed);
        const { debug } = mustCompile(source);
        for (const { span, functionId } of debug.statements) {
          const fn = debug.functions[functionId];
          expect(fn !== undefined && fn.span.start <= span.start && span.end <= fn.span.end).toBe(true);
          const text = source.slice(span.start, span.end);
          expect(text).toBe(text.trim());
          expect(text).not.toBe("");
          const before = source.slice(0, span.start);
          expect([span.line, span.column]).toEqual([before.split("\n").length, before.length - before.lastIndexOf("\n")]);
        }
        for (const fn of debug.functions) {
          for (const v of fn.variables) {
            expect(v.location).toBeLessThan(0);
            expect(-v.location).toBeLessThanOrEqual(fn.frameBytes);
            expect(v.scope.start).toBeGreaterThanOrEqual(fn.span.start);
            expect(v.scope.end).toBeLessThanOrEqual(fn.span.end);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("white space and comments between tokens change no instruction", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom(" ", "\n", "/* c */", "// c\n"), (seed, blank) => {
        const source = sound(seed);
        const spread = source.replace(/([;{}])(?=\s)/g, `$1${blank}`);
        expect(mustCompile(spread).code).toEqual(mustCompile(source).code);
      }),
      { numRuns: 20 },
    );
  });
});

describe("appendStatement", () => {
  const body = "#include <stdlib.h>\nint main(void) {\n\tchar *a = malloc(24);\n\treturn 0;\n}\n";

  it("goes before the final return with its indentation, and adds the semicolon", () => {
    expect(appendStatement(body, "free(a)")).toEqual({ ok: true, value: body.replace("\treturn", "\tfree(a);\n\treturn") });
  });

  it("goes before the closing brace when nothing is returned", () => {
    const source = body.replace("\treturn 0;\n", "").replaceAll("\n", "\r\n");
    expect(appendStatement(source, "free(a);")).toEqual({ ok: true, value: source.replace("\r\n}", "\r\n\tfree(a);\r\n}") });
    expect(appendStatement("int main(void) {}", "int x = 1;")).toEqual({ ok: true, value: "int main(void) { int x = 1; }" });
  });

  it("keeps all other characters, compiles, and can be repeated", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.constantFrom("free(malloc(9));", "{ int q = 1; q++; }", 'puts("x")'),
        (seed, statement) => {
          const source = sound(seed);
          const once = appendStatement(source, statement);
          if (!once.ok) throw new Error(JSON.stringify(once.problem));
          expect(compile(once.value, "main.c").ok).toBe(true);
          expect(
            once.value
              .replace(new RegExp(`\\s*${statement.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")};?\\s*`), "")
              .replace(/\s/g, ""),
          ).toBe(source.replace(/\s/g, ""));
          expect(appendStatement(once.value, statement).ok).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });

  it.each(["free(b);", "x +", "} int f(void) {", "}", "", "// nothing", "int a;"])(
    "refuses %j with a diagnostic about it",
    (statement) => {
      const result = appendStatement(body, statement);
      expect(result.ok).toBe(false);
      if (result.ok) return;
      expect(result.problem.length).toBeGreaterThan(0);
      for (const { span } of result.problem) expect(span.end).toBeLessThanOrEqual(statement.length + 1);
    },
  );
});
