/** The table of files and special mappings that vm_file points into. */
import { fileStruct as f } from "../abi/kernel";
import { errno } from "../abi/linux";
import type { KernelContext } from "./context";

export interface FileInfo {
  /** A value of fileKind. */
  readonly kind: number;
  /** As the last column of /proc/self/maps. */
  readonly name: string;
  readonly inode: number;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  /** 0 = unknown. */
  readonly sizeBytes: number;
}

/** Writes a file into a free slot; its offset in linear memory, or −errno when the table is full. */
export function createFile(k: KernelContext, info: FileInfo): number {
  for (let slot = 0; slot < f.capacity; slot++) {
    const at = f.at + slot * f.stride;
    if (k.bytes.u32(at + f.kind) !== 0) continue;
    const name = new TextEncoder().encode(info.name).slice(0, f.nameBytes);
    k.bytes.put64(at + f.i_ino, info.inode);
    k.bytes.putPair(at + f.dev_major, info.deviceMajor, info.deviceMinor);
    k.bytes.put64(at + f.i_size, info.sizeBytes);
    k.bytes.putPair(at + f.kind, info.kind, name.length);
    const padded = new DataView(new ArrayBuffer(f.nameBytes));
    name.forEach((byte, i) => padded.setUint8(i, byte));
    for (let i = 0; i < name.length; i += 8) {
      k.bytes.putPair(at + f.name + i, padded.getUint32(i, true), padded.getUint32(i + 4, true));
    }
    return at;
  }
  return -errno.ENOMEM;
}

/** Reads a slot back. */
export function readFile(k: KernelContext, at: number): FileInfo {
  const length = k.bytes.u32(at + f.name_length);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = k.bytes.u32(at + f.name + (i - (i % 4))) >>> ((i % 4) * 8);
  return {
    kind: k.bytes.u32(at + f.kind),
    name: new TextDecoder().decode(bytes),
    inode: k.bytes.u64(at + f.i_ino),
    deviceMajor: k.bytes.u32(at + f.dev_major),
    deviceMinor: k.bytes.u32(at + f.dev_minor),
    sizeBytes: k.bytes.u64(at + f.i_size),
  };
}
