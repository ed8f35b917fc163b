/** Who points into a chunk: every word of every chunk in use, looked at one by one, says the same. */
import { expect, it } from "vitest";
import { defaultMachine } from "../scenario/scenario";
import { connectInThread } from "../worker/testing/in-thread";
import { heapContext, siteOf } from "./context";
import { wordsTo } from "./detail";
import { decodeHeap } from "./heap";
import { machineView } from "./memory";
import { chunkState } from "./types";
import { chunkMappings, decodeAddressSpace, mappedRanges } from "./vmas";

const source = `#include <stdlib.h>
#include <string.h>
int main(void) {
  char *a = malloc(100), *b = malloc(300000), **c = malloc(5000), *d = malloc(40);
  memset(b, 1, 300000);
  c[0] = a; c[1] = a + 99; c[2] = b; c[600] = b + 299999; c[620] = d;
  *(char **)(b + 4096 * 9) = a + 8;
  *(char **)d = b + 5000;
  return d == 0;
}
`;

it.each(["amd64", "i386"] as const)("words that point into a chunk are found, on %s", async (abi) => {
  const session = await connectInThread(true);
  const scenario = { version: 1, slug: null, title: null, source, machine: { ...defaultMachine, abi } } as const;
  const opened = await session.open(scenario, { budget: 5_000_000, cursor: null });
  if (opened.type !== "opened") throw new Error(JSON.stringify(opened.diagnostics));
  const { summary } = opened;
  await session.seek(summary.last);
  const space = decodeAddressSpace(session.memory);
  const view = machineView(session.memory, mappedRanges(space));
  const place = siteOf(view, summary.process, space.brk);
  if (place === undefined) throw new Error("unknown glibc");
  const heap = decodeHeap(view, place.abi, place.site, { mappings: chunkMappings(space) });
  const context = heapContext(view, place.abi, place.site);
  const { chunks } = heap;
  const word = place.abi.wordBytes;
  let found = 0;
  for (let row = 0; row < chunks.count; row++) {
    const [from, to] = [(chunks.addr[row] ?? 0) + 2 * word, (chunks.addr[row] ?? 0) + (chunks.size[row] ?? 0) + word];
    const expected: number[] = [];
    for (let other = 0; other < chunks.count; other++) {
      const state = chunks.state[other];
      if (state !== chunkState.inuse && state !== chunkState.mmapped) continue;
      const end = (chunks.addr[other] ?? 0) + (chunks.size[other] ?? 0);
      for (let at = (chunks.addr[other] ?? 0) + 2 * word; at <= (state === chunkState.inuse ? end : end - word); at += word) {
        const value = context.reader.word(at);
        if (value >= from && value < to) expected.push(at);
      }
    }
    expect(wordsTo(context, heap, row).map(({ at }) => at)).toEqual(expected.slice(0, 256));
    found += expected.length;
  }
  expect(found).toBeGreaterThanOrEqual(7);
});
