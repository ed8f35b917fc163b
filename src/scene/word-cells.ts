/** What one word of the heap is, in the state its chunk is in: field, value, where it leads. */
import { fieldName } from "../decode/address-name";
import { offsetOf } from "../decode/bin-index";
import { rowOf } from "../decode/chunk-table";
import { type BinList, type ChangedWord, chunkFlag, chunkMark, chunkState, chunkStateNames } from "../decode/types";
import { demangle } from "../decode/words";
import { chunkName, hexText, listOf } from "./map-labels";
import { chunkDrawnAt } from "./row-layout";
import type { HeapPicture, ViewRect, WordCell, WordRole } from "./types";

/** Field of the word `nth` words into a chunk; nth counts from the prev_size word, so size is 1. */
function chunkField(picture: HeapPicture, row: number, nth: number): WordRole {
  const state = picture.chunks.state[row];
  const isLast = nth === (picture.chunks.size[row] ?? 0) / picture.abi.wordBytes;
  switch (state) {
    case chunkState.foreign:
      return "foreign";
    case chunkState.heapInfo:
    case chunkState.mallocState:
      return "struct";
    case chunkState.corrupt:
      return nth === 1 ? "size" : "corrupt";
    case chunkState.top:
      return nth === 1 ? "size" : "top";
    default:
  }
  if (nth === 1) return "size";
  if (isLast) return ((picture.chunks.marks[row] ?? 0) & chunkMark.footer) !== 0 ? "prev_size" : "lastWord";
  switch (state) {
    case chunkState.tcache:
      if (nth === 2) return "next";
      return nth === 3 && picture.abi.tcacheKey !== "none" ? "key" : "oldData";
    case chunkState.fast:
      return nth === 2 ? "fd" : "oldData";
    case chunkState.unsorted:
    case chunkState.small:
    case chunkState.loose:
      return nth === 2 ? "fd" : nth === 3 ? "bk" : "oldData";
    case chunkState.large:
      return largeField(picture, row, nth);
    case chunkState.meta:
      return metaField(picture, nth).role;
    default:
      return "data";
  }
}

/** A large chunk has nextsize links only when it is the first of its size in the bin. */
function largeField(picture: HeapPicture, row: number, nth: number): WordRole {
  if (nth === 2) return "fd";
  if (nth === 3) return "bk";
  const list = listOf(picture, row);
  const leads = (list?.fdNextsize?.[(picture.chunks.binPosition[row] ?? 0) - 1] ?? 0) !== 0;
  if (!leads || nth > 5) return "oldData";
  return nth === 4 ? "fd_nextsize" : "bk_nextsize";
}

function metaField(picture: HeapPicture, nth: number): { readonly role: WordRole; readonly index: number } {
  const { tcache, wordBytes } = picture.abi;
  const offset = (nth - 2) * wordBytes;
  if (tcache === null || offset >= tcache.sizeBytes) return { role: "padding", index: -1 };
  const entries = offsetOf(tcache, "entries");
  if (offset >= entries) return { role: "entries", index: (offset - entries) / wordBytes };
  const counts = tcache.fields[0];
  return { role: "counts", index: counts === undefined ? -1 : Math.floor(offset / (counts.sizeBytes / counts.count)) };
}

/** Name of a field that the releases call differently, or that only a struct's layout knows. */
function fieldText(picture: HeapPicture, role: WordRole, row: number, addr: number): string {
  const { abi, chunks } = picture;
  if (role === "counts") return abi.tcache?.fields[0]?.name ?? "";
  if (role !== "struct") return "";
  const layout = chunks.state[row] === chunkState.heapInfo ? abi.heapInfo : abi.mallocState;
  return fieldName(layout, (chunks.addr[row] ?? 0) + abi.wordBytes, addr) ?? "";
}

function ringAt(picture: HeapPicture, addr: number): BinList | undefined {
  return picture.lists.find((list) => list.head === addr && list.kind !== "tcache" && list.kind !== "fast");
}

/** Name of the place an address leads to: a bin, a chunk (by chunk or user address), nothing. "" when it is none of these. */
export function placeName(picture: HeapPicture, addr: number, userAddress: boolean): string {
  if (addr === 0) return "∅";
  const list = userAddress ? undefined : ringAt(picture, addr);
  if (list !== undefined) return list.kind === "unsorted" ? "unsorted" : `bin ${list.index}`;
  const row = rowOf(picture.chunks, userAddress ? addr - 2 * picture.abi.wordBytes : addr);
  if (row < 0) return "";
  const name = chunkName(picture, row);
  return name === "" ? `…${addr.toString(16).slice(-4)}` : name;
}

