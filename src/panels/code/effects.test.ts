import { describe, expect, it } from "vitest";
import type { Operation } from "../../protocol/messages";
import { lineEffects } from "./effects";

const operation = (part: Partial<Operation>): Operation => ({
  index: 0,
  api: "malloc",
  args: [24],
  argText: ["24"],
  result: 0x1000,
  resultText: "0x1000",
  errno: 0,
  begin: 0,
  end: 10,
  statement: 0,
  line: 1,
  name: "a",
  path: "top",
  finished: true,
  thread: 0,
  ...part,
});

describe("badges beside the code", () => {
  it("say where the block came from or went to", () => {
    const badges = lineEffects(
      [
        operation({ line: 1 }),
        operation({ line: 2, api: "free", path: "tcache", begin: 10 }),
        operation({ line: 3, path: "large", begin: 20 }),
        operation({ line: 4, result: 0, path: "error", begin: 30 }),
      ],
      100,
    );
    expect(badges.map(({ line, text }) => [line, text])).toEqual([
      [1, "+top"],
      [2, "tcache"],
      [3, "+large"],
      [4, "NULL"],
    ]);
  });

  it("count equal calls of a line and join different ones", () => {
    const frees = [...Array(7).keys()].map((i) => operation({ api: "free", path: "tcache", begin: i, line: 5 }));
    const last = operation({ api: "free", path: "fast", begin: 8, line: 5 });
    expect(lineEffects([...frees, last], 100)).toEqual([{ line: 5, text: "7× tcache · fast", role: "fast" }]);
  });

  it("know nothing of calls after the cursor", () => {
    expect(lineEffects([operation({ begin: 5 })], 5)).toEqual([]);
  });

  it("mark the call in which the program died", () => {
    expect(lineEffects([operation({ api: "free", finished: false, path: "error" })], 100)[0]).toMatchObject({
      text: "✕",
      role: "bad",
    });
  });
});
