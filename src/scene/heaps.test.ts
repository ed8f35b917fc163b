import { describe, expect, it } from "vitest";
import { decodeHeap } from "../decode/heap";
import { threadedProcess, threadedView } from "../decode/testing/threads";
import { chunkState, chunkStateNames } from "../decode/types";
import { wordReader } from "../decode/words";
import { headerName } from "./bin-names";
import { heapPicture, type HeapPlace, heapPlaces, listsPicture, placeAt } from "./heaps";
import { midDefaults, midMapScene } from "./map-mid";
import { nearDefaults, nearMapScene } from "./map-near";
import type { HeapPicture } from "./types";

const { abi, site } = threadedProcess;
const view = threadedView();
const facts = decodeHeap(view, abi, site);
const base: HeapPicture = {
  chunks: facts.chunks,
  bins: facts.bins,
  lists: facts.lists,
  arenas: facts.arenas,
  abi,
  reader: wordReader(view, abi.wordBytes),
  mainArena: site.mainArena,
  names: new Map(),
  changed: [],
  nextWrite: -1,
  focus: [],
};
const places = heapPlaces(facts);
const others = places.slice(1);

const mid = (place: HeapPlace) =>
  midMapScene(heapPicture(base, place), {
    viewWidth: 800,
    scrollTop: 0,
    viewHeight: Number.POSITIVE_INFINITY,
    ...midDefaults,
    metrics: { charWidth: 6, fontSize: 10 },
    lens: true,
  });

describe("the heaps of a real process with four arenas", () => {
  it("are named by the order of their arenas' making, and each knows its addresses", () => {
    expect(places.map(({ name }) => name)).toEqual(["main_arena", "arena 1", "arena 2", "arena 2, heap 2", "arena 3"]);
    for (const { heap, id } of others) {
      if (heap === null) throw new Error("only [heap] is no mapping");
      expect(placeAt(places, facts, heap.addr)?.id).toBe(id);
      expect(placeAt(places, facts, heap.addr + heap.sizeBytes - 1)?.id).toBe(id);
      expect(placeAt(places, facts, heap.addr + heap.sizeBytes)).toBeUndefined();
    }
    expect(placeAt(places, facts, site.heapStart)?.id).toBe(0);
  });

  it("are tiled by their structs and chunks, each chunk as in the table of all", () => {
    for (const place of others) {
      const { chunks } = heapPicture(base, place);
      const structs = [...chunks.state].filter((state) => state === chunkState.heapInfo || state === chunkState.mallocState);
      expect(structs).toEqual(
        place.name.endsWith("heap 2") ? [chunkState.heapInfo] : [chunkState.heapInfo, chunkState.mallocState],
      );
      let at = chunks.start - abi.wordBytes;
      for (let row = 0; row < chunks.count; row++) {
        expect(chunks.addr[row]).toBe(at);
        at += chunks.size[row] ?? 0;
        if (row < structs.length) continue;
        const whole = facts.chunks.addr.indexOf(chunks.addr[row] ?? -1);
        expect([chunks.state[row], chunks.bin[row], chunks.marks[row], chunks.arena[row]]).toEqual([
          facts.chunks.state[whole],
          facts.chunks.bin[whole],
          facts.chunks.marks[whole],
          place.arena.index,
        ]);
      }
      expect(at).toBe(chunks.end);
    }
  });

  it("are drawn from heap_info on, the structs without a size word", () => {
    for (const place of others) {
      const { blocks, folds } = mid(place);
      const [first] = blocks;
      expect(first?.state).toBe("heap_info");
      const drawn = new Set([...blocks, ...folds].map(({ chunkAddr }) => chunkAddr));
      expect(drawn.size).toBe(heapPicture(base, place).chunks.count);
      for (const block of blocks) if (block.state.includes("_")) expect([block.header, block.footer]).toEqual([null, null]);
    }
  });

  it("have words that are called as the release's structs call them", () => {
    const [first] = others;
    if (first?.heap === null || first === undefined) throw new Error("an arena is missing");
    const { cells } = nearMapScene(heapPicture(base, first), {
      viewWidth: 800,
      ...nearDefaults,
      wordsPerRow: 4,
      start: first.heap.addr,
      end: first.heap.addr + 0x200,
      scrollTop: 0,
      viewHeight: Number.POSITIVE_INFINITY,
    });
    const fields = new Map(cells.map(({ addr, field }) => [addr, field]));
    expect(fields.get(first.heap.addr)).toBe("ar_ptr");
    expect(fields.get(first.heap.addr + abi.wordBytes)).toBe("prev");
    expect(fields.get(first.arena.addr)).toBe("mutex");
  });

  it("show their own arena's lists and any thread's tcache; [heap]'s picture is the picture itself", () => {
    const [home, arena] = [places[0], others[0]?.arena];
    if (home === undefined || arena === undefined) throw new Error("arenas are missing");
    expect(heapPicture(base, home)).toBe(base);
    expect(listsPicture(base, home.arena, facts.tcaches[0] ?? null)).toBe(base);
    for (const tcache of facts.tcaches) {
      const { bins } = listsPicture(base, arena, tcache);
      expect(bins.lists).toEqual([...tcache.lists, ...arena.lists]);
      for (const list of bins.lists) expect(facts.lists[list.id]).toBe(list);
    }
    const unsorted = arena.lists.find(({ kind }) => kind === "unsorted");
    expect(unsorted === undefined ? "" : headerName(unsorted, facts.arenas)).toBe("arena 1+96");
    expect(chunkStateNames[chunkState.mallocState]).toBe("malloc_state");
  });
});
