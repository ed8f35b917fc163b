import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { freshName, statementOf } from "./parse";

describe("the call bar's language", () => {
  it.each([
    ["malloc 24", "char *p1 = malloc(24);"],
    ["calloc 4 16", "char *p1 = calloc(4, 16);"],
    ["memalign 64 100", "char *p1 = memalign(64, 100);"],
    ["free b", "free(b);"],
    ["free t[3]", "free(t[3]);"],
    ["realloc a 100", "a = realloc(a, 100);"],
    ["malloc_trim 0", "malloc_trim(0);"],
    ["mallopt M_MMAP_THRESHOLD 65536", "mallopt(M_MMAP_THRESHOLD, 65536);"],
    ["write a 41 42", 'memcpy(a, "\\x41\\x42", 2);'],
    ["free(b);", "free(b);"],
    ["malloc(24)", "char *p1 = malloc(24);"],
    ["a = malloc(24)", "a = malloc(24);"],
  ])("%s is %s", (input, statement) => {
    expect(statementOf(input, "")).toBe(statement);
  });

  it.each(["", "   ", "fre b", "free", "free a b", "realloc a", "mallopt X 1"])("%j is no call", (input) => {
    expect(statementOf(input, "")).toBeNull();
  });

  it("never throws, and never gives a name that the program uses", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (input, source) => void statementOf(input, source)));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 })), (used) => {
        const source = used.map((n) => `char *p${n};`).join("\n");
        expect(source).not.toMatch(new RegExp(`\\b${freshName(source)}\\b`));
      }),
    );
  });
});
