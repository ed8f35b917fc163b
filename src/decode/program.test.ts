/** The decoders on a C program that really runs: frames, variables and names at every statement. */
import { expect, test } from "vitest";
import { loadEngine } from "../headless/engine-module";
import { createScenarioHost } from "../machine/time/load";
import { Timeline } from "../machine/time/timeline";
import { defaultMachine } from "../scenario/scenario";
import { siteOf } from "./context";
import { cRegisters, stackFrames } from "./frames";
import { decodeHeap } from "./heap";
import { machineView } from "./memory";
import { chunkNames, chunkPointers, mayFollow } from "./names";
import { namedPointers, variableValues } from "./variables";
import { chunkMappings, decodeAddressSpace, mappedRanges } from "./vmas";
import { wordReader } from "./words";

const source = `#include <stdlib.h>
struct node { int value; struct node *next; };
struct node *head;
struct node *push(int value) {
  struct node *made = malloc(sizeof(struct node));
  made->value = value;
  made->next = head;
  return made;
}
int main(void) {
  char *buffer = malloc(100);
  for (int i = 0; i < 3; i++)
    head = push(i);
  free(buffer);
  return 0;
}
`;

test("frames reach from push into main, and every chunk is called what the program calls it", async () => {
  const engine = await loadEngine();
  const host = createScenarioHost(() => engine);
  const loaded = host.load({ version: 1, slug: null, title: null, source, machine: defaultMachine });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problem));
  const timeline = new Timeline(loaded.value.simulation);
  timeline.setBudget(100_000);
  while (timeline.slice(10_000) === null);
  const seen: string[] = [];
  let names: string[] = [];
  for (const at of timeline.index.statements().at) {
    timeline.seek(at);
    const space = decodeAddressSpace(host.memory);
    const memory = machineView(host.memory, mappedRanges(space));
    const place = siteOf(memory, timeline.process, space.brk);
    if (place === undefined) throw new Error("glibc 2.36 is known");
    const facts = decodeHeap(memory, place.abi, place.site, { mappings: chunkMappings(space) });
    expect(facts.problems).toEqual([]);
    const reader = wordReader(memory, 8);
    const frames = stackFrames(reader, timeline.debug, cRegisters(host.memory));
    const values = variableValues(reader, timeline.debug, frames);
    const shown = values.filter(({ name }) => name === "value" || name === "i").map(({ name, value }) => `${name}=${value}`);
    if (frames.length === 2) seen.push(`${frames.map((frame) => frame.info.name).join("<")} ${shown.join(" ")}`);
    const pointers = chunkPointers(facts.chunks, namedPointers(reader, timeline.debug, frames, mayFollow(facts.chunks)), 8);
    names = [...chunkNames(facts.chunks, pointers).values()];
  }
  expect([...new Set(seen)]).toEqual(["push<main value=0 i=0", "push<main value=1 i=1", "push<main value=2 i=2"]);
  expect(names.toSorted()).toEqual(["buffer", "head", "head->next", "head->next->next"]);
}, 60_000);
