import { expect, test } from "vitest";
import { runSteps } from "./steps.mjs";

const good = (name: string, after: readonly string[] = []) => ({
  name,
  after,
  run: async () => ({ passed: 1, failed: 0, summary: "" }),
});

test("a step runs after what it needs, and its results keep the order of the list", async () => {
  const order: string[] = [];
  const steps = [good("c", ["b"]), good("b", ["a"]), good("a")];
  const results = await runSteps(steps, (each) => order.push(each.name), 2);
  expect(order).toEqual(["a", "b", "c"]);
  expect(results.map((each) => each.name)).toEqual(["c", "b", "a"]);
});

test("what depends on a failed step is not run and counts as failed", async () => {
  const bad = { name: "a", run: async () => ({ passed: 0, failed: 2, summary: "" }) };
  const results = await runSteps([bad, good("b", ["a"]), good("c")], () => {}, 2);
  expect(results.map((each) => [each.passed, each.failed])).toEqual([
    [0, 2],
    [0, 1],
    [1, 0],
  ]);
});

test("a step that throws is a failure with its stack, not an end of the whole run", async () => {
  const thrower = { name: "a", run: async () => Promise.reject(new Error("broken")) };
  const [result] = await runSteps([thrower], () => {}, 2);
  expect(result?.failed).toBe(1);
  expect(result?.details).toContain("broken");
});

test("a step that wants to be alone has no company", async () => {
  let now = 0;
  const seen: number[] = [];
  const busy = (name: string, alone: boolean) => ({
    name,
    alone,
    run: async () => {
      now++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push(alone ? now : 0);
      now--;
      return { passed: 1, failed: 0, summary: "" };
    },
  });
  await runSteps([busy("a", false), busy("b", true), busy("c", false), busy("d", true)], () => {}, 3);
  expect(seen.filter((each) => each > 0)).toEqual([1, 1]);
});

test("steps that wait for each other are told, not waited for", async () => {
  await expect(runSteps([good("a", ["b"]), good("b", ["a"])], () => {}, 2)).rejects.toThrow("wait for each other");
});