/** Address that a pointer word leads to, safe-linking undone; −1 when the role is no pointer. */
function followed(
  picture: HeapPicture,
  role: WordRole,
  state: number,
  addr: number,
  value: bigint,
): { readonly target: number; readonly mangled: boolean } {
  const number = Number(value);
  switch (role) {
    case "next":
      return picture.abi.safeLinking ? { target: demangle(addr, number), mangled: true } : { target: number, mangled: false };
    case "fd":
      if (state === chunkState.fast && picture.abi.safeLinking) return { target: demangle(addr, number), mangled: true };
      return { target: number, mangled: false };
    case "bk":
    case "fd_nextsize":
    case "bk_nextsize":
    case "entries":
      return { target: number, mangled: false };
    case "data":
    case "lastWord":
      // User data is a pointer only when it is exactly what malloc returned for some chunk.
      return {
        target: number !== 0 && rowOf(picture.chunks, number - 2 * picture.abi.wordBytes) >= 0 ? number : -1,
        mangled: false,
      };
    default:
      return { target: -1, mangled: false };
  }
}

function memoryBytes(value: bigint | null, wordBytes: number): number[] {
  if (value === null) return [];
  return Array.from({ length: wordBytes }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

const orders = new WeakMap<readonly ChangedWord[], ReadonlyMap<number, number>>();

/** Order of the write that changed each word, by word address. Made once per list of changes. */
function changeOrders(picture: HeapPicture): ReadonlyMap<number, number> {
  const known = orders.get(picture.changed);
  if (known !== undefined) return known;
  const made = new Map<number, number>();
  for (const change of [...picture.changed].toReversed())
    made.set(change.addr - (change.addr % picture.abi.wordBytes), change.order);
  orders.set(picture.changed, made);
  return made;
}

/** The cell of the word at `addr`, drawn in `rect`. */
export function wordCell(picture: HeapPicture, addr: number, rect: ViewRect): WordCell {
  const { chunks: table, abi, reader } = picture;
  const drawn = chunkDrawnAt(table, addr, abi.wordBytes);
  const row = drawn >= 0 ? drawn : 0;
  const state = table.state[row] ?? chunkState.corrupt;
  const nth = (addr - (table.addr[row] ?? 0)) / abi.wordBytes;
  const role = drawn < 0 ? "padding" : chunkField(picture, row, nth);
  const value = reader.exact(addr);
  const { target, mangled } = followed(picture, role, state, addr, value ?? 0n);
  const userAddress = role === "next" || role === "entries" || role === "data" || role === "lastWord";
  const bytes = memoryBytes(value, abi.wordBytes);
  return {
    ...rect,
    addr,
    role,
    index: role === "counts" || role === "entries" ? metaField(picture, nth).index : -1,
    field: fieldText(picture, role, row, addr),
    value,
    valueText: value === null ? "?" : `0x${value.toString(16)}`,
    target: target < 0 || value === null ? "" : placeName(picture, target, userAddress),
    targetAddr: target,
    mangled,
    bytesText: bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
    asciiText: bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join(""),
    chunkRow: drawn,
    state: chunkStateNames[state] ?? "corrupt",
    chunkName: drawn < 0 ? "" : chunkName(picture, row) || hexText(table.size[row] ?? 0),
    prevInuse: role === "size" ? value !== null && (value & BigInt(chunkFlag.prevInuse)) !== 0n : null,
    changed: changeOrders(picture).get(addr) ?? 0,
    next: picture.nextWrite >= addr && picture.nextWrite < addr + abi.wordBytes,
    suspect: role === "size" && ((table.marks[row] ?? 0) & chunkMark.suspect) !== 0,
  };
}

/** Whether all words in [from, to) are zero; looks at no more than `limit` words and says false beyond. */
export function allZero(picture: HeapPicture, from: number, to: number, limit = 1 << 16): boolean {
  if ((to - from) / 4 > limit) return false;
  for (let addr = from; addr < to; addr += 4) if (picture.reader.u32(addr) !== 0) return false;
  return true;
}
