/** System-call recordings of real Linux, played on the kernel: the operations on anonymous memory of the 64-bit layouts. */
import type { AddressSpaceSpec, MappingSpec } from "../../abi/layouts";
import { PAGE_SIZE } from "../../abi/machine-memory";
import { mmStruct } from "../../abi/kernel";
import { control } from "../../abi/control";
import { machineMemory } from "../../abi/machine-memory";
import type { Kernel } from "../kernel";
import { createTestHost, emptySpace } from "./host";

type MapRow = readonly [start: string, end: string, perms: string, offset: number, name: string];

export interface VmMeta {
  readonly meta: { readonly layout: string; readonly rlimit_stack: number };
  readonly brk: string;
  readonly page0: string;
  readonly maps: readonly MapRow[];
  readonly st: readonly number[];
}

export interface VmOperation {
  readonly i: number;
  readonly op: readonly (string | number)[];
  readonly r: string | number | null;
  readonly e?: string;
  readonly flt?: number;
  readonly sig?: readonly [number, number, string];
  readonly pm?: string;
  readonly "-"?: readonly string[];
  readonly "+"?: readonly MapRow[];
  readonly st: readonly number[];
}

const errnoNames: Readonly<Record<number, string>> = {
  1: "EPERM",
  12: "ENOMEM",
  13: "EACCES",
  14: "EFAULT",
  17: "EEXIST",
  19: "ENODEV",
  22: "EINVAL",
};

/** The driver's own mappings; a statically linked program's segments, inode 1. */
function specOf(row: MapRow): MappingSpec {
  const [start, end, perms, offset, name] = row;
  const inode = name === "exe" ? 1 : 0;
  return {
    start: Number.parseInt(start, 16),
    end: Number.parseInt(end, 16),
    perms,
    offset,
    device: inode ? "fe:00" : "00:00",
    inode,
    name,
  };
}

/** A third of the task size: where mappings begin when they are placed bottom-up. */
const LEGACY_BASE = 0x2aaa_aaaa_b000;

function spaceOf(meta: VmMeta): AddressSpaceSpec {
  const mappings = meta.maps.map(specOf);
  const legacy = meta.meta.layout.includes("-L") ? { topdown: false, mmapBase: LEGACY_BASE } : {};
  return { ...emptySpace([], Number(meta.brk)), ...legacy, mappings, startCode: 0x40_1000, endCode: 0x40_3000 };
}

const rlimits: ReadonlyMap<number, "rlimit_data" | "rlimit_stack" | "rlimit_as"> = new Map([
  [2, "rlimit_data"],
  [3, "rlimit_stack"],
  [9, "rlimit_as"],
]);

/** True when the operation needs files, limits or reports that this slice of the kernel does not have. */
export function isBeyondSlice(operation: VmOperation): boolean {
  const [name, ...args] = operation.op;
  if (name === "mmap") return Number(args[4]) >= 0;
  return (
    name === "smaps" ||
    name === "mincore" ||
    (name === "madvise" && ![0, 1, 2, 3, 4, 8, 10, 11, 14, 15, 16, 17].includes(Number(args[2])))
  );
}

export interface VmPlayer {
  readonly kernel: Kernel;
  /** Plays an operation and says what differs from the recording, in words; "" when nothing. */
  play(operation: VmOperation): string;
}

