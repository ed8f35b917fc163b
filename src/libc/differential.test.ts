import { describe, expect, it } from "vitest";
import { gcc32Missing, gccMissing, judge, judge32, preamble, preamble32 } from "../clang/testing/gcc";
import { randomProgram, randomProgram32 } from "../clang/testing/random-program";
import { runSource } from "../clang/testing/run-program";

const missing = gccMissing();
const missing32 = gcc32Missing();

const FIRST_SEED = Number(process.env.C_SEED ?? 1);
const COUNT = Number(process.env.C_PROGRAMS ?? 100);
const prefix = (n: number) => `p${n}_`;

describe.skipIf(missing !== null)(`the C machine against gcc${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  it("runs random well-defined programs with the same output and exit status", { timeout: 120_000 }, () => {
    const programs = Array.from({ length: COUNT }, (_, n) => randomProgram(FIRST_SEED + n, prefix(n)));
    const verdicts = judge(programs, prefix);
    programs.forEach((program, n) => {
      const ran = runSource(`${preamble}${program}\nint main(void) { return ${prefix(n)}main(); }\n`);
      const got = { output: ran.stdout, status: ran.outcome.kind === "exited" ? ran.outcome.code : -1 };
      expect(got, `seed ${FIRST_SEED + n}`).toEqual(verdicts[n]);
    });
  });
});

/** Layouts and pointers of i386: printed as numbers, so that both machines can tell. */
const layouts = (prefix: string) =>
  `
struct ${prefix}a { char c; long long l; }; struct ${prefix}b { short s; double d; char t; };
struct ${prefix}c { char c; void *p; long n; struct ${prefix}a a[2]; union { char c; double d; } u; };
static struct ${prefix}c ${prefix}v[3]; static int *${prefix}p = &((int *)${prefix}v)[5]; static char *${prefix}end = (char *)${prefix}v - 1;

int ${prefix}main(void) {
  printf("%u %u %u %u %u\\n", sizeof(struct ${prefix}a), sizeof(struct ${prefix}b), sizeof(struct ${prefix}c), sizeof(long), sizeof(void *));
  printf("%d %d %d\\n", (int)(long)&((struct ${prefix}c *)0)->a, (int)(long)&((struct ${prefix}c *)0)->u, (int)(long)&((struct ${prefix}b *)0)->t);
  printf("%u %u\\n", _Alignof(double), _Alignof(long long));
  struct ${prefix}c *q = ${prefix}v + 2; q -= 1; q[-1].n = -5; (*++q).p = q; q->a[1].l = 1LL << 40;
  printf("%d %d %ld %d %lld\\n", (int)(q - ${prefix}v), (int)((char *)q - (char *)${prefix}v), ${prefix}v[0].n, ${prefix}v[2].p == q, ${prefix}v[2].a[1].l);
  char *low = (char *)1, *high = low - 2; unsigned long back = (unsigned long)high; long long wide = (long long)(long)high;
  printf("%lu %lld %d %d %d\\n", back, wide, high > low, high == (char *)0xffffffffu, (int)(low - high));
  printf("%d %d %d\\n", (int)(${prefix}p - (int *)${prefix}v), (int)((char *)${prefix}v - ${prefix}end), !high + !(void *)0);
  unsigned long big = 3000000000u; long product = big * 2; printf("%lu %ld %u %lld\\n", big, product, (unsigned)-1 > 1L, (long long)big << 3);
  high += 5; printf("%lu %u\\n", (unsigned long)high, (unsigned)sizeof(1L + 1u));
  return (int)(sizeof(size_t_) - 4);
}`.replace("sizeof(size_t_)", "sizeof(sizeof 1)");

describe.skipIf(missing32 !== null)(
  `the C machine for i386 against gcc -m32${missing32 === null ? "" : ` (skipped: ${missing32})`}`,
  () => {
    it("runs random programs, struct layouts and pointer arithmetic with the same output and exit status", {
      timeout: 120_000,
    }, () => {
      const programs = [
        layouts("p0_"),
        ...Array.from({ length: COUNT }, (_, n) => randomProgram32(FIRST_SEED + n, prefix(n + 1))),
      ];
      const verdicts = judge32(programs, prefix);
      programs.forEach((program, n) => {
        const source = `${preamble32}${program}\nint main(void) { return ${prefix(n)}main(); }\n`;
        const ran = runSource(source, undefined, undefined, undefined, undefined, 4);
        const got = { output: ran.stdout, status: ran.outcome.kind === "exited" ? ran.outcome.code : -1 };
        expect(got, n === 0 ? "layouts" : `seed ${FIRST_SEED + n - 1}`).toEqual(verdicts[n]);
      });
    });
  },
);
