/** The process of a system-call recording: its address space as the header shows it, and what it touched before the first operation. */
import type { AddressSpaceSpec, MappingSpec } from "../../abi/layouts";
import { PAGE_SIZE } from "../../abi/machine-memory";
import type { KernelRelease } from "../../abi/linux";
import { placement } from "../../abi/placement";
import { fileKind } from "../../abi/kernel";
import { defaultMachineSpec } from "../../kernel/exec";
import type { Kernel } from "../../kernel/kernel";
import type { MapRow, VmHeader } from "./recording";

/** Pages below the one that `page0` names which the driver has used. */
const DRIVER_STACK_PAGES = 2;

function mappingOf([start, end, perms, offset, name]: MapRow): MappingSpec {
  const inode = name === "exe" ? 1 : 0;
  const device = inode === 0 ? "00:00" : "fe:00";
  return { start: Number.parseInt(start, 16), end: Number.parseInt(end, 16), perms, offset, device, inode, name };
}

function spaceOf(header: VmHeader): AddressSpaceSpec {
  const { layout, rlimit_stack } = header.meta;
  const mappings = header.maps.map(mappingOf);
  const { taskSize, mmapBase, topdown } = placement({
    abi: layout.startsWith("i386") ? "i386" : "amd64",
    threeGigabytes: layout.includes("-3"),
    legacy: layout.includes("-L"),
    stackLimit: rlimit_stack < 0 ? Infinity : rlimit_stack,
  });
  const text = mappings.find(({ name, perms }) => name === "exe" && perms.includes("x"));
  return {
    mappings,
    taskSize,
    topdown,
    mmapBase,
    startBrk: Number(header.brk),
    startStack: Number(header.page0) + PAGE_SIZE - 1,
    startCode: text?.start ?? 0,
    endCode: text?.end ?? 0,
    startData: 0,
    endData: 0,
  };
}

/** Files of the recording by number: their places in the kernel's table. */
export type VmFiles = ReadonlyMap<number, number>;

export function startProcess(kernel: Kernel, header: VmHeader, release: KernelRelease): VmFiles {
  const space = spaceOf(header);
  const { overcommit, rlimit_stack, ram_kb, max_map_count, mmap_min_addr, root = true, thp } = header.meta;
  kernel.exec(space, {
    ...defaultMachineSpec,
    kernel: release,
    ...(ram_kb === undefined ? {} : { totalramPages: ram_kb / 4 }),
    ...(max_map_count === undefined ? {} : { maxMapCount: max_map_count }),
    ...(mmap_min_addr === undefined ? {} : { mmapMinAddr: mmap_min_addr }),
    overcommitMemory: overcommit,
    transparentHugepage: (["never", "always"] as const).find((mode) => thp?.includes(`[${mode}]`)) ?? "madvise",
    rlimitStack: limit(rlimit_stack),
    mapsLow: root,
  });
  settle(kernel, header);
  const files = Object.entries(header.meta.files).map(([number, [name, sizeBytes]]): [number, number] => {
    const inode = 2 + Number(number);
    return [
      Number(number),
      kernel.createFile({ kind: fileKind.regular, name, inode, deviceMajor: 0xfe, deviceMinor: 0, sizeBytes }),
    ];
  });
  return new Map(files);
}

/** The driver touches all of its own pages, and what it uses of the stack: when it begins, and after each fork. */
export function settle(kernel: Kernel, header: VmHeader): void {
  for (const { name, perms, start, end } of header.maps.map(mappingOf)) {
    if (!name.startsWith("[")) for (let at = start; at < end; at += PAGE_SIZE) kernel.access(at, perms.includes("w"));
  }
  for (let page = 0; page <= DRIVER_STACK_PAGES; page++) kernel.access(Number(header.page0) - page * PAGE_SIZE, true);
}

/** Minus one is no limit. */
export function limit(bytes: number): number {
  return bytes < 0 ? 2 ** 64 - 2048 : bytes;
}
