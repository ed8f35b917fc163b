/**
 * Random C programs whose behaviour is defined when gcc is called with -fwrapv: shift counts are masked, divisors positive, floats become
 * integers only within range, no expression has two side effects. They print what they compute.
 */
import { randomPrintf } from "./random-printf";
import { Random } from "./random";

const integerTypes = [
  "char",
  "signed char",
  "unsigned char",
  "short",
  "unsigned short",
  "int",
  "unsigned",
  "long",
  "unsigned long",
  "long long",
  "unsigned long long",
  "_Bool",
] as const;
const realTypes = ["float", "double"] as const;
/** Types that may be shifted by up to 63, by the machine's word. */
const wideTypes = {
  8: ["long", "unsigned long", "long long", "unsigned long long"],
  4: ["long long", "unsigned long long"],
} as const;

const constants = [
  "0",
  "1",
  "-1",
  "2",
  "7",
  "-13",
  "100",
  "127",
  "128",
  "255",
  "256",
  "-128",
  "32767",
  "65535",
  "'a'",
  "'\\n'",
  "'\\xff'",
  "0x7fffffff",
  "(-2147483647-1)",
  "2147483648u",
  "0xdeadbeefu",
  "4294967295u",
  "5L",
  "-5L",
  "0x123456789abcdefL",
  "(-9223372036854775807L-1)",
  "18446744073709551615UL",
  "1ULL",
  "0x8000000000000000UL",
];

interface Variable {
  readonly name: string;
  readonly type: string;
}

/** One program; its names begin with `prefix`, its entry is `int PREFIXmain(void)`. */
export function randomProgram(seed: number, prefix: string): string {
  return new Writer(new Random(seed), prefix, 8).program();
}

