/** Mappings and address spaces for tests that need no kernel: plain ones, with what a test says of them. */
import type { AddressSpace, VmaFacts } from "../types";

export function sampleVma(start: number, bytes: number, more: Partial<VmaFacts> = {}): VmaFacts {
  return {
    start,
    end: start + bytes,
    read: true,
    write: false,
    exec: false,
    shared: false,
    growsDown: false,
    kind: "lib",
    name: "",
    part: "",
    fileOffset: 0,
    device: "00:00",
    inode: 0,
    uncounted: false,
    residentRuns: new Float64Array(),
    zeroRuns: new Float64Array(),
    residentPages: 0,
    ...more,
  };
}

/** On 64 bits, mappings placed downwards. */
export function sampleSpace(vmas: readonly VmaFacts[], more: Partial<AddressSpace> = {}): AddressSpace {
  return {
    vmas,
    brkStart: 0,
    brk: 0,
    mmapBase: 0x7fff_f7ff_f000,
    mmapMinimum: 0x1_0000,
    taskSize: 0x7fff_ffff_f000,
    topDown: true,
    virtualBytes: 0,
    residentBytes: 0,
    pageTableBytes: 0,
    minorFaults: 0,
    complete: true,
    index: null,
    top: -1,
    pid: 1000,
    processes: [],
    ...more,
  };
}
