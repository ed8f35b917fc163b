import { describe, expect, it } from "vitest";
import type { CTypeInfo, DebugInfo, SourceSpan, VariableInfo } from "../../abi/debug-info";
import { PointerNames } from "./names";

const scope: SourceSpan = { start: 0, end: 99, line: 1, column: 1 };
const pointer: CTypeInfo = { kind: "pointer", to: { kind: "void" } };
const variable = (name: string, type: CTypeInfo, location: number): VariableInfo => ({
  name,
  type,
  typeText: "",
  location,
  scope,
});
const node: CTypeInfo = {
  kind: "struct",
  tag: "node",
  sizeBytes: 16,
  fields: [
    { name: "value", offset: 0, type: { kind: "int", name: "int", sizeBytes: 4, signed: true } },
    { name: "next", offset: 8, type: pointer },
  ],
};
const debug: DebugInfo = {
  functions: [
    {
      name: "main",
      span: scope,
      frameBytes: 96,
      variables: [
        variable("a", pointer, -8),
        variable("t", { kind: "array", of: pointer, length: 3 }, -32),
        variable("list", { kind: "array", of: node, length: 2 }, -64),
      ],
    },
    { name: "make", span: scope, frameBytes: 32, variables: [variable("p", pointer, -8)] },
  ],
  globals: [variable("g", pointer, 0x4000)],
  statements: [],
};

const STACK = 0x7ffc_0000;
function inMain(): PointerNames {
  const names = new PointerNames(debug);
  names.enter(0, STACK);
  names.setStack(STACK - 96);
  return names;
}

describe("a block is named", () => {
  it("after the variable, array element or struct member that was given its address", () => {
    const names = inMain();
    for (const [block, addr, name] of [
      [0x1000, STACK - 8, "a"],
      [0x1010, STACK - 32 + 16, "t[2]"],
      [0x1020, STACK - 64 + 24, "list[1].next"],
      [0x1030, 0x4000, "g"],
    ] as const) {
      names.born(block);
      expect(names.nameOf(block)).toBe("");
      names.stored(addr, block);
      expect(names.nameOf(block)).toBe(name);
    }
  });

  it("after the first that still holds it", () => {
    const names = inMain();
    names.born(0x1000);
    names.stored(STACK - 8, 0x1000);
    names.stored(0x4000, 0x1000);
    expect(names.nameOf(0x1000)).toBe("a");
    names.stored(STACK - 8, 0);
    expect(names.nameOf(0x1000)).toBe("g");
  });

  it("not after a variable of a function that has returned", () => {
    const names = inMain();
    names.enter(1, STACK - 112);
    names.setStack(STACK - 144);
    names.born(0x1000);
    names.stored(STACK - 120, 0x1000);
    expect(names.nameOf(0x1000)).toBe("p");
    names.leave();
    names.setStack(STACK - 96);
    expect(names.nameOf(0x1000)).toBe("");
    names.stored(STACK - 8, 0x1000);
    expect(names.nameOf(0x1000)).toBe("a");
  });

  it("anew when its address is handed out again", () => {
    const names = inMain();
    names.born(0x1000);
    names.stored(STACK - 8, 0x1000);
    names.born(0x1000);
    expect(names.nameOf(0x1000)).toBe("");
  });
});
