/** The memory of a process that does not run is what is shown of it while it runs. */
import { describe, expect, it } from "vitest";
import { advice, mapFlag, prot } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { procNames } from "../abi/proc-texts";
import { procText, procTextOf } from "../kernel/proc-text";
import { createTestHost, type TestHost } from "../kernel/testing/host";
import { findVmaWalk } from "./find-vma";
import { kernelWords } from "./kernel-words";
import { asWords } from "./memory";
import { vmaPages } from "./pages";
import { decodePhysical } from "./physical";
import { asRunning, sharersOf } from "./process";
import { decodeVmaTree } from "./vma-tree";
import { decodeAddressSpace } from "./vmas";
import { walkFacts } from "./walk-facts";

const RW = prot.READ | prot.WRITE;
const FIXED = mapFlag.PRIVATE | mapFlag.ANONYMOUS | mapFlag.FIXED;
const AREA = 0x1000_0000;
const [PARENT, CHILD, GONE] = [1000, 1001, 1002];

/** Two processes that have gone their own ways since the fork, and one that has ended. */
function family(): TestHost {
  const host = createTestHost();
  const { kernel } = host;
  kernel.mmap(AREA, 8 * PAGE_SIZE, RW, FIXED);
  for (let page = 0; page < 6; page++) kernel.access(AREA + page * PAGE_SIZE, true);
  kernel.fork(CHILD);
  kernel.fork(GONE);
  kernel.switchTo(GONE);
  kernel.exit(0, CHILD);
  kernel.access(AREA + PAGE_SIZE, true);
  kernel.access(AREA + 7 * PAGE_SIZE, true);
  kernel.mmap(2 * AREA, 3 * PAGE_SIZE, prot.READ, FIXED);
  kernel.switchTo(PARENT);
  kernel.madvise(AREA + 2 * PAGE_SIZE, PAGE_SIZE, advice.DONTNEED);
  kernel.munmap(AREA + 5 * PAGE_SIZE, PAGE_SIZE);
  return host;
}

/** Everything that the views show of a process's memory. `pid` null: of the one that runs. */
function shownOf({ bytes, kernel }: TestHost, pid: number | null): unknown {
  const space = decodeAddressSpace(bytes, pid);
  const { index, ...facts } = space;
  const words = asWords(bytes);
  const pages = [0, 1, 2, 5, 7].map((page) => AREA + page * PAGE_SIZE);
  return {
    facts,
    tree: index && decodeVmaTree(index),
    walks: index && pages.map((addr) => findVmaWalk(index, addr)),
    pages: space.vmas.map((vma) => vmaPages(bytes, vma, space.top)),
    tables: pages.map((addr) => walkFacts(bytes, space, addr)),
    sharers: pages.map((addr) => sharersOf(asRunning(kernelWords(words), space.pid), words, addr / PAGE_SIZE)),
    physical: decodePhysical(bytes, space),
    texts: procNames.map((name) => (pid === null ? procText(kernel.context, name) : procTextOf(kernel.context, name, pid))),
  };
}

describe("a process that does not run", () => {
  it.each([
    [PARENT, CHILD],
    [CHILD, PARENT],
  ])("%i shows while %i runs what it shows while it runs", (pid, other) => {
    const host = family();
    host.kernel.switchTo(pid);
    const own = shownOf(host, null);
    expect(shownOf(host, pid)).toEqual(own);
    host.kernel.switchTo(other);
    expect(shownOf(host, pid)).toEqual(own);
    expect(shownOf(host, null)).not.toEqual(own);
  });

  it("shows nothing once it has ended: the running one is shown", () => {
    const host = family();
    const own = shownOf(host, null);
    for (const pid of [GONE, 4711]) expect(shownOf(host, pid)).toEqual(own);
  });
});