/** The same for a machine with words of 4 bytes and a printf that knows no floating point: doubles are printed as their bits. */
export function randomProgram32(seed: number, prefix: string): string {
  const program = new Writer(new Random(seed), prefix, 4).program();
  return program
    .replaceAll("unsigned long l; int i[2]", "unsigned long long l; int i[2]")
    .replaceAll('"u %lx ', '"u %llx ')
    .replaceAll(/%\.9g %d\\n", (\w+),/g, '%llx %d\\n", bits($1),')
    .replaceAll('"s %lld %lld %g ', '"s %lld %lld %llx ')
    .replaceAll("(long long)s.b, s.d,", "(long long)s.b, bits(s.d),");
}

class Writer {
  private readonly lines: string[] = [];
  private variables: Variable[] = [];
  private reals: Variable[] = [];
  private names = 0;
  private loops = 0;

  constructor(
    private readonly r: Random,
    private readonly prefix: string,
    private readonly wordBytes: 4 | 8,
  ) {}

  private name(stem: string): string {
    return `${this.prefix}${stem}${this.names++}`;
  }

  program(): string {
    const { r, prefix: p } = this;
    const out = this.lines;
    const [t1, t2, t3] = [r.pick(integerTypes), r.pick(integerTypes), r.pick(integerTypes)];
    out.push(`enum ${p}color { ${p}RED, ${p}GREEN = ${r.below(9)}, ${p}BLUE };`);
    out.push(`struct ${p}pair { ${t1} a; ${t2} b; double d; ${t3} t[3]; };`);
    out.push(`union ${p}mix { unsigned long l; int i[2]; unsigned char c[8]; short s; };`);
    for (let i = 0; i < 4; i++) this.global();
    out.push(`static struct ${p}pair ${p}gp = { ${this.constant()}, .t = { [1] = ${this.constant()}, 5 }, .d = 2.5 };`);
    out.push(`static int ${p}table[] = { ${this.constant()}, [5] = ${this.constant()}, ${this.constant()} };`);
    out.push(`static const char *${p}words[] = { "zero", "one", "t\\two" "!" };`);
    out.push(`static int ${p}toint(double x) { return x > -1e9 && x < 1e9 ? (int)x : -7; }`);
    // Calls keep gcc from rearranging signs, which shows in -0 and -nan.
    out.push(`static double ${p}neg(double x) { return -x; } static double ${p}real(long x) { return x; }`);
    const globals = [...this.variables];
    this.functions(t1);
    this.variables = [...globals];
    this.reals = [];
    out.push(`int ${p}main(void) {`);
    this.body(6 + r.below(10), "  ", 0);
    this.fixedPart(t1, t2);
    for (const v of this.variables) out.push(`  printf("${v.name.slice(p.length)}=%lld\\n", (long long)${v.name});`);
    for (const v of this.reals) out.push(`  printf("${v.name.slice(p.length)}=%.9g %d\\n", ${v.name}, ${p}toint(${v.name}));`);
    if (this.wordBytes === 8) out.push(...randomPrintf(r, 4).map((line) => `  ${line}`));
    out.push(`  return (int)(${this.expr(3)}) & 127;`, "}");
    return out.join("\n");
  }

  private global(): void {
    const type = this.r.pick(integerTypes);
    const name = this.name("g");
    this.lines.push(`${this.r.chance(50) ? "static " : ""}${type} ${name} = ${this.constantExpr(2)};`);
    this.variables.push({ name, type });
  }

  private constant(): string {
    return this.r.pick(constants);
  }

  private constantExpr(depth: number): string {
    if (depth === 0) return this.constant();
    const op = this.r.pick(["+", "-", "*", "&", "|", "^", "<", "==", ">="]);
    return `(${this.constantExpr(depth - 1)} ${op} ${this.constantExpr(depth - 1)})`;
  }

  private functions(t1: string): void {
    const { r, prefix: p, lines: out } = this;
    const types = [r.pick(integerTypes), r.pick(integerTypes), r.pick(integerTypes)];
    const result = r.pick(integerTypes);
    out.push(`static ${result} ${p}f(${types.map((t, i) => `${t} x${i}`).join(", ")}, double y) {`);
    this.variables.push(...types.map((type, i) => ({ name: `x${i}`, type })));
    this.reals.push({ name: "y", type: "double" });
    out.push(`  if (${this.expr(2)}) return ${this.expr(2)};`);
    out.push(`  return ${this.expr(3)};`, "}");
    out.push(
      `static struct ${p}pair ${p}make(struct ${p}pair in, ${t1} a) { struct ${p}pair s = in; s.a += a; in.b = 9; s.t[2] = s.t[0] + 1; return s; }`,
    );
    out.push(
      `static long ${p}rec(int n, long acc) { int keep = n; if (n <= 0) return acc; acc = ${p}rec(n - 1, acc * 3 + n) ^ keep; return 1 + ${p}rec(n - 2, acc + 2); }`,
    );
    out.push(`static int ${p}inc(int x) { static int calls; return x + ++calls; }`);
    out.push(`static int ${p}twice(int x) { return 2 * x; }`);
  }

  /** An integer (or, rarely, real-valued comparison) expression without side effects. */
  private expr(depth: number): string {
    const { r } = this;
    if (depth <= 0) return r.chance(55) && this.variables.length > 0 ? r.pick(this.variables).name : this.constant();
    const e = () => this.expr(depth - 1 - r.below(2));
    switch (r.below(13)) {
      case 0:
      case 1:
      case 2:
        return `(${e()} ${r.pick(["+", "-", "*", "&", "|", "^"])} ${e()})`;
      case 3:
        return `(${e()} ${r.pick(["<", "<=", ">", ">=", "==", "!="])} ${e()})`;
      case 4:
        return `((${e()} | 1) ${r.pick(["/", "%"])} ((${e()} & 15) + 1))`; // gcc may turn -(a / b) into a / -b: never divide INT_MIN
      case 5:
        return `(${e()} ${r.pick(["<<", ">>"])} (${e()} & 31))`;
      case 6:
        return `((${r.pick(wideTypes[this.wordBytes])})${e()} ${r.pick(["<<", ">>"])} (${e()} & 63))`;
      case 7:
        return `${r.pick(["-", "~", "!", "+"])}(${e()})`;
      case 8:
        return `(${e()} ${r.pick(["&&", "||"])} ${e()})`;
      case 9:
        return `(${e()} ? ${e()} : ${e()})`;
      case 10:
        return `((${r.pick(integerTypes)})${e()})`;
      case 11:
        return `(${this.real(depth - 1)} ${r.pick(["<", ">=", "=="])} ${this.real(depth - 1)})`;
      default:
        return r.chance(50) ? `(int)sizeof(${r.pick(integerTypes)})` : `(${r.pick(this.variables).name}, ${e()})`; // gcc 12 trips over commas between constants
    }
  }

  private real(depth: number): string {
    const { r } = this;
    if (depth <= 0 && this.reals.length > 0 && r.chance(60)) return r.pick(this.reals).name;
    if (depth <= 0) return r.pick(["0.5", "-1.25f", "3.0", "1e3", "0.1", "0.1f", "7.75e-2"]);
    if (r.chance(25)) return `(${r.pick(realTypes)})${this.prefix}real(${this.expr(depth - 1)})`;
    if (r.chance(15)) return `${this.prefix}neg(${this.real(depth - 1)})`;
    return `(${this.real(depth - 1)} ${r.pick(["+", "-", "*", "/"])} ${this.real(depth - 1)})`;
  }

  private body(count: number, indent: string, depth: number): void {
    const [variables, reals] = [this.variables, this.reals];
    if (depth > 0) [this.variables, this.reals] = [[...variables], [...reals]];
    for (let i = 0; i < count; i++) this.statement(indent, depth);
    if (depth > 0) [this.variables, this.reals] = [variables, reals];
  }

  private statement(indent: string, depth: number): void {
    const { r, lines: out, prefix: p } = this;
    const target = () => r.pick(this.variables).name;
    const nested = () => this.body(1 + r.below(3), `${indent}  `, depth + 1);
    switch (r.below(depth > 2 ? 6 : 12)) {
      case 0: {
        const [type, value] = [r.pick(integerTypes), this.expr(3)];
        const name = this.name("v");
        out.push(`${indent}${type} ${name} = ${value};`);
        return void this.variables.push({ name, type });
      }
      case 1: {
        const [type, value] = [r.pick(realTypes), r.chance(30) ? this.expr(3) : this.real(3)];
        const name = this.name("r");
        out.push(`${indent}${type} ${name} = ${value};`);
        return void this.reals.push({ name, type });
      }
      case 2:
        return void out.push(`${indent}${target()} = ${this.expr(4)};`);
      case 3:
        return void out.push(`${indent}${target()} ${r.pick(["+=", "-=", "*=", "&=", "|=", "^="])} ${this.expr(3)};`);
      case 4:
        return void out.push(`${indent}${target()}${r.pick(["++", "--"])};`);
      case 5: {
        const op = r.pick(["<<=", ">>=", "/=", "%="]);
        const value = op.length === 3 ? `(${this.expr(2)} & 7)` : `((${this.expr(2)} & 7) + 1)`;
        return void out.push(`${indent}${target()} ${op} ${value};`);
      }
      case 6:
        out.push(`${indent}if (${this.expr(3)}) {`);
        nested();
        out.push(`${indent}} else {`);
        nested();
        return void out.push(`${indent}}`);
      case 7: {
        const i = `i${this.loops++}`;
        out.push(
          `${indent}for (int ${i} = 0; ${i} < ${2 + r.below(5)}; ${i}++) {`,
          `${indent}  if (${i} == ${r.below(5)}) ${r.pick(["continue", "break"])};`,
        );
        nested();
        return void out.push(`${indent}}`);
      }
      case 8: {
        const i = `n${this.loops++}`;
        out.push(`${indent}int ${i} = ${1 + r.below(5)};`, `${indent}do {`);
        nested();
        return void out.push(`${indent}} while (${i}-- > 0);`);
      }
      case 9:
        out.push(`${indent}switch (${this.expr(3)} & 3) {`, `${indent}  case ${r.below(2)}:;`);
        nested();
        out.push(`${indent}  ${r.pick(["break;", ""])}`, `${indent}  case 2: ${target()} += 3; break;`, `${indent}  default:;`);
        nested();
        return void out.push(`${indent}}`);
      case 10: {
        const args = [this.expr(2), this.expr(2), this.expr(2), this.real(2)].join(", ");
        return void out.push(`${indent}${target()} = 1 + 2 * ${p}f(${args}) - 5;`);
      }
      default:
        return void out.push(`${indent}${target()} = ${p}rec(${r.below(9)}, ${this.expr(2)});`);
    }
  }

  /** Aggregates, pointers and strings: the same shape in every program, with random types and values inside. */
  private fixedPart(t1: string, t2: string): void {
    const { r, prefix: p } = this;
    const k = r.below(3);
    this.lines.push(
      `  struct ${p}pair s = { ${this.expr(2)}, ${this.expr(2)}, ${this.real(2)} }, q;`,
      `  q = ${p}make(s, (${t1})(${this.expr(2)})); struct ${p}pair *pp = &q; pp->t[1]++;`,
      `  s = *pp; pp = &${p}gp; s.b ^= pp->t[${k}];`,
      `  printf("s %lld %lld %g %lld %lld | %lld\\n", (long long)s.a, (long long)s.b, s.d, (long long)q.t[1], (long long)q.t[2], (long long)pp->t[1]);`,
      `  union ${p}mix u = { ${this.expr(2)} }; u.i[1] ^= ${this.expr(2)}; u.c[${r.below(8)}] += 3;`,
      `  printf("u %lx %d %u sizes %zu %zu %zu\\n", u.l, u.s, u.c[7], sizeof u, sizeof s, sizeof ${p}table);`,
      `  ${t2} grid[3][4] = { { ${this.expr(1)}, ${this.expr(1)} }, [2] = { [3] = ${this.expr(1)} } }; ${t2} *row = grid[1], (*rows)[4] = grid + 2;`,
      `  for (int i = 0; i < 4; i++) { row[i] = grid[0][i] + i; *(row + i) += *(*rows + i); }`,
      `  long total = 0; for (int i = 0; i < 3; i++) for (int j = 0; j < 4; j++) total = total * 31 + grid[i][j]; printf("grid %ld %ld\\n", total, (long)(&grid[2][1] - &grid[0][3]));`,
      `  int (*table[2])(int) = { ${p}inc, &${p}twice }; printf("calls %d %d\\n", table[${r.below(2)}](${r.below(50)}), (*table[1])(4)); total += table[0](3) + table[0](4);`,
      `  char text[16] = "${"abcdefgh".slice(r.below(8))}"; char *at = text; while (*at) { *at ^= 32; at++; } printf("text %s %ld %c\\n", text, (long)(at - text), "xyz"[${k}]);`,
      `  printf("words %s %d enum %d\\n", ${p}words[${k}], ${p}table[${r.below(7)}], ${p}BLUE);`,
      `  int *ip = (int[]){ 4, 5, ${this.constant()} }; printf("literal %d %d\\n", ip[2], ip[1]); ip++; printf("%d %ld\\n", *ip++, total);`,
      `  unsigned char raw[sizeof s.d]; memcpy(raw, &s.d, sizeof raw); unsigned h = 0; for (unsigned i = 0; i < sizeof raw; i++) h = h * 33 + raw[i]; printf("raw %u\\n", h);`,
    );
  }
}
