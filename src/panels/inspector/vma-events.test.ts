import { describe, expect, it } from "vitest";
import { type KernelCallName, kernelCallNames } from "../../abi/api";
import { vmFlag } from "../../abi/kernel";
import type { VmaChange, VmaState } from "../../protocol/messages";
import { eventsOf } from "./vma-events";

const rw = vmFlag.READ | vmFlag.WRITE;
const at = (start: number, end: number, flags: number = rw): VmaState => ({ start: start * 4096, end: end * 4096, flags });
const range = (start: number, end: number) => ({ start: start * 4096, end: end * 4096 });
const change = (call: KernelCallName, before: VmaState | null, after: VmaState | null, rest: Partial<VmaChange> = {}) =>
  eventsOf({ at: 1, call: kernelCallNames.indexOf(call), before, after, taken: [], given: [], ...rest });

describe("a change of a VMA", () => {
  it("that makes it says where it comes from", () => {
    const made = at(10, 14);
    expect(change("mmap", null, made)).toEqual([{ kind: "made", bytes: 0x4000, rights: "rw-p", over: [] }]);
    expect(change("mmap", null, made, { taken: [range(8, 20)] })).toMatchObject([{ kind: "made", over: [range(8, 20)] }]);
    expect(change("mprotect", null, made, { taken: [range(8, 20)] })).toEqual([{ kind: "splitOff", of: range(8, 20) }]);
    expect(change("fork", null, made)).toEqual([{ kind: "copied" }]);
  });

  it("that moves an end says what was or is beyond", () => {
    expect(change("brk", at(10, 14), at(10, 20))).toEqual([{ kind: "grew", end: "end", bytes: 0x6000, joined: [], over: [] }]);
    expect(change("mprotect", at(10, 14), at(8, 14), { taken: [range(8, 10)] })).toMatchObject([
      { kind: "grew", end: "start", joined: [range(8, 10)] },
    ]);
    expect(change("munmap", at(10, 14), at(10, 12), { given: [range(13, 14)] })).toEqual([
      { kind: "shrank", end: "end", bytes: 0x2000, other: [range(13, 14)] },
    ]);
    expect(change("munmap", at(10, 14), at(12, 14))).toEqual([{ kind: "shrank", end: "start", bytes: 0x2000, other: [] }]);
  });

  it("that changes what may be done with it says so, beside what it does to its place", () => {
    const read = at(10, 12, vmFlag.READ | vmFlag.HUGEPAGE);
    expect(change("mprotect", at(10, 14), read, { given: [range(12, 14)] })).toEqual([
      { kind: "shrank", end: "end", bytes: 0x2000, other: [range(12, 14)] },
      { kind: "rights", from: "rw-p", to: "r--p" },
      { kind: "flags", bits: ["+HUGEPAGE"] },
    ]);
  });

  it("that ends it says what is there now", () => {
    expect(change("munmap", at(10, 14), null)).toEqual([{ kind: "went", into: [], exited: false }]);
    expect(change("mprotect", at(10, 14), null, { given: [range(4, 14)] })).toEqual([
      { kind: "went", into: [range(4, 14)], exited: false },
    ]);
    expect(change("exit", at(10, 14), null)).toMatchObject([{ exited: true }]);
  });
});
