/** What a reader means by a text in the palette: a step, an address, a name. */
import type { RunSummary } from "../protocol/messages";
import type { Instant } from "../queries";
import { rowAt } from "../decode/chunk-table";
import { vmaAt } from "../decode/vmas";

export type Target =
  | { readonly kind: "cursor"; readonly cursor: number }
  | { readonly kind: "chunk"; readonly addr: number }
  | { readonly kind: "mapping"; readonly start: number; readonly addr: number };

function addressTarget(addr: number, instant: Instant): Target | null {
  const row = rowAt(instant.heap.chunks, addr);
  if (row >= 0) return { kind: "chunk", addr: instant.heap.chunks.addr[row] ?? addr };
  const vma = instant.space.vmas[vmaAt(instant.space, addr)];
  return vma === undefined ? null : { kind: "mapping", start: vma.start, addr };
}

/** `b`, `t[3]`, `b+0x10`. */
function nameTarget(text: string, instant: Instant): Target | null {
  const match = /^(.*?)(?:\s*\+\s*(0x[0-9a-f]+|\d+))?$/i.exec(text);
  const [, name = "", offset = "0"] = match ?? [];
  const pointer = instant.pointers.find((candidate) => candidate.path === name.trim());
  return pointer === undefined ? null : addressTarget(pointer.value - 2 * instant.abi.wordBytes + Number(offset), instant);
}

/** Tail of an address as the map prints it: `…9320` or `9320` with the 0x it has there. */
function tailTarget(digits: string, instant: Instant): Target | null {
  const { addr, count } = instant.heap.chunks;
  for (let row = 0; row < count; row++) {
    const chunk = addr[row] ?? 0;
    if (chunk.toString(16).endsWith(digits)) return { kind: "chunk", addr: chunk };
  }
  return null;
}

export function goToTarget(input: string, summary: RunSummary, instant: Instant | null): Target | null {
  const text = input.trim();
  const step = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (step !== null) {
    const operation = summary.operations[Number(step[1]) - 1];
    if (operation === undefined) return null;
    return { kind: "cursor", cursor: Math.min(operation.end, operation.begin + 1 + Number(step[2] ?? 0)) };
  }
  const record = /^@(\d+)$/.exec(text);
  if (record !== null) return { kind: "cursor", cursor: Math.min(summary.last, Number(record[1])) };
  if (instant === null) return null;
  const tail = /^(?:0x)?…([0-9a-f]+)$/i.exec(text);
  if (tail !== null) return tailTarget((tail[1] ?? "").toLowerCase(), instant);
  if (/^0x[0-9a-f]{1,16}$/i.test(text)) return addressTarget(Number(text), instant);
  return nameTarget(text, instant);
}
