import { expect, it } from "vitest";
import { byLocale, loadLocale } from "./by-locale";
import { shellTexts } from "./shell";

it("a language that is not fetched yet is spoken in English, then in its own words", async () => {
  const own = byLocale("own", (zh) => zh.shell.header.scenario);
  expect(own["zh-CN"]).toBe("own");
  await loadLocale("zh-CN");
  expect(own).toEqual({ en: "own", "zh-CN": "场景" });
  expect(shellTexts["zh-CN"].header.otherLanguage).toBe("EN");
  expect(shellTexts.en.header.otherLanguage).toBe("中文");
});
