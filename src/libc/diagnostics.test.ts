import { describe, expect, it } from "vitest";
import { type DiagnosticCode, diagnosticCodes, warningCodes } from "../abi/diagnostic-codes";
import { compile } from "./index";

const inMain = (body: string) =>
  `#include <stdio.h>\n#include <stdlib.h>\nstruct s { int len; int *p; };\nint main(void) {\n  ${body}\n  return 0;\n}\n`;

/** For each code a program that earns it, and the text its span must cover ("" = do not care). */
const samples: Readonly<Record<DiagnosticCode, readonly [source: string, covers: string]>> = {
  "unknown-character": [inMain("int a = 1 @ 2;"), "@"],
  "unterminated-string": [inMain('puts("abc);'), ""],
  "unterminated-char": [inMain("int c = 'a;"), ""],
  "empty-char": [inMain("int c = '';"), "''"],
  "unterminated-comment": [inMain("/* never"), "/*"],
  "bad-number": [inMain("int a = 12abc;"), "12abc"],
  "bad-escape": [inMain('puts("\\q");'), "\\q"],
  "unknown-header": ["#include <stdoi.h>\nint main(void) { return 0; }", "#include <stdoi.h>"],
  "bad-directive": ["#frobnicate\nint main(void) { return 0; }", "frobnicate"],
  "unterminated-if": ["#if 1\nint main(void) { return 0; }", "if"],
  "stray-directive": ["#endif\nint main(void) { return 0; }", "endif"],
  "macro-arguments": ["#define ADD(a, b) (a + b)\nint main(void) { return ADD(1); }", "ADD"],
  "error-directive": ["#error stop here\nint main(void) { return 0; }", "error"],
  expected: [inMain("int a[3 = 1;"), "="],
  "expected-semicolon": [inMain("int a = 5\n  a++;"), "5"],
  "expected-expression": [inMain("int a = ;"), ";"],
  unclosed: ["int main(void) { return 0;", "{"],
  "unknown-type": [inMain("strin x;"), "strin"],
  "expected-declaration": ["int main(void) { return 0; }\n}", "}"],
  "nested-too-deep": [inMain(`int a = ${"(".repeat(500)}1${")".repeat(500)};`), ""],
  "program-too-large": [`int main(void) { return 0; } //${" ".repeat(1_000_001)}`, ""],
  undeclared: [inMain("int count = 1; return coutn;"), "coutn"],
  "undeclared-function": [inMain("mallok(3);"), "mallok"],
  "missing-header": ["int main(void) { free(malloc(3)); return 0; }", "free"],
  redeclared: [inMain("int a; long a;"), "a"],
  "function-redefined": ["int f(void) { return 1; }\nint f(void) { return 2; }\nint main(void) { return f(); }", "f"],
  "undefined-name": ["int f(int);\nint main(void) { return f(1); }", "f"],
  "unknown-label": [inMain("goto away;"), "away"],
  "no-main": ["int f(void) { return 0; }", ""],
  "incomplete-type": [inMain("struct never x;"), "x"],
  "no-member": [inMain("struct s v; v.leng = 1;"), "v.leng"],
  "not-a-struct": [inMain("int v; v.len = 1;"), "v.len"],
  "use-arrow": [inMain("struct s *v = NULL; v.len = 1;"), "v.len"],
  "not-a-pointer": [inMain("int v = 1; *v = 2;"), "*v"],
  "not-a-function": [inMain("int v = 1; v(2);"), "v"],
  "not-assignable": [inMain("int v = 1; v + 1 = 2;"), "v + 1"],
  "assign-const": [inMain("const int v = 1; v = 2;"), "v"],
  "not-addressable": [inMain("int *p = &3;"), "&3"],
  "void-value": [inMain("int v = free(NULL);"), "free(NULL)"],
  "invalid-operands": [inMain("struct s a, b; int v = a + b;"), "a + b"],
  "invalid-operand": [inMain("double d = 1; int v = ~d;"), "~d"],
  "incompatible-types": [inMain("struct s a; int v = a;"), "a"],
  "invalid-cast": [inMain("struct s a; int v = (int)a;"), "(int)a"],
  "condition-type": [inMain("struct s a; if (a) return 1;"), "a"],
  "pointer-mismatch": [inMain("int v; long *p = &v;"), "&v"],
  "int-to-pointer": [inMain("int *p = 5;"), "5"],
  "pointer-to-int": [inMain("int v; int w = &v;"), "&v"],
  "argument-count": [inMain("malloc();"), "malloc()"],
  "array-size": [inMain("int a[-1];"), "-1"],
  "object-too-large": [inMain("int a[1000000000];"), "a"],
  "not-constant": ["int f(void);\nint v = f();\nint f(void) { return 1; }\nint main(void) { return v; }", "f()"],
  "too-many-initialisers": [inMain("int a[2] = {1, 2, 3};"), "3"],
  "invalid-initialiser": [inMain("int a[2] = 5;"), "5"],
  unsupported: [inMain("struct b { int x : 3; };"), ":"],
  "case-outside-switch": [inMain("case 3: ;"), "case"],
  "duplicate-case": [inMain("switch (1) { case 1: case 1: ; }"), "case"],
  "break-outside": [inMain("break;"), "break"],
  "continue-outside": [inMain("continue;"), "continue"],
  "return-value-in-void": ["void f(void) { return 1; }\nint main(void) { f(); return 0; }", "1"],
  "return-missing-value": ["int f(void) { return; }\nint main(void) { return f(); }", "return;"],
  "division-by-zero": [inMain("int v = 1 / 0;"), "1 / 0"],
  "format-argument": [inMain('printf("%d\\n", 1L);'), "1L"],
  "format-count": [inMain('printf("%d %d\\n", 1);'), ""],
  "format-unknown": [inMain('printf("%y\\n");'), ""],
  "assignment-as-condition": [inMain("int v; if (v = 1) v = 2;"), "v = 1"],
};

