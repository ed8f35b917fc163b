/** Words for what the map shows: chunk names and accessible names, field labels of the near view and the lens. */
import { chunkFlag, chunkStateNames } from "../../decode/types";
import type { PanelText } from "../../i18n/panels";
import { sizeNote } from "../../render/canvas/cells";
import type { LensWords } from "../../render/canvas/lens";
import type { MidWords } from "../../render/canvas/mid";
import { hex, shortAddress } from "../../render/text";
import { binTag } from "../../scene/bin-names";
import { chunkName, listOf } from "../../scene/map-labels";
import type { HeapPicture, WordCell } from "../../scene/types";

/** Name of a chunk, or its short address when the program has no name for it. */
export function titleOf(picture: HeapPicture, row: number): string {
  return chunkName(picture, row) || shortAddress(picture.chunks.addr[row] ?? 0);
}

/** State as shown on chips and in tooltips: `unsorted 1/2`, `in use`. */
export function stateText(picture: HeapPicture, row: number, text: PanelText): string {
  const list = listOf(picture, row);
  if (list !== null) return binTag(list, picture.chunks.binPosition[row] ?? 0);
  return text.state[chunkStateNames[picture.chunks.state[row] ?? 0] ?? "corrupt"];
}

/** "b, 0x90, unsorted 1 of 2, previous in use". */
export function spokenLabel(picture: HeapPicture, row: number, text: PanelText): string {
  const { chunks } = picture;
  const name = chunkName(picture, row) || text.heap.unnamed(hex(chunks.addr[row] ?? 0));
  const list = listOf(picture, row);
  const state = text.state[chunkStateNames[chunks.state[row] ?? 0] ?? "corrupt"];
  const position = list === null ? "" : text.heap.positionOf(chunks.binPosition[row] ?? 0, list.entries.length);
  return text.heap.chunkLabel(
    name,
    hex(chunks.size[row] ?? 0),
    state,
    position,
    ((chunks.flags[row] ?? 0) & chunkFlag.prevInuse) !== 0,
  );
}

export function midWords(picture: HeapPicture, text: PanelText): MidWords {
  return { folded: text.heap.foldedBytes, ownMapping: text.heap.mappedChunk, nameOf: (row) => titleOf(picture, row) };
}

function fieldLabel(cell: WordCell, text: PanelText): string {
  switch (cell.role) {
    case "size":
      return cell.prevInuse === null ? "size" : `size · P=${cell.prevInuse ? 1 : 0}`;
    case "data":
      return cell.chunkName === "" ? text.near.data : text.heap.dataOf(cell.chunkName);
    case "lastWord":
      return cell.chunkName === "" ? text.near.lastWord : text.heap.dataOf(cell.chunkName);
    case "oldData":
      return text.near.oldData;
    case "struct":
      return cell.field === "" ? text.near.padding : cell.field;
    case "counts":
    case "entries": {
      const name = cell.field === "" ? cell.role : cell.field;
      return cell.index < 0 ? name : `${name}[${cell.index}]`;
    }
    case "padding":
      return text.near.padding;
    case "top":
      return text.near.unused;
    case "foreign":
      return text.state.foreign;
    case "corrupt":
      return text.state.corrupt;
    default:
      return cell.mangled ? `${cell.role} ⊕` : cell.role;
  }
}

function nearNote(cell: WordCell, text: PanelText): string {
  switch (cell.role) {
    case "size":
      return sizeNote(cell);
    case "prev_size":
      return text.near.footerOf(cell.chunkName);
    case "lastWord":
      return text.near.shared;
    default:
      return cell.target === "" ? cell.chunkName : `→ ${cell.target}`;
  }
}

/** The near view tells field and owner apart: the label is the field, the owner stands in the note. */
export function nearWords(text: PanelText): LensWords {
  const plain: Partial<Record<WordCell["role"], string>> = { size: "size", data: text.near.data, lastWord: text.near.lastWord };
  return {
    label: (cell) => plain[cell.role] ?? fieldLabel(cell, text),
    note: (cell) => nearNote(cell, text),
    fold: (fold) => text.near.zeros(hex(fold.words * 8), fold.chunkName),
    bracket: () => "",
  };
}

export function lensWords(picture: HeapPicture, text: PanelText, freeing: number): LensWords {
  return {
    label: (cell) => fieldLabel(cell, text),
    note: (cell) => nearNote(cell, text),
    fold: (fold) => text.heap.words(fold.words),
    bracket: (row) => {
      const state = stateText(picture, row, text);
      return picture.chunks.addr[row] === freeing ? `${state} → ${text.heap.beingFreed}` : state;
    },
  };
}