export function createVmPlayer(meta: VmMeta): VmPlayer {
  const { kernel } = createTestHost(spaceOf(meta));
  const { context: k } = kernel;
  // The driver has touched all of its own pages and what it uses of the stack before it begins.
  for (const mapping of spaceOf(meta).mappings) {
    if (!mapping.name.startsWith("["))
      for (let at = mapping.start; at < mapping.end; at += PAGE_SIZE) kernel.fault(at, mapping.perms.includes("w") ? 1 : 0);
  }
  const page0 = Number(meta.page0);
  kernel.fault(page0 + PAGE_SIZE - 1, 1);
  kernel.fault(page0 - PAGE_SIZE, 1);
  kernel.fault(page0 - 2 * PAGE_SIZE, 1);
  let before = rows(kernel);
  /** Pages that were resident although the recording's process differs: RSS is compared as a change. */
  const rssBase = kernel.status().RssAnon - (meta.st[3] ?? 0);
  const minorFaults = (): number => k.bytes.u64(mmStruct.at + mmStruct.min_flt);

  const pteBase = kernel.status().VmPTE - (meta.st[10] ?? 0);

  function touch(from: number, to: number, write: boolean): { r: number; sig: readonly [number, number, string] | undefined } {
    let r = 0;
    for (let at = from; at < to; at = (Math.floor(at / PAGE_SIZE) + 1) * PAGE_SIZE, r++) {
      if (allowed(at, write)) continue;
      if (kernel.fault(at, write ? 1 : 0) === 1) continue;
      const word = (field: number): number => k.bytes.u32(machineMemory.control + field);
      return {
        r,
        sig: [
          word(control.signal),
          word(control.signalCode),
          `0x${k.bytes.u64(machineMemory.control + control.signalAddr).toString(16)}`,
        ],
      };
    }
    return { r, sig: undefined };
  }

  function allowed(addr: number, write: boolean): boolean {
    const entry = k.pages.find(addr);
    const low = entry === 0 ? 0 : k.bytes.u32(entry);
    return (low & 1) !== 0 && (!write || (low & 2) !== 0);
  }

  function perform(operation: VmOperation): { r: number; sig?: readonly [number, number, string] | undefined; pm?: string } {
    const [name, ...args] = operation.op;
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = args.map(Number);
    switch (name) {
      case "mmap":
        return { r: kernel.mmap(a, b, c, d) };
      case "munmap":
        return { r: kernel.munmap(a, b) };
      case "mprotect":
        return { r: kernel.mprotect(a, b, c) };
      case "mremap":
        return { r: kernel.mremap(a, b, c, d, e) };
      case "madvise":
        return { r: kernel.madvise(a, b, c) };
      case "rlimit": {
        const limit = rlimits.get(a);
        if (limit !== undefined) kernel.setLimit(limit, b);
        return { r: 0 };
      }
      case "brk":
        return { r: kernel.brk(a) };
      case "r":
      case "w":
        return touch(a, a + b, name === "w");
      case "stack":
        return touchStack(page0, a);
      case "pm":
        return { r: 0, pm: pageMap(a, b) };
      default:
        return { r: 0 };
    }
  }

  function touchStack(from: number, pages: number): ReturnType<typeof touch> {
    for (let r = 0; r < pages; r++) {
      const { sig } = touch(from - (r + 1) * PAGE_SIZE, from - (r + 1) * PAGE_SIZE + 1, true);
      if (sig !== undefined) return { r, sig };
    }
    return { r: pages, sig: undefined };
  }

  function pageMap(addr: number, length: number): string {
    let text = "";
    for (let at = addr; at < addr + length; at += PAGE_SIZE) {
      const entry = k.pages.find(at);
      const low = entry === 0 ? 0 : k.bytes.u32(entry);
      const flags = k.frames.flags(low >>> 12);
      text += (low & 0x101) === 0 ? "." : (flags & 4) !== 0 ? "z" : (flags & 24) !== 0 ? "F" : "A";
    }
    return text.replaceAll(/(.)\1*/g, (run) => `${run.length}${run.charAt(0)}`);
  }

  return {
    kernel,
    play: (operation) => {
      const faultsBefore = minorFaults();
      const { r, sig, pm } = perform(operation);
      const now = rows(kernel);
      const gone = before.filter((row) => !now.includes(row)).map((row) => row.split(" ")[0]);
      const come = now.filter((row) => !before.includes(row));
      before = now;
      const status = kernel.status();
      const isAddress = ["mmap", "mremap", "brk"].includes(String(operation.op[0]));
      const answer = r < 0 ? (errnoNames[-r] ?? r) : isAddress ? `0x${r.toString(16)}` : r;
      const checks: readonly (readonly [string, unknown, unknown])[] = [
        ["r", operation.r ?? operation.e, answer],
        ["maps-", (operation["-"] ?? []).join(), gone.join()],
        ["maps+", (operation["+"] ?? []).map((row) => row.join(" ")).join(), come.join()],
        ["flt", operation.flt ?? 0, minorFaults() - faultsBefore],
        ["sig", operation.sig?.join(), sig?.join()],
        ["pm", operation.pm, pm],
        ["VmSize", operation.st[1], status.VmSize],
        ["RssAnon", operation.st[3], status.RssAnon - rssBase],
        ["VmData", operation.st[6], status.VmData],
        ["VmPTE", operation.st[10], status.VmPTE - pteBase],
        ["VmStk", operation.st[7], status.VmStk],
      ];
      const wrong = checks.find(([, expected, got]) => expected !== got);
      return wrong === undefined
        ? ""
        : `${operation.i} ${operation.op.join(" ")}: ${wrong[0]} expected ${String(wrong[1])} got ${String(wrong[2])}`;
    },
  };
}

function rows(kernel: Kernel): string[] {
  return kernel
    .entries()
    .map(({ start, end, perms, name, offset }) => `${start.toString(16)} ${end.toString(16)} ${perms} ${offset} ${name}`);
}
