import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunkMark } from "../decode/types";
import { binName, binTag, headerName } from "./bin-names";
import { binsScene } from "./bins";
import { picture, pictures } from "./testing/pictures";

const settings = { viewWidth: 584, scale: 1, touchedOnly: false };

describe("bins", () => {
  test("every list with entries has a row; nodes run from the head to the tail without touching", () => {
    fc.assert(
      fc.property(
        fc.nat(pictures - 1),
        fc.integer({ min: 320, max: 1400 }),
        fc.constantFrom(1, 1.5, 2),
        (index, viewWidth, scale) => {
          const heap = picture(index);
          const scene = binsScene(heap, { ...settings, viewWidth, scale });
          for (const list of heap.bins.lists) {
            const row = scene.rows.find((entry) => entry.binId === list.id);
            if (list.entries.length === 0) continue;
            if (row === undefined) throw new Error(`no row for list ${list.id}`);
            const elided = row.elisions.reduce((sum, gap) => sum + gap.count, 0);
            expect(row.nodes.length + elided).toBe(list.entries.length);
            expect(row.nodes.map((node) => node.chunkAddr)).toEqual(row.nodes.map((node) => list.entries[node.position - 1]));
            const boxes = [...row.nodes, ...row.elisions].toSorted((a, b) => a.x - b.x);
            boxes.slice(1).forEach((box, i) => expect(box.x).toBeGreaterThan((boxes[i]?.x ?? 0) + (boxes[i]?.width ?? 0)));
            for (const box of boxes) expect(box.y >= 0 && box.y + box.height <= row.height).toBe(true);
            if (elided === 0) continue;
            // What is left out is the middle: head and tail stay.
            expect([row.nodes[0]?.position, row.nodes.at(-1)?.position]).toEqual([1, list.entries.length]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a window shows the lists that meet it, each as it would be without, and keeps the place of all", () => {
    fc.assert(
      fc.property(fc.nat(pictures - 1), fc.nat(600), fc.integer({ min: 1, max: 300 }), (index, top, height) => {
        const whole = binsScene(picture(index), settings);
        const part = binsScene(picture(index), { ...settings, window: { top, bottom: top + height } });
        expect(part.places).toEqual(whole.rows.map(({ binId, y, height: rowHeight }) => ({ binId, y, height: rowHeight })));
        expect(part.rows).toEqual(whole.rows.filter((row) => row.y < top + height && row.y + row.height > top));
        expect({ ...part, rows: [] }).toEqual({ ...whole, rows: [] });
      }),
    );
  });

  test("a full tcache list of seven fits into the workbench's width", () => {
    const scene = binsScene(picture(0), settings);
    const full = scene.rows.filter((row) => row.kind === "tcache" && row.countText === "7/7");
    expect(full.length).toBeGreaterThan(0);
    for (const row of full) {
      expect(row.nodes).toHaveLength(7);
      expect(row.end.x).toBeLessThan(584);
    }
  });

  test("arrows follow the words: fd and bk of every neighbour in a ring, marked when the step wrote them", () => {
    for (let index = 0; index < pictures; index++) {
      const plain = picture(index);
      for (const row of binsScene(plain, settings).rows) {
        for (const arrow of row.arrows) {
          if (row.kind === "tcache" || row.kind === "fast" || arrow.accent === "broken") continue;
          expect(plain.reader.word(arrow.fromAddr)).toBe(arrow.toAddr);
        }
      }
      const list = plain.bins.lists.find((entry) => entry.kind === "unsorted" && entry.entries.length > 1);
      if (list === undefined) continue;
      const at = (list.entries[0] ?? 0) + 3 * plain.abi.wordBytes;
      const changed = [{ addr: at, sizeBytes: plain.abi.wordBytes, order: 4, record: 0, before: 0n, after: 1n }];
      const row = binsScene({ ...plain, changed }, settings).rows.find((entry) => entry.binId === list.id);
      expect(row?.touched).toBe(true);
      expect(row?.arrows.filter((arrow) => arrow.accent === "just").map((arrow) => [arrow.style, arrow.order])).toEqual([
        ["bk", 4],
      ]);
      expect(binsScene({ ...plain, changed }, { ...settings, touchedOnly: true }).rows.map((entry) => entry.binId)).toContain(
        list.id,
      );
    }
  });

  test("empty lists are counted, set bits of empty bins are stale, and the last remainder is marked", () => {
    const heap = picture(0);
    const scene = binsScene(heap, settings);
    const shown = scene.rows.filter((row) => row.kind === "tcache").length;
    expect(scene.empty.tcache).toBe(64 - shown);
    for (const { bin, stale } of scene.binmap) {
      const list = heap.bins.lists.find((entry) => entry.index === bin && (entry.kind === "small" || entry.kind === "large"));
      expect(stale).toBe(list?.entries.length === 0);
    }
    const marked = scene.rows.flatMap((row) => row.nodes).filter((node) => node.lastRemainder);
    for (const node of marked) expect((heap.chunks.marks[node.chunkRow] ?? 0) & chunkMark.lastRemainder).not.toBe(0);
  });

  test("broken lists say where they break", () => {
    const texts = Array.from({ length: pictures }, (_, i) =>
      binsScene(picture(i), settings).rows.map((row) => row.end.text),
    ).flat();
    expect(texts.some((text) => text.startsWith("⚠ 0x"))).toBe(true);
    expect(texts.some((text) => /^↺ \d+$/.test(text))).toBe(true);
  });

  test("names are glibc's and pwndbg's", () => {
    const { bins, arenas } = picture(0);
    const first = (kind: string) => bins.lists.find((list) => list.kind === kind);
    const [tcache, unsorted, small] = [first("tcache"), first("unsorted"), first("small")];
    if (tcache === undefined || unsorted === undefined || small === undefined) throw new Error("lists are missing");
    expect([binName(tcache), binTag(tcache, 1)]).toEqual(["tcache[0x20]", `tcache[0x20][1/${tcache.entries.length}]`]);
    expect([headerName(unsorted, arenas), headerName(small, arenas)]).toEqual(["main_arena+96", "bin 2"]);
    expect(binTag(unsorted, 2)).toBe(`unsorted 2/${unsorted.entries.length}`);
  });
});
