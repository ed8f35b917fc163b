import type { CType } from "./types";
import { sizeOf } from "./types";

/** A constant as it stands in memory, little-endian. */
export function scalarBytes(type: CType, value: bigint | number): Uint8Array {
  const bytes = new Uint8Array(sizeOf(type));
  const view = new DataView(bytes.buffer);
  if (type.kind === "float") {
    if (type.sizeBytes === 4) view.setFloat32(0, Number(value), true);
    else view.setFloat64(0, Number(value), true);
    return bytes;
  }
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}
