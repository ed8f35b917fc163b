import { describe, expect, it } from "vitest";
import { gccMissing, judge, preamble } from "../clang/testing/gcc";
import { randomProgram } from "../clang/testing/random-program";
import { runSource } from "../clang/testing/run-program";

const missing = gccMissing();

const FIRST_SEED = Number(process.env.C_SEED ?? 1);
const COUNT = Number(process.env.C_PROGRAMS ?? 300);
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