function diagnose(source: string) {
  const result = compile(source, "main.c");
  return result.ok ? result.value.warnings : result.problem;
}

describe("diagnostics", () => {
  it.each(diagnosticCodes)("%s is told where it is earned", (code) => {
    const [source, covers] = samples[code];
    const found = diagnose(source).filter((d) => d.code === code);
    expect(found.length, JSON.stringify(diagnose(source))).toBeGreaterThan(0);
    const [first] = found;
    if (first === undefined) return;
    expect(first.severity).toBe(warningCodes.has(code) ? "warning" : "error");
    if (covers !== "") expect(source.slice(first.span.start, first.span.end)).toBe(covers);
    const before = source.slice(0, first.span.start);
    expect(first.span.line).toBe(before.split("\n").length);
    expect(first.span.column).toBe(before.length - before.lastIndexOf("\n"));
  });

  it("suggests the name that was meant", () => {
    expect(diagnose(samples["undeclared-function"][0])[0]?.params).toEqual({ name: "mallok", suggestion: "malloc" });
    expect(diagnose(samples["unknown-header"][0])[0]?.params.suggestion).toBe("stdio.h");
    expect(diagnose(samples.undeclared[0])[0]?.params.suggestion).toBe("count");
  });

  it("finds several independent errors in one pass", () => {
    const codes = diagnose(inMain("int a = ;\n  b = 2;\n  int c = 1\n  c++;\n  free(1, 2);")).map((d) => d.code);
    expect(codes).toEqual(["expected-expression", "undeclared", "expected-semicolon", "argument-count"]);
  });

  it("tells nothing of a sound program", () => {
    expect(diagnose(inMain('struct s v = { .len = 2 }; printf("%d %p %zu\\n", v.len, (void *)v.p, sizeof v);'))).toEqual([]);
  });
});
