import { describe, expect, it } from "vitest";
import type { Operation, RunSummary } from "../../protocol/messages";
import { previewOf } from "./preview";

const before = "int main(void) {\n  char *a = malloc(8);\n  free(a);\n}\n";
const after = before.replace("}", "  free(a);\n}");

const call = (line: number, finished: boolean) => ({ line, finished, api: "free" }) as Operation;

/** A run whose last statement stands on `line`. Only what a preview reads. */
function run(status: RunSummary["status"], line: number, operations: readonly Operation[]): RunSummary {
  const debug = { statements: [{ span: { line } }] };
  const statements = { at: Uint32Array.of(0), statement: Uint32Array.of(0) };
  return {
    status,
    operations,
    debug,
    statements,
    message: "free(): double free detected in tcache 2\n",
  } as unknown as RunSummary;
}

describe("the preview of a call", () => {
  it("is the call that the new line made", () => {
    const added = call(4, true);
    expect(previewOf(run("exited", 4, [call(2, true), call(3, true), added]), before, after)).toEqual({
      kind: "call",
      operation: added,
    });
  });

  it("is the abort that the new line caused, and nothing when the program died before it", () => {
    expect(previewOf(run("abort", 4, [call(4, false)]), before, after)).toMatchObject({
      kind: "abort",
      message: "free(): double free detected in tcache 2",
    });
    expect(previewOf(run("abort", 3, [call(3, false)]), before, after)).toBeNull();
  });

  it("is nothing for a statement that makes no call and does no harm", () => {
    expect(previewOf(run("exited", 4, []), before, after)).toBeNull();
  });
});
