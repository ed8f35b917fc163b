import { beforeAll, describe, expect, it, test } from "vitest";
import type { Comparison } from "../../protocol/comparison";
import { builtinScenario } from "../../scenario/builtin";
import { fifteenYearsSteps } from "../../scenario/history/fifteen-years";
import { defaultMachine, type MachineSettings, type Scenario } from "../../scenario/scenario";
import { loadEngine } from "../../headless/engine-module";
import type { Host } from "../time/host";
import { createScenarioHost } from "../time/load";
import { compareMachines } from "./compare";

let host: Host;
beforeAll(async () => {
  const engine = await loadEngine();
  host = createScenarioHost(() => engine);
}, 120_000);

const on = (glibc: string, more: Partial<MachineSettings> = {}): MachineSettings => ({ ...defaultMachine, ...more, glibc });
const program = (source: string): Scenario => ({ version: 1, slug: null, title: null, source, machine: defaultMachine });

async function compare(scenario: Scenario, a: MachineSettings, b: MachineSettings): Promise<Comparison> {
  const result = await compareMachines(
    {
      host,
      run: async (timeline, enough) => {
        timeline.setBudget(5_000_000);
        while (timeline.slice(50_000) === null && !enough()) continue;
        return true;
      },
    },
    scenario,
    [a, b],
  );
  if (!result.ok) throw new Error(result.problem.kind);
  return result.value;
}

describe("fifteen years in ten minutes", () => {
  const scenario = builtinScenario("fifteen-years");
  const lines = scenario.source.split("\n");

  test.each(fifteenYearsSteps)(
    "$before and $release part at $statement by $change",
    async ({ before, release, statement, change }) => {
      const { calls, divergence, a, b } = await compare(scenario, on(before), on(release));
      expect([a.status, b.status]).toEqual(["exited", "exited"]);
      const call = divergence === null ? undefined : calls[divergence.call];
      expect(lines[(call?.a?.line ?? 0) - 1]?.trim().startsWith(statement), `${call?.a?.api} in line ${call?.a?.line}`).toBe(
        true,
      );
      expect(divergence?.explanation?.entries).toContain(change);
      expect(divergence?.explanation?.certain).toBe(true);
      // Both columns can be taken there.
      expect(divergence?.cursorA).toBe(call?.a?.begin);
      expect(divergence?.cursorB).toBe(call?.b?.begin);
    },
    60_000,
  );
});

describe("a comparison", () => {
  const source = `
#include <stdlib.h>
int main(void) {
  char *a = malloc(24), *b = malloc(24);
  free(a);
  free(b);
  char *c = calloc(1, 24);
  free(c);
  return c == b;
}`;

  it("of a machine with itself finds nothing", async () => {
    const { divergence, calls, first } = await compare(program(source), on("2.36"), on("2.36"));
    expect(divergence).toBeNull();
    expect(first).toEqual({ decision: -1, words: -1, address: -1 });
    expect(calls.every(({ differs }) => differs.length === 0)).toBe(true);
    expect(calls).toHaveLength(6);
  }, 60_000);

  it("is the same seen from the other side, and ends may differ too", async () => {
    const forth = await compare(program(source), on("2.36"), on("2.41"));
    const back = await compare(program(source), on("2.41"), on("2.36"));
    expect(forth.divergence?.explanation).toEqual({ before: "2.40", release: "2.41", entries: ["calloc-tcache"], certain: true });
    expect(back.divergence?.explanation).toEqual(forth.divergence?.explanation);
    expect(back.divergence?.call).toBe(forth.divergence?.call);
    expect([forth.a.exitCode, forth.b.exitCode]).toEqual([0, 1]);
  }, 60_000);

  it("of other settings under one version names no change of upstream’s", async () => {
    const { divergence } = await compare(
      program(source),
      on("2.36"),
      on("2.36", { environment: { GLIBC_TUNABLES: "glibc.malloc.tcache_count=0" } }),
    );
    expect(divergence?.aspect).toBe("decision");
    expect(divergence?.explanation).toBeNull();
  }, 60_000);

  it("finds an abort that only one version knows", async () => {
    const twice = program(`#include <stdlib.h>
int main(void) { char *a = malloc(24); malloc(24); free(a); free(a); return 0; }`);
    const { divergence, calls, a, b } = await compare(twice, on("2.27"), on("2.29"));
    expect([a.status, b.status]).toEqual(["exited", "abort"]);
    expect(calls[divergence?.call ?? 0]?.b?.finished).toBe(false);
    expect(divergence?.explanation?.entries).toEqual(["tcache-key"]);
  }, 60_000);

  it("of a mapping that mremap moves tells the same way, whatever the layout of mapped chunks", async () => {
    const { calls } = await compare(builtinScenario("mmap-threshold"), on("2.36"), on("2.43"));
    const moved = calls.filter(({ a: call }) => call?.api === "realloc");
    expect(moved.map(({ a: left, b: right }) => [left?.path, right?.path])).toContainEqual(["mmap", "mmap"]);
  }, 60_000);

  it("rejects a program that does not compile", async () => {
    const result = await compareMachines({ host, run: () => Promise.resolve(true) }, program("int main(void) {"), [
      on("2.31"),
      on("2.36"),
    ]);
    expect(!result.ok && result.problem.kind).toBe("rejected");
  });
});
