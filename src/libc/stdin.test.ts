import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gccMissing, preamble } from "../clang/testing/gcc";
import { runSource } from "../clang/testing/run-program";

const ours = (source: string, input: string) => runSource(source, undefined, undefined, undefined, undefined, undefined, input);

/** Programs that read, and what they are given. */
const samples: readonly (readonly [name: string, body: string, inputs: readonly string[]])[] = [
  [
    "getchar, ungetc and feof",
    `int c, n = 0; while ((c = getchar()) != EOF) { n++; if (c == 'x') { ungetc('y', stdin); putchar('<'); } else putchar(c); }
     printf("|%d %d %d\\n", n, feof(stdin) != 0, getchar());`,
    ["", "abc\n", "axbx", "\n\n"],
  ],
  [
    "fgets",
    `char s[8]; int n = 0; while (fgets(s, sizeof s, stdin)) printf("%d[%s]%zu\\n", n++, s, strlen(s)); printf("%d\\n", feof(stdin) != 0);`,
    ["", "short\nand a longer line\n", "no newline", "1234567", "1234567\n8\n"],
  ],
  [
    "integers of every size",
    `int a = -1, b = -1; unsigned u = 7; long l = 3; long long ll = 4; short h = 5; signed char hh = 6; size_t z = 1;
     int r = scanf("%d %i %x %ld %lld %hd %hhd %zu", &a, &b, &u, &l, &ll, &h, &hh, &z);
     printf("%d: %d %d %u %ld %lld %d %d %zu\\n", r, a, b, u, l, ll, h, hh, z);`,
    [
      "1 2 3 4 5 6 7 8",
      "-1 0x1F ff -12345678901 987654321012 70000 300 18446744073709551615",
      "1 010 0xAbC",
      "12 x",
      "",
      "  \n",
      "+5 -0x10 g",
    ],
  ],
  [
    "words, sets and widths",
    `char s[20] = "-", t[20] = "-", u[20] = "-", c[4] = "..."; int n = -1, r = scanf("%5s %[a-c] %[^,],%3c%n", s, t, u, c, &n);
     printf("%d [%s] [%s] [%s] [%.3s] %d\\n", r, s, t, u, c, n); printf("rest %d\\n", getchar());`,
    ["hello abcabd ef,ghijk", "toolongword aaa b,xyz", "one", "a b c,de", "a z,z"],
  ],
  [
    "floating point",
    `float f = -1; double d = -1; int r = scanf("%f %lf", &f, &d); printf("%d %g %.12g\\n", r, f, d);`,
    ["1.5 2.25e3", ".5 -7", "1e2 x", "abc", "3 4"],
  ],
  [
    "suppressed and literal",
    `int a = 0, b = 0; int r = scanf("%*d,%d %% %d", &a, &b); printf("%d %d %d\\n", r, a, b);`,
    ["1,2 % 3", "1,2%3", "1 2", "1,x"],
  ],
  [
    "a loop of pairs",
    `int a, b, sum = 0, r; while ((r = scanf("%d %d", &a, &b)) == 2) sum += a * b; printf("%d %d\\n", sum, r);`,
    ["1 2\n3 4\n5 6\n", "1 2 3", "1 2 x", ""],
  ],
  [
    "fread and sscanf",
    `char s[32] = ""; size_t n = fread(s, 4, 3, stdin); int a = 0, k = 0; char w[9] = ""; int r = sscanf(s, "%d:%8s%n", &a, w, &k);
     printf("%zu %d %d %s %d\\n", n, r, a, w, k);`,
    ["12:words and more", "7", "5:x y z", ""],
  ],
  [
    "strtok, strspn and relatives",
    `char s[64]; if (!fgets(s, sizeof s, stdin)) return 1; for (char *p = strtok(s, " ,\\n"); p; p = strtok(NULL, " ,\\n")) printf("[%s]", p);
     char t[] = "a=1;b=2"; char *rest; for (char *p = strtok_r(t, ";", &rest); p; p = strtok_r(NULL, ";", &rest)) printf("{%s}", p);
     printf(" %zu %zu %s\\n", strspn("aabbc", "ab"), strcspn("hello", "l"), strpbrk("this-that", "-x"));`,
    ["one, two,,three\n", " , ", "x", "a b c d e f g"],
  ],
];

describe("standard input", () => {
  it("stands in a buffer on the heap, made at the first read", () => {
    const { target, stdout } = ours(`${preamble}int main(void) { int c = getchar(); putchar(c); return 0; }`, "z");
    expect(target.calls.filter((call) => call.startsWith("malloc"))).toEqual(["malloc 4096", "malloc 1024"]);
    expect(stdout).toBe("z");
  });
});

const missing = gccMissing();
describe.skipIf(missing !== null)(`reading against gcc${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  it.each(samples)("%s", { timeout: 30_000 }, (_, body, inputs) => {
    const source = `${preamble}int main(void) {\n${body}\nreturn 0; }\n`;
    const folder = mkdtempSync(join(tmpdir(), "stdin-"));
    try {
      writeFileSync(join(folder, "p.c"), source);
      const built = spawnSync("gcc", ["-w", "-o", join(folder, "p"), join(folder, "p.c")], { encoding: "utf8" });
      expect(built.stderr).toBe("");
      for (const input of inputs) {
        const real = spawnSync(join(folder, "p"), { input, encoding: "latin1" });
        const ran = ours(source, input);
        expect({ out: ran.stdout, code: ran.outcome.kind === "exited" ? ran.outcome.code : -1 }, JSON.stringify(input)).toEqual({
          out: real.stdout,
          code: real.status,
        });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
