/** malloc_state and malloc_par as tables of fields with their values. */
import type { StructField, StructLayout } from "../abi/glibc-structs";
import type { FieldValue, StructValue } from "./types";
import type { WordReader } from "./words";

function fieldValues(reader: WordReader, addr: number, field: StructField): bigint[] | null {
  const size = field.sizeBytes / field.count;
  const values: bigint[] = [];
  for (let i = 0; i < field.count; i++) {
    const value = reader.bytes(addr + i * size, size);
    if (value === null) return null;
    values.push(field.type === "int" ? BigInt.asIntN(size * 8, value) : value);
  }
  return values;
}

/** Every field of the struct at `addr`. O(bytes of the struct). */
export function decodeStruct(reader: WordReader, layout: StructLayout, addr: number): StructValue {
  const fields: FieldValue[] = [];
  for (const field of layout.fields) {
    const values = fieldValues(reader, addr + field.offset, field);
    if (values === null) return { name: layout.name, addr, fields: null };
    fields.push({ field, addr: addr + field.offset, values });
  }
  return { name: layout.name, addr, fields };
}

/** A single-valued field as a number; `fallback` when the struct is unreadable or has no such field. */
export function fieldNumber(struct: StructValue, name: string, fallback: number): number {
  const value = struct.fields?.find((entry) => entry.field.name === name)?.values[0];
  return value === undefined ? fallback : Number(value);
}
