import fc from "fast-check";
import { expect, test } from "vitest";
import { control } from "../abi/control";
import { fileKind, fileStruct, mmStruct, pageDescriptor, pageFlag, vmAreaStruct, vmFlag } from "../abi/kernel";
import { machineMemory } from "../abi/machine-memory";
import { readConsistently } from "./consistent";
import { machineView } from "./memory";
import { decodeAddressSpace, mappedRanges } from "./vmas";
import { wordReader } from "./words";

const FRAMES = 24;
/** The last frame is a slab of vm_area_structs. */
const VMAS = machineMemory.frames + (FRAMES - 1) * 4096;
const VMA_BYTES = 192;
const MEMORY = machineMemory.frames + FRAMES * 4096;

/** Linear memory with a top-level table in frame 0 and room for a few more frames. */
function linearMemory() {
  const bytes = new Uint8Array(MEMORY);
  const view = new DataView(bytes.buffer);
  const frame = (pfn: number): number => machineMemory.frames + pfn * 4096;
  for (let pfn = 0; pfn < FRAMES; pfn++) {
    view.setUint32(machineMemory.pageDescriptors + pfn * pageDescriptor.stride + pageDescriptor.slot, pfn, true);
  }
  const slab = machineMemory.pageDescriptors + (FRAMES - 1) * pageDescriptor.stride;
  view.setUint32(slab + pageDescriptor.flags, pageFlag.slab, true);
  view.setUint32(machineMemory.slotOwners + (FRAMES - 1) * 4, FRAMES, true);
  let used = 0;
  view.setUint32(machineMemory.control + control.pgd, 0, true);
  const entry = (table: number, index: number): number => {
    const at = frame(table) + index * 8;
    if ((view.getUint32(at, true) & 1) === 0) view.setBigUint64(at, (BigInt(++used) << 12n) | 0x8000_0000_0000_0067n, true);
    return Number((view.getBigUint64(at, true) >> 12n) & 0xf_ffff_ffffn);
  };
  /** Gives a page a frame; returns where its bytes are. */
  const map = (page: number): number => {
    let table = 0;
    for (let level = 3; level >= 0; level--) table = entry(table, Math.floor(page / 512 ** level) % 512);
    return frame(table);
  };
  const flag = (offset: number, flags: number): void =>
    view.setUint32(
      machineMemory.pageDescriptors + ((offset - machineMemory.frames) / 4096) * pageDescriptor.stride + pageDescriptor.flags,
      flags,
      true,
    );
  const vma = (index: number, start: number, end: number, flags: number, file: number, next: number): void => {
    const at = VMAS + index * VMA_BYTES;
    const u64 = (field: number, value: number): void => view.setBigUint64(at + field, BigInt(value), true);
    u64(vmAreaStruct.vm_start, start);
    u64(vmAreaStruct.vm_end, end);
    u64(vmAreaStruct.vm_flags, flags);
    u64(vmAreaStruct.vm_file, file);
    u64(vmAreaStruct.vm_next, next < 0 ? 0 : VMAS + next * VMA_BYTES);
    if (index === 0) view.setBigUint64(mmStruct.at + mmStruct.mmap, BigInt(at), true);
  };
  return { bytes, view, map, flag, vma };
}

const HEAP = 0x5555_5555_9000;
const LIBC = 0x7fff_f7dd_3000;

test("a page is read through the page tables; a mapped page without a frame reads as zero, an unmapped one not at all", () => {
  const { bytes, view, map } = linearMemory();
  view.setBigUint64(map(HEAP / 4096) + 0x10, 0x1122_3344_5566_7788n, true);
  view.setUint32(map(HEAP / 4096 + 1), 7, true);
  const memory = machineView(bytes, { start: [HEAP], end: [HEAP + 0x3000], zeroFill: [1] });
  const reader = wordReader(memory, 8);
  expect(reader.exact(HEAP + 0x10)).toBe(0x1122_3344_5566_7788n);
  expect(reader.u32(HEAP + 0x1000)).toBe(7);
  expect(reader.u32(HEAP + 0x2000)).toBe(0);
  expect(reader.u32(HEAP + 0x3000)).toBe(-1);
  expect([0, 2, 3].map((page) => memory.state(HEAP / 4096 + page))).toEqual(["resident", "untouched", "absent"]);
});

test("the zero page and frames whose contents are not simulated are told apart", () => {
  const { bytes, map, flag } = linearMemory();
  flag(map(HEAP / 4096), pageFlag.zero);
  flag(map(HEAP / 4096 + 1), pageFlag.unknown);
  const memory = machineView(bytes, { start: [], end: [], zeroFill: [] });
  expect(memory.state(HEAP / 4096)).toBe("zero");
  expect(memory.page(HEAP / 4096)?.[0]).toBe(0);
  expect(memory.state(HEAP / 4096 + 1)).toBe("unknown");
  expect(memory.page(HEAP / 4096 + 1)).toBeNull();
});

