import { describe, expect, it } from "vitest";
import { loadLocale } from "../i18n";
import { scenarioTexts } from "../i18n/scenarios";
import { builtinScenarios } from "./builtin";
import { builtinSlugs, defaultScenario, scenarioGroups } from "./builtin-list";

describe("the built-in scenarios", () => {
  it("stand in one group each", () => {
    expect(Object.values(scenarioGroups).flat().toSorted()).toEqual(builtinSlugs.toSorted());
  });

  it("have each a title and a blurb in both languages", async () => {
    await loadLocale("zh-CN");
    for (const slug of builtinSlugs) {
      for (const language of ["en", "zh-CN"] as const) {
        expect(scenarioTexts[language][slug].title.length).toBeGreaterThan(3);
        expect(scenarioTexts[language][slug].blurb.length).toBeGreaterThan(3);
      }
      const { title, blurb } = scenarioTexts["zh-CN"][slug];
      expect(title + blurb).toMatch(/\p{Script=Han}/u);
    }
  });

  it("fit on a screen and start at a statement that exists", () => {
    for (const { source, startLine = 0, slug, machine } of builtinScenarios) {
      const lines = source.trimEnd().split("\n");
      expect(lines.length, slug ?? "").toBeGreaterThanOrEqual(15);
      expect(lines.length, slug ?? "").toBeLessThanOrEqual(40);
      // The program column of the page shows this much without scrolling.
      expect(Math.max(...lines.map((line) => line.length)), slug ?? "").toBeLessThanOrEqual(46);
      // One that shows how its program is loaded begins before that.
      if (machine.loading === true) continue;
      expect(startLine, slug ?? "").toBeGreaterThan(lines.findIndex((line) => line.startsWith("int main")));
      expect(lines[startLine - 1]?.trim(), slug ?? "").not.toBe("");
    }
  });

  it("begin with the first malloc", () => {
    expect(defaultScenario.slug).toBe("first-malloc");
  });
});
