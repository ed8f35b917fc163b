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

/** UTF-8 by means of the language alone: the core runs where there is no TextEncoder. */
function utf8(name: string): number[] {
  const escapes = encodeURIComponent(name).match(/%..|[^%]/g) ?? [];
  return escapes.map((part) => (part.length === 3 ? Number.parseInt(part.slice(1), 16) : part.charCodeAt(0)));
}

/** Back to a string; a name that was cut inside a character is shown byte by byte. */
function text(bytes: readonly number[]): string {
  if (bytes.every((byte) => byte < 0x80)) return String.fromCharCode(...bytes);
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return String.fromCharCode(...bytes);
  }
}

/** Writes a file into a free slot; its offset in linear memory, or −errno when the table is full. */
export function createFile(k: KernelContext, info: FileInfo): number {
  for (let slot = 0; slot < f.capacity; slot++) {
    const at = f.at + slot * f.stride;
    if (k.bytes.u32(at + f.kind) !== 0) continue;
    const name = utf8(info.name).slice(0, f.nameBytes);
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
  const bytes = Array.from({ length }, (_, i) => (k.bytes.u32(at + f.name + (i - (i % 4))) >>> ((i % 4) * 8)) & 0xff);
  return {
    kind: k.bytes.u32(at + f.kind),
    name: text(bytes),
    inode: k.bytes.u64(at + f.i_ino),
    deviceMajor: k.bytes.u32(at + f.dev_major),
    deviceMinor: k.bytes.u32(at + f.dev_minor),
    sizeBytes: k.bytes.u64(at + f.i_size),
  };
}
