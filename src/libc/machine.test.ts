import { describe, expect, it } from "vitest";
import { debugInfo } from "../clang/program";
import { createInterpreter } from "../clang/interpreter";
import { createFakeTarget, loadProgram } from "../clang/testing/fake-target";
import { preamble } from "../clang/testing/gcc";
import { randomProgram } from "../clang/testing/random-program";
import { mustCompile, runSource } from "../clang/testing/run-program";
import { functionHeaders } from "./headers";
import { libcFunctions } from "./index";

const main = (body: string, before = "") => `${preamble}${before}\nint main(int argc, char **argv) {\n${body}\n}\n`;
const sound = (seed: number) => `${preamble}${randomProgram(seed, "p_")}\nint main(void) { return p_main(); }\n`;

describe("fatal programs end as on the machine", () => {
  it.each([
    ["reading through NULL", "int *p = 0; return *p;", 11, 0],
    ["writing a member through NULL", "struct { int a, b; } *p = 0; p->b = 1;", 11, 4],
    ["dividing an int by zero", "int z = 0; return 7 / z;", 8, null],
    ["taking INT_MIN % -1", "int a = -2147483647 - 1, b = -1; return a % b;", 8, null],
    ["dividing a long by zero", "long z = 0; return 7L % z;", 8, null],
    ["calling a null function", "void (*f)(void) = 0; f();", 11, 0],
    ["an address that is not canonical", "char *p = (char *)0xdeadbeefcafebabe; return *p;", 11, Number(0xdeadbeefcafebaben)],
    ["a smashed return address", "long a[1]; a[4] = 0x4141; return 0;", 11, 0x4141], // argv, argc, a below the saved frame pointer
    ["abort", "abort();", 6, null],
  ])("%s", (_, body, signal, addr) => {
    const { outcome, target } = runSource(main(body));
    expect(outcome).toEqual({ kind: "stopped" });
    expect(target.signal).toBe(signal);
    if (addr !== null) expect(target.signalAddr).toBe(addr);
  });

  it("endless recursion runs into the end of the stack", () => {
    const { outcome, target } = runSource(
      main("return f(1);", "int f(int n) { char pad[4096]; pad[0] = n; return f(n + 1) + pad[0]; }"),
    );
    expect(outcome.kind).toBe("stopped");
    expect(target.signal).toBe(11);
    expect(target.signalAddr).toBeGreaterThan(0x7fff_0000_0000);
  });

  it("a failed assertion says where and aborts", () => {
    const { stderr, target } = runSource(`#include <assert.h>\nint main(void) {\n  assert(1 + 1 == 3);\n}`);
    expect(stderr).toBe("program: test.c:3: main: Assertion `1 + 1 == 3' failed.\n");
    expect(target.signal).toBe(6);
  });
});

describe("time", () => {
  it("an endless loop stops at the budget and goes on when it is extended, as if nothing had been", () => {
    const source = sound(77);
    const whole = runSource(source);
    const program = mustCompile(source);
    const target = createFakeTarget();
    const interpreter = createInterpreter(program, target, loadProgram(target, program), libcFunctions);
    target.budget = 50;
    let outcome = interpreter.run();
    for (let turns = 0; outcome.kind === "stopped" && turns < 10_000; turns++) {
      target.budget = target.steps + 50;
      outcome = interpreter.resume();
    }
    expect(outcome).toEqual(whole.outcome);
    expect(target.output.map((o) => o.text).join("")).toBe(whole.stdout);
    expect(target.steps).toBe(whole.target.steps);
    for (const loop of ["for (;;) ;", "while (1) ;", "for (;;) {}", "do ; while (1);", "again: goto again;"]) {
      expect(runSource(main(loop), 10_000).outcome, loop).toEqual({ kind: "stopped" });
    }
  });

  it("a machine whose registers are copied back at a statement repeats the rest exactly", () => {
    const source = "int main(void) { int s = 0; for (int i = 0; i < 20; i++) { s += i; s ^= i << 3; } return s & 127; }";
    const program = mustCompile(source);
    const target = createFakeTarget();
    const layout = loadProgram(target, program);
    const interpreter = createInterpreter(program, target, layout, libcFunctions);
    target.traceStatements = true;
    const bytes = new Uint8Array(target.machine.buffer);
    let saved: { registers: Uint8Array; stack: number[]; at: number; steps: number } | null = null;
    let count = 0;
    target.onStatement = () => {
      if (++count !== 30) return;
      const stack = Array.from({ length: 256 }, (_, i) => target.load(layout.stackPointer - 256 + i, 1));
      saved = { registers: bytes.slice(), stack, at: target.trace.length, steps: target.steps };
    };
    const outcome = interpreter.run();
    const checkpoint = saved as { registers: Uint8Array; stack: number[]; at: number; steps: number } | null;
    if (checkpoint === null) throw new Error("the program is too short");
    const [first, steps] = [target.trace.slice(), target.steps];
    bytes.set(checkpoint.registers);
    checkpoint.stack.forEach((byte, i) => target.store(layout.stackPointer - 256 + i, 1, byte, 0));
    target.trace.length = checkpoint.at;
    target.steps = checkpoint.steps;
    expect(createInterpreter(program, target, layout, libcFunctions).resume()).toEqual(outcome);
    expect(target.trace).toEqual(first);
    expect(target.steps).toBe(steps);
  });
});

