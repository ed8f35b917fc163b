import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findMallocAbi } from "../abi/glibc-structs";
import { type AnyMark, kernelMarkById, kernelMarks } from "../abi/kernel-marks";
import { allocatorFunctions, type AllocatorMark, marks } from "../abi/marks";
import { callPaths } from "../abi/call-paths";
import { outlineOf } from "../abi/mark-table";
import { markLabel, markLive, markTexts, operandText } from "../i18n/marks";
import { locales } from "../i18n/locale";

const folder = join(import.meta.dirname, "allocators/glibc");
const source = readdirSync(folder)
  .map((file) => readFileSync(join(folder, file), "utf8"))
  .join("\n");

/** Every place where the source emits a marker: how and which. */
const uses = [...source.matchAll(/\b(phase|line|decide)<\w+>\(\s*Mark\.(\w+)/g)].map(([, how = "", name = ""]) => ({
  how,
  name,
}));

const allMarks: readonly AnyMark[] = [...marks, ...kernelMarks];

const emitter = (mark: AllocatorMark): string => (mark.level === "phase" ? "phase" : mark.decides ? "decide" : "line");

describe("markers", () => {
  it("are each emitted at exactly one place, in the way the table says", () => {
    expect(uses.map(({ how, name }) => `${how} ${name}`).sort()).toEqual(
      marks.map((mark) => `${emitter(mark)} ${mark.name}`).sort(),
    );
  });

  it("are never named in the engine but to emit them", () => {
    expect([...source.matchAll(/\bMark\.\w+/g)].length).toBe(marks.length);
  });

  it("fit the 16 bits a record has for them", () => {
    expect(marks.every((mark, index) => mark.id === index + 1 && mark.id < 65536)).toBe(true);
    expect(kernelMarks.every((mark) => mark.id > marks.length && mark.id < 65536 && kernelMarkById(mark.id) === mark)).toBe(true);
  });

  it("appear once in the outlines", () => {
    const outlined = allocatorFunctions
      .flatMap((fn) => outlineOf(fn, marks))
      .flatMap(({ phase, lines }) => (phase ? [phase, ...lines] : lines));
    expect(outlined.map((mark) => mark.id).sort((x, y) => x - y)).toEqual(marks.map((mark) => mark.id));
  });

  it("belong to a function that some call can reach, or to a helper", () => {
    const reachable = new Set<string>(Object.values(callPaths).flat());
    const helpers = allocatorFunctions.filter((fn) => !reachable.has(fn));
    expect(helpers.toSorted()).toEqual([
      "alloc_perturb",
      "free_perturb",
      "malloc_init_state",
      "malloc_printerr",
      "tcache_double_free_verify",
      "tcache_get",
      "tcache_location_large",
      "tcache_put",
      "unlink_chunk",
      "unsorted_chunks",
    ]);
  });

  it("have a sentence in every language, with both answers where they decide", () => {
    for (const mark of allMarks) {
      for (const text of [markTexts[mark.name].en, markTexts[mark.name].zh]) {
        expect(typeof text === "string" ? 1 : text.length, mark.name).toBe(mark.level === "phase" ? 1 : mark.decides ? 3 : 2);
      }
    }
  });

  it("mention only operands they have, and each at most once", () => {
    for (const mark of allMarks) {
      for (const text of [markTexts[mark.name].en, markTexts[mark.name].zh].flat()) {
        const named = [...text.matchAll(/\{(\w+)\}/g)].map(([, operand]) => operand);
        const had = [mark.a === null ? [] : ["a"], mark.b === null ? [] : ["b"]].flat();
        expect(
          named.every((operand) => had.includes(operand ?? "")),
          `${mark.name}: ${text}`,
        ).toBe(true);
        expect(new Set(named).size, `${mark.name}: ${text}`).toBe(named.length);
      }
    }
  });

  it("read with their operands in place", () => {
    const mark = marks.find(({ name }) => name === "FreeTcacheRoom");
    if (mark === undefined) throw new Error("no such marker");
    expect(markLabel("en", mark)).toBe("room in tcache?");
    const full = { mark, a: 7n, b: 7n, answer: 0 };
    expect(markLive("en", full, null)).toBe("7 ≥ 7 → full");
    expect(markLive("zh-CN", full, null)).toBe("7 ≥ 7 → 已满");
    const limit = kernelMarks.find(({ name }) => name === "BrkDataLimit");
    if (limit === undefined) throw new Error("no such marker");
    expect(markLive("en", { mark: limit, a: 32n, b: 64n, answer: 1 }, null)).toBe("0x20 ≤ 0x40");
    expect(markLive("en", { mark: limit, a: 32n, b: 2n ** 64n - 1n, answer: 1 }, null)).toBe("0x20 ≤ RLIM_INFINITY");
    const wide = findMallocAbi("2.36", "amd64") ?? null;
    for (const locale of locales)
      for (const each of allMarks) expect(markLive(locale, { mark: each, a: 1n, b: 2n, answer: 1 }, wide)).not.toMatch(/[{}]/);
  });

  it.each([
    ["2.36", "amd64", "tcache", 1n, "[0x30]"],
    ["2.36", "i386", "tcache", 1n, "[0x20]"],
    ["2.36", "amd64", "fast", 2n, "[0x40]"],
    ["2.36", "i386", "fast", 2n, "[0x20]"],
    ["2.12.1", "i386", "fast", 1n, "[0x18]"],
    ["2.42", "amd64", "tcache", 63n, "[0x410]"],
    ["2.42", "amd64", "tcache", 64n, "[0x420]"],
    ["2.42", "amd64", "tcache", 65n, "[0x800]"],
    ["2.36", "amd64", "tcache", 64n, "[0x420]"],
  ] as const)("name the lists of glibc %s %s by their sizes: %s %s", (glibc, width, kind, index, text) => {
    expect(operandText(kind, index, findMallocAbi(glibc, width) ?? null)).toBe(text);
  });
});