test("the address space is read from the kernel's list: kinds, residency, counters", () => {
  const { bytes, view, map, flag, vma } = linearMemory();
  const { READ, WRITE, EXEC } = vmFlag;
  const file = fileStruct.at;
  view.setUint32(file + fileStruct.kind, fileKind.regular, true);
  new TextEncoder().encode("/home/user/a.out").forEach((byte, i) => view.setUint8(file + fileStruct.name + i, byte));
  view.setUint32(file + fileStruct.name_length, 16, true);
  view.setBigUint64(file + fileStruct.i_ino, 5n, true);
  const base = 0x5555_5555_4000;
  vma(0, base, base + 0x1000, READ, file, 1);
  vma(1, base + 0x1000, base + 0x2000, READ | EXEC, file, 2);
  vma(2, base + 0x2000, base + 0x3000, READ, file, 3);
  vma(3, base + 0x3000, base + 0x4000, READ, file, 4);
  vma(4, base + 0x4000, base + 0x5000, READ | WRITE, file, 5);
  vma(5, base + 0x5000, base + 0x6000, READ | WRITE, 0, 6);
  vma(6, base + 0x8000, base + 0x2_9000, READ | WRITE, 0, 7);
  vma(7, LIBC, LIBC + 0x4000, READ | WRITE, 0, 8);
  vma(8, LIBC + 0x10000, LIBC + 0x11000, 0, 0, 9);
  vma(9, 0x7fff_fffd_e000, 0x7fff_ffff_f000, READ | WRITE, 0, -1);
  for (const [field, value] of [
    [mmStruct.start_brk, base + 0x8000],
    [mmStruct.brk, base + 0x2_9000],
    [mmStruct.start_stack, 0x7fff_ffff_e000],
    [mmStruct.start_code, base],
    [mmStruct.total_vm, 10],
    [mmStruct.rss_anon, 3],
  ] as const)
    view.setBigUint64(mmStruct.at + field, BigInt(value), true);
  for (const page of [8, 9, 11]) map(base / 4096 + page);
  flag(map(base / 4096 + 12), pageFlag.zero);
  const space = decodeAddressSpace(bytes);
  expect(space.complete).toBe(true);
  expect(space.vmas.map((entry) => entry.kind)).toEqual([
    "rodata",
    "text",
    "rodata",
    "rodata",
    "data",
    "bss",
    "heap",
    "mmap",
    "guard",
    "stack",
  ]);
  expect(space.vmas.map((entry) => entry.part)).toEqual(["elf", "text", "rodata", "relro", "data", "bss", "", "", "", ""]);
  expect(space.vmas.map((entry) => entry.name)).toEqual([
    ...Array<string>(5).fill("/home/user/a.out"),
    "",
    "[heap]",
    "",
    "",
    "[stack]",
  ]);
  const heap = space.vmas[6];
  expect([...(heap?.residentRuns ?? [])]).toEqual([0, 2, 3, 1]);
  expect([...(heap?.zeroRuns ?? [])]).toEqual([4, 1]);
  expect(heap?.residentPages).toBe(3);
  expect([space.virtualBytes, space.residentBytes]).toEqual([10 * 4096, 3 * 4096]);
  expect(mappedRanges(space).zeroFill).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 1));
});

test("damaged kernel structs and page tables never throw or hang", () => {
  const { bytes, map, vma } = linearMemory();
  for (let page = 0; page < 5; page++) map(HEAP / 4096 + page);
  for (let i = 0; i < 6; i++) vma(i, HEAP + i * 0x1000, HEAP + (i + 1) * 0x1000, 3, 0, i < 5 ? i + 1 : -1);
  const places = [
    mmStruct.at,
    VMAS,
    fileStruct.at,
    machineMemory.frames,
    machineMemory.frames + 4096,
    machineMemory.control + control.pgd,
  ];
  const write = fc.record({
    place: fc.constantFrom(...places),
    at: fc.nat(96),
    value: fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.nat(FRAMES).map((pfn) => (BigInt(pfn) << 12n) | 1n),
    ),
  });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }), (writes) => {
      const undo = writes.map(({ place, at, value }) => {
        const view = new DataView(bytes.buffer, place + at * 8, 8);
        const before = view.getBigUint64(0, true);
        view.setBigUint64(0, value, true);
        return () => view.setBigUint64(0, before, true);
      });
      const space = decodeAddressSpace(bytes);
      const memory = machineView(bytes, mappedRanges(space));
      for (let page = -1; page < 8; page++) memory.page(HEAP / 4096 + page);
      for (const back of undo.toReversed()) back();
    }),
    { numRuns: 60 },
  );
});

test("a top-level table that contains itself is followed only so far", () => {
  const { bytes, view } = linearMemory();
  for (let index = 0; index < 512; index++) view.setBigUint64(machineMemory.frames + index * 8, 1n, true);
  expect(decodeAddressSpace(bytes).complete).toBe(false);
});

test("an answer read while the writer is at work is thrown away", () => {
  const { bytes } = linearMemory();
  const counter = new Int32Array(bytes.buffer, machineMemory.control + control.sequence, 1);
  expect(readConsistently(bytes, () => 1)).toEqual({ ok: true, value: 1 });
  let runs = 0;
  expect(readConsistently(bytes, () => (runs++ === 0 ? (counter[0] = 2) : 42))).toEqual({ ok: true, value: 42 });
  counter[0] = 3;
  expect(readConsistently(bytes, () => 1)).toEqual({ ok: false, problem: "busy" });
});