describe("what the views are told", () => {
  const source =
    "static int counter = 5;\nint twice(int n) {\n  int local = n;\n  return local * 2;\n}\nint main(void) {\n  for (int i = 0; i < 2; i++) counter += twice(i);\n  return counter;\n}\n";

  it("a marker stands before every statement, with frame and stack pointer", () => {
    const program = mustCompile(source);
    const target = createFakeTarget();
    target.traceStatements = true;
    createInterpreter(program, target, loadProgram(target, program), libcFunctions).run();
    const texts = target.trace.map(({ statement }) => {
      const span = program.debug.statements[statement]?.span;
      return source.slice(span?.start, span?.end);
    });
    const turn = ["i < 2", "counter += twice(i);", "int local = n;", "return local * 2;", "i++"];
    expect(texts).toEqual(["int i = 0;", ...turn, ...turn, "i < 2", "return counter;"]);
    for (const { frame, stack, statement } of target.trace) {
      const fn = program.debug.functions[program.debug.statements[statement]?.functionId ?? 0];
      expect(frame - stack).toBe(fn?.frameBytes);
      expect(frame % 16).toBe(0);
    }
  });

  it("variables can be read at their locations", () => {
    const program = mustCompile(source);
    const target = createFakeTarget();
    const layout = loadProgram(target, program);
    const info = debugInfo(program, layout);
    const local = info.functions[0]?.variables.find((v) => v.name === "local");
    const seen: number[] = [];
    target.traceStatements = true;
    const interpreter = createInterpreter(program, target, layout, libcFunctions);
    target.onStatement = () => {
      const last = target.trace.at(-1);
      if (last === undefined || program.debug.statements[last.statement]?.span.line !== 4) return;
      seen.push(target.load(last.frame + (local?.location ?? 0), 4));
    };
    interpreter.run();
    expect(seen).toEqual([0, 1]);
    const counter = info.globals.find((v) => v.name === "counter");
    expect(target.load(counter?.location ?? 0, 4)).toBe(7);
    expect(counter?.typeText).toBe("int");
  });

  it("types are printed as C writes them", () => {
    const program = mustCompile(
      "struct n { struct n *next; char name[8]; };\nint main(void) { char *a[7]; int (*f)(const char *, ...); struct n *p; unsigned long (*r)[3]; return 0; }",
    );
    expect(program.debug.functions[0]?.variables.map((v) => v.typeText)).toEqual([
      "char *[7]",
      "int (*)(const char *, ...)",
      "struct n *",
      "unsigned long (*)[3]",
    ]);
    expect(program.debug.functions[0]?.variables[2]?.type).toMatchObject({
      kind: "pointer",
      to: {
        kind: "struct",
        tag: "struct n",
        sizeBytes: 16,
        fields: [
          { name: "next", offset: 0, type: { kind: "pointer", to: { kind: "ref" } } },
          { name: "name", offset: 8 },
        ],
      },
    });
  });
});

describe("libc", () => {
  it("implements every function its headers declare, and declares every function it implements", () => {
    expect([...libcFunctions.keys()].toSorted()).toEqual([...functionHeaders.keys()].toSorted());
  });

  it("mallocs stdout's buffer at the first write, 1024 bytes, unless setbuf takes it away", () => {
    const allocations = (body: string) => runSource(main(body)).target.calls;
    expect(allocations('malloc(5); printf("hi\\n"); printf("ho\\n");')).toEqual(["malloc 5", "malloc 1024"]);
    expect(allocations('setbuf(stdout, NULL); printf("hi\\n"); puts("x"); malloc(5);')).toEqual(["malloc 5"]);
    expect(allocations('fprintf(stderr, "hi\\n");')).toEqual([]);
  });

  it("sends lines off one by one and the rest at the end; abort loses it", () => {
    const writes = (body: string) => runSource(main(body)).target.output.map((o) => o.text);
    expect(writes('printf("a\\nb"); printf("c\\n"); printf("d"); return 0;')).toEqual(["a\n", "bc\n", "d"]);
    expect(writes('printf("lost"); abort();')).toEqual([]);
    expect(writes('printf("no "); fflush(stdout); printf("more\\n");')).toEqual(["no ", "more\n"]);
  });

  it("draws the random numbers of glibc", () => {
    expect(runSource(main('srand(42); printf("%d %d %d", rand(), 0, 0); srand(1); printf(" %d", rand());')).stdout).toBe(
      "71876166 0 0 1804289383",
    );
  });

  it("gives main its arguments", () => {
    expect(
      runSource(main("for (int i = 0; i < argc; i++) puts(argv[i]); return argv[argc] == NULL ? argc : 9;"), 10_000, [
        "a.out",
        "x",
        "yz",
      ]).stdout,
    ).toBe("a.out\nx\nyz\n");
  });

  it("takes pointers to its functions", () => {
    expect(
      runSource(
        main('void *(*get)(size_t) = malloc; char *p = get(8); strcpy(p, "ok"); int (*say)(const char *) = puts; say(p);'),
      ).stdout,
    ).toBe("ok\n");
  });
});
