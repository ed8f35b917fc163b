import { describe, expect, test } from "vitest";
import type { CTypeInfo, DebugInfo, SourceSpan, VariableInfo } from "../abi/debug-info";
import { chunkBuilder } from "./chunk-table";
import { callSites, type CRegisters, stackFrames } from "./frames";
import { recordedView } from "./memory";
import { chunkNames, chunkPointers, mayFollow } from "./names";
import { chunkState } from "./types";
import { namedPointers, variableValues } from "./variables";
import { wordReader } from "./words";

const HEAP = 0x5555_5555_9000;
const STACK = 0x7fff_ffff_e000;
const GLOBAL = 0x5555_5555_8010;

const int: CTypeInfo = { kind: "int", name: "int", sizeBytes: 4, signed: true };
const char: CTypeInfo = { kind: "int", name: "char", sizeBytes: 1, signed: true };
const charPointer: CTypeInfo = { kind: "pointer", to: char };
const node: CTypeInfo = {
  kind: "struct",
  tag: "node",
  sizeBytes: 16,
  fields: [
    { name: "value", offset: 0, type: int },
    { name: "next", offset: 8, type: { kind: "pointer", to: { kind: "ref", tag: "node" } } },
  ],
};
const nodePointer: CTypeInfo = { kind: "pointer", to: node };

const span = (start: number, end: number): SourceSpan => ({ start, end, line: 1, column: 1 });
const variable = (name: string, type: CTypeInfo, location: number, scope = span(0, 1000)): VariableInfo => ({
  name,
  type,
  typeText: name,
  location,
  scope,
});

/** main calls f; f's frame lies below main's. */
const debug: DebugInfo = {
  functions: [
    {
      name: "main",
      span: span(0, 500),
      frameBytes: 64,
      variables: [
        variable("a", charPointer, -8),
        variable("t", { kind: "array", of: charPointer, length: 2 }, -24),
        variable("list", nodePointer, -32),
        variable("n", int, -36),
        variable("a", charPointer, -48, span(100, 200)),
        variable("late", charPointer, -56, span(400, 500)),
      ],
    },
    { name: "f", span: span(500, 900), frameBytes: 16, variables: [variable("p", charPointer, -8)] },
  ],
  globals: [variable("g", charPointer, GLOBAL)],
  statements: [
    { span: span(50, 60), functionId: 0, addr: 0x1000 },
    { span: span(120, 130), functionId: 0, addr: 0x1010 },
    { span: span(600, 610), functionId: 1, addr: 0x1020 },
  ],
};

const user = (index: number): number => HEAP + 0x10 + index * 0x20;

function world() {
  const stack = new Uint8Array(0x100);
  const view = new DataView(stack.buffer);
  const main = STACK + 0xe0;
  const f = STACK + 0x40;
  const put = (addr: number, value: number): void => view.setBigUint64(addr - STACK, BigInt(value), true);
  put(main - 8, user(0));
  put(main - 24, user(1));
  put(main - 16, user(2) + 4);
  put(main - 32, user(3));
  view.setInt32(main - 36 - STACK, -5, true);
  put(main - 48, user(2));
  put(f, main);
  put(f + 8, 0x1014);
  put(f - 8, user(0));
  const heap = new Uint8Array(0x100);
  new DataView(heap.buffer).setBigUint64(0x18 + 0x60, BigInt(user(4)), true);
  new DataView(heap.buffer).setBigUint64(0x18 + 0x80, BigInt(user(3)), true);
  const global = new Uint8Array(8);
  new DataView(global.buffer).setBigUint64(0, BigInt(user(1)), true);
  const memory = recordedView([
    { addr: STACK, bytes: stack },
    { addr: HEAP, bytes: heap },
    { addr: GLOBAL, bytes: global },
  ]);
  const builder = chunkBuilder();
  for (let i = 0; i < 5; i++) builder.push(HEAP + i * 0x20, 0x20, 1, i === 1 ? chunkState.tcache : chunkState.inuse, 0);
  return { reader: wordReader(memory, 8), main, f, table: builder.finish(5, HEAP, HEAP + 0xa0) };
}

const registers = (frame: number, statement: number): CRegisters => ({ frame, stack: frame - 64, statement });

describe("frames", () => {
  test("are followed from callee to caller, each at the statement it stands in", () => {
    const { reader, f, main } = world();
    const frames = stackFrames(reader, debug, registers(f, 2));
    expect(frames.map(({ frame, info, statement }) => [frame, info.name, statement])).toEqual([
      [f, "f", 2],
      [main, "main", 1],
    ]);
  });
  test("end where a return address says nothing", () => {
    const { reader, f } = world();
    expect(stackFrames(reader, debug, registers(f, 2), () => -1)).toHaveLength(1);
    expect(callSites(debug)(0x1000)).toBe(-1);
  });
  test("that point at themselves or downwards end the chain", () => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(STACK), true);
    expect(stackFrames(wordReader(recordedView([{ addr: STACK, bytes }]), 8), debug, registers(STACK, 0))).toHaveLength(1);
  });
});

describe("variables", () => {
  test("in scope have values; a nearer one hides its namesake; others are not there", () => {
    const { reader, main } = world();
    const values = variableValues(reader, debug, stackFrames(reader, debug, registers(main, 1)));
    expect(values.map(({ name, value }) => [name, value])).toEqual([
      ["a", BigInt(user(2))],
      ["t", null],
      ["list", BigInt(user(3))],
      ["n", -5n],
      ["g", BigInt(user(1))],
    ]);
  });
  test("name every chunk they lead to, through arrays and struct pointers, once", () => {
    const { reader, main, table } = world();
    const frames = stackFrames(reader, debug, registers(main, 0));
    const pointers = chunkPointers(table, namedPointers(reader, debug, frames, mayFollow(table)), 8);
    expect(pointers.map(({ pointer, row, offset, dangling }) => [pointer.path, row, offset, dangling])).toEqual([
      ["a", 0, 0, false],
      ["t[0]", 1, 0, true],
      ["t[1]", 2, 4, false],
      ["list", 3, 0, false],
      ["list->next", 4, 0, false],
      ["list->next->next", 3, 0, false],
      ["g", 1, 0, true],
    ]);
    expect([...chunkNames(table, pointers)]).toEqual([
      [HEAP, "a"],
      [HEAP + 0x20, "t[0]"],
      [HEAP + 0x60, "list"],
      [HEAP + 0x80, "list->next"],
    ]);
    expect(chunkNames(table, pointers, new Map([[user(1), "g"]])).get(HEAP + 0x20)).toBe("g");
  });
  test("of a caller are named after those of the callee", () => {
    const { reader, f, table } = world();
    const pointers = namedPointers(reader, debug, stackFrames(reader, debug, registers(f, 2)), mayFollow(table));
    expect(pointers.map((pointer) => [pointer.path, pointer.frame]).slice(0, 2)).toEqual([
      ["p", 0],
      ["a", 1],
    ]);
    expect(chunkNames(table, chunkPointers(table, pointers, 8)).get(HEAP)).toBe("p");
  });
  test("what a freed chunk holds is not followed", () => {
    const { reader, main, table } = world();
    table.state[3] = chunkState.tcache;
    const pointers = namedPointers(reader, debug, stackFrames(reader, debug, registers(main, 0)), mayFollow(table));
    expect(pointers.map((pointer) => pointer.path)).not.toContain("list->next");
  });
});
