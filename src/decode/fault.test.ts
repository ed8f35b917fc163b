import { describe, expect, it } from "vitest";
import type { CTypeInfo, DebugInfo } from "../abi/debug-info";
import { faultPlace, faultPointer, nullLink } from "./fault";
import { sampleVma } from "./testing/spaces";
import type { NamedPointer } from "./types";

const vma = (name: string, start: number, end: number) => sampleVma(start, end - start, { kind: "heap", name });
const space = { vmas: [vma("[heap]", 0x5000_0000, 0x5002_1000), vma("[stack]", 0x7fff_0000, 0x7fff_f000)] };

describe("the place of a fault", () => {
  it("is NULL in page 0, and protected memory inside a mapping", () => {
    expect(faultPlace(space, 8)).toEqual({ kind: "null" });
    expect(faultPlace(space, 0x5000_0010)).toMatchObject({ kind: "protected", vma: { name: "[heap]" } });
  });

  it("is told from the nearer mapping, and from none when all are far away", () => {
    expect(faultPlace(space, 0x5002_1000)).toMatchObject({ kind: "past", distance: 0, vma: { name: "[heap]" } });
    expect(faultPlace(space, 0x7ffe_fff8)).toMatchObject({ kind: "before", distance: 8, vma: { name: "[stack]" } });
    expect(faultPlace(space, 0x4141_4141_4141)).toEqual({ kind: "nowhere" });
  });
});

describe("the pointer of a fault", () => {
  const pointer = (path: string, value: number, frame = 0): NamedPointer => ({
    path,
    value,
    frame,
    addr: 0x7fff_e000,
    depth: 0,
    functionName: "main",
    typeText: "char *",
  });

  const known = (pointers: readonly NamedPointer[]) => ({ pointers, variables: [] });

  it("is a variable that holds NULL", () => {
    const q = {
      name: "q",
      typeText: "int *",
      addr: 0x7fff_e010,
      frame: 0,
      functionName: "main",
      sizeBytes: 8,
      value: 0n,
      pointer: true,
    };
    expect(faultPointer("q[2] = 1;", { pointers: [], variables: [q] }, 8)).toEqual({ path: "q", addr: 0x7fff_e010, offset: 8 });
  });

  it("is one that the statement names, with the distance from where it points", () => {
    const pointers = [pointer("p", 0x5000_0000), pointer("pp", 0x5000_0ff0), pointer("q", 0x5000_0008)];
    expect(faultPointer("memset(p, 65, n);", known(pointers), 0x5002_1000)).toMatchObject({ path: "p", offset: 0x2_1000 });
    expect(faultPointer("*r = 1;", known(pointers), 0x5002_1000)).toBeNull();
  });

  it("is the link that was followed rather than the list it hangs on", () => {
    const pointers = [pointer("list", 0x4141_0000), pointer("list->next", 0x4141_0000)];
    expect(faultPointer("list->next->value = 1;", known(pointers), 0x4141_0008)).toMatchObject({ path: "list->next", offset: 8 });
  });

  it("is none of a calling function", () => {
    expect(faultPointer("*p = 1;", known([pointer("p", 0, 1)]), 0)).toBeNull();
  });
});

describe("a NULL link", () => {
  const node: CTypeInfo = {
    kind: "struct",
    tag: "node",
    sizeBytes: 16,
    fields: [
      { name: "value", offset: 0, type: { kind: "int", name: "int", sizeBytes: 4, signed: true } },
      { name: "next", offset: 8, type: { kind: "pointer", to: { kind: "ref", tag: "node" } } },
    ],
  };
  const scope = { start: 0, end: 100, line: 1, column: 1 };
  const list = { name: "list", type: { kind: "pointer", to: node }, typeText: "struct node *", location: -8, scope } as const;
  const debug: DebugInfo = {
    functions: [{ name: "main", span: scope, frameBytes: 16, variables: [list] }],
    globals: [],
    statements: [],
  };
  const variable = {
    name: "list",
    typeText: "struct node *",
    addr: 0x7f00,
    frame: 0,
    functionName: "main",
    sizeBytes: 8,
    value: 0x5000n,
    pointer: true,
  };
  /** list → node at 0x5000 → node at 0x6000 → NULL. */
  const words = new Map([
    [0x7f00, 0x5000],
    [0x5008, 0x6000],
    [0x6008, 0],
  ]);
  const word = (addr: number): number => words.get(addr) ?? 0;
  const reader = { word, exact: (addr: number) => BigInt(word(addr)) };
  const known = { pointers: [], variables: [variable], reader };

  it("is found by following the statement's own members", () => {
    expect(nullLink("list->next->next->value = 3;", known, debug, 0)).toEqual({
      path: "list->next->next",
      addr: 0x6008,
      offset: 0,
    });
  });

  it("is none where the members lead somewhere, do not exist, or the address is not one of page 0", () => {
    expect(nullLink("list->next->value = 3;", known, debug, 0)).toBeNull();
    expect(nullLink("list->other->value = 3;", known, debug, 0)).toBeNull();
    expect(nullLink("list->next->next->value = 3;", known, debug, 0x5000)).toBeNull();
  });
});
