/** What the kernel says of itself: in the order in which Linux's functions call each other, and every line of its outlines at some time. */
import { describe, expect, it } from "vitest";
import { fileKind } from "../abi/kernel";
import { type KernelMarkName, kernelMarks, kernelPaths } from "../abi/kernel-marks";
import { advice, mapFlag, mremapFlag, prot } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { MachineSpec } from "./exec";
import { createTestHost, emptySpace, type TestHost } from "./testing/host";

const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;
const FIXED = ANON | mapFlag.FIXED;
const AREA = 0x1000_0000;
const HUGE = 512 * PAGE_SIZE;
const STACK = 0x7fff_ffff_f000;
const VVAR = 0x7fff_f7ff_0000;

const vvar = { start: VVAR, end: VVAR + 4 * PAGE_SIZE, perms: "r--p", offset: 0, device: "00:00", inode: 0, name: "[vvar]" };
const space = emptySpace([vvar]);

type Script = (k: TestHost["kernel"], file: number) => void;

interface Said {
  /** Functions in the order of their phases, and all lines with their answers. */
  readonly phases: readonly KernelMarkName[];
  readonly lines: readonly string[];
}

/** What is said from when `prepare` is done. */
function saidBy(prepare: Script, script: Script, machine: Partial<MachineSpec> = {}): Said {
  const host = createTestHost(space, machine);
  const info = { kind: fileKind.regular, name: "/a", inode: 7, deviceMajor: 8, deviceMinor: 1, sizeBytes: 20 * PAGE_SIZE };
  const file = host.kernel.createFile(info);
  prepare(host.kernel, file);
  host.listen();
  script(host.kernel, file);
  return {
    phases: host.said.filter(({ mark }) => mark.level === "phase").map(({ mark }) => mark.name),
    lines: host.said.map(({ mark, answer }) => (mark.decides ? `${mark.name}=${answer}` : mark.name)),
  };
}

const map: Script = (k) => void k.mmap(AREA, 8 * PAGE_SIZE, RW, FIXED);
const walk = ["UserFault", "HandleFault", "WalkTables", "PteFault"] as const;

interface Case {
  readonly prepare: Script;
  readonly script: Script;
  readonly phases: readonly KernelMarkName[];
  readonly lines: readonly string[];
  readonly machine?: Partial<MachineSpec>;
}

const mapFile =
  (flags: number): Script =>
  (k, file) =>
    void k.mmap(AREA, 40 * PAGE_SIZE, RW, flags | mapFlag.FIXED, { file, pgoff: 0 });
const both =
  (...scripts: readonly Script[]): Script =>
  (k, file) => {
    for (const script of scripts) script(k, file);
  };
const read =
  (at: number): Script =>
  (k) =>
    void k.fault(at, 0);
const write =
  (at: number): Script =>
  (k) =>
    void k.fault(at, 1);

const cases: Readonly<Record<string, Case>> = {
  "an anonymous page is written": {
    prepare: map,
    script: write(AREA),
    phases: [...walk, "AnonymousPage"],
    lines: ["FindVma=1", "PmdTable=0", "PteTable=0", "OnlyRead=0", "AnonVma=0", "FrameTaken=1", "RssAnon", "FaultCounted"],
  },
  "an anonymous page is read": {
    prepare: both(map, write(AREA)),
    script: read(AREA + PAGE_SIZE),
    phases: [...walk, "AnonymousPage"],
    lines: ["PudTable=1", "PmdTable=1", "PteTable=1", "EntryEmpty=1", "MappingAnonymous=1", "OnlyRead=1", "EntryWritten"],
  },
  "a neighbour's anon_vma fits": {
    prepare: both(
      map,
      (k) => k.mprotect(AREA, PAGE_SIZE, prot.READ),
      write(AREA + PAGE_SIZE),
      (k) => k.mprotect(AREA, PAGE_SIZE, RW | prot.EXEC),
    ),
    script: write(AREA),
    phases: [...walk, "AnonymousPage"],
    lines: ["AnonVma=1"],
  },
  "the zero page is written": {
    prepare: both(map, read(AREA)),
    script: write(AREA),
    phases: [...walk, "WriteProtected", "CopyPage"],
    lines: ["EntryEmpty=0", "EntryForbidsWrite=1", "WpShared=0", "WpReuse=0", "FrameTaken=1"],
  },
  "an own page is written that was read-only for a while": {
    prepare: both(mapFile(mapFlag.SHARED), write(AREA), (k) => k.mmap(AREA, PAGE_SIZE, RW, FIXED), write(AREA), lazily),
    script: write(AREA),
    phases: [...walk, "WriteProtected"],
    lines: ["WpReuse=1"],
  },
  "a page is there after all": {
    prepare: both(map, write(AREA)),
    script: read(AREA),
    phases: walk,
    lines: ["EntryForbidsWrite=0"],
  },
  "a page of a file is read, with its neighbours": {
    prepare: mapFile(mapFlag.PRIVATE),
    script: read(AREA + PAGE_SIZE),
    phases: [...walk, "ReadFault"],
    lines: ["MappingAnonymous=0", "AroundWanted=1", "PageCached=0", "AroundMapped=1", "RssFile"],
  },
  "a page of the kernel's own is read": {
    prepare: () => {},
    script: read(VVAR),
    phases: [...walk, "ReadFault"],
    lines: ["AroundWanted=0", "AroundMapped=1"],
  },
  "shared memory is read before anybody wrote": {
    prepare: (k) => void k.mmap(AREA, 8 * PAGE_SIZE, RW, mapFlag.SHARED | mapFlag.ANONYMOUS | mapFlag.FIXED),
    script: read(AREA),
    phases: [...walk, "ReadFault"],
    lines: ["AroundMapped=0", "PageCached=0", "RssShmem"],
  },
  "a private page of a file is written": {
    prepare: both(mapFile(mapFlag.SHARED), write(AREA), mapFile(mapFlag.PRIVATE)),
    script: write(AREA),
    phases: [...walk, "CowFault"],
    lines: ["FrameTaken=1", "PageCopied", "RssAnon"],
  },
  "a shared page of a file is written": {
    prepare: mapFile(mapFlag.SHARED),
    script: write(AREA),
    phases: [...walk, "SharedFault"],
    lines: ["PageCached=0", "RssFile"],
  },
  "a shared page of a file is written that was only read": {
    prepare: both(mapFile(mapFlag.SHARED), read(AREA)),
    script: write(AREA),
    phases: [...walk, "WriteProtected"],
    lines: ["WpShared=1"],
  },
  "a page of a file is mapped again": {
    prepare: both(mapFile(mapFlag.SHARED), write(AREA), mapFile(mapFlag.SHARED)),
    script: write(AREA),
    phases: [...walk, "SharedFault"],
    lines: ["PageInFile=1", "PageCached=1"],
  },
  "behind the end of a file": {
    prepare: mapFile(mapFlag.PRIVATE),
    script: read(AREA + 30 * PAGE_SIZE),
    phases: ["UserFault", "HandleFault", "WalkTables", "ReadFault", "SigBus"],
    lines: ["PageInFile=0"],
  },
  "2 MiB at once": {
    prepare: (k) => {
      k.mmap(AREA, 2 * HUGE, RW, FIXED);
      k.madvise(AREA, 2 * HUGE, advice.HUGEPAGE);
    },
    script: write(AREA + PAGE_SIZE),
    phases: ["UserFault", "HandleFault", "WalkTables", "HugePage"],
    lines: ["HugeWanted=1", "HugeMapped"],
  },
  "the stack grows": {
    prepare: () => {},
    script: write(STACK - 0x10_0000),
    phases: ["UserFault", "ExpandStack", ...walk.slice(1), "AnonymousPage"],
    lines: ["FindVma=0", "GrowsDown=1", "StackLimit=1", "MayExpand=1", "Promised=1", "StackGrown"],
  },
  "the stack is at its limit": {
    prepare: () => {},
    script: write(STACK - 0x100_0000),
    phases: ["UserFault", "ExpandStack", "BadArea"],
    lines: ["StackLimit=0"],
  },
  "the stack meets its guard gap": {
    prepare: (k) => void k.mmap(STACK - 0x20_0000, PAGE_SIZE, RW, FIXED),
    script: both(write(STACK - 0x20_0000 + 20 * PAGE_SIZE), write(STACK - 0x8_0000)),
    phases: ["UserFault", "ExpandStack", "BadArea", "UserFault", "ExpandStack", ...walk.slice(1), "AnonymousPage"],
    lines: ["GuardGap=0", "GuardGap=1"],
  },
  "below a mapping that does not grow": {
    prepare: map,
    script: read(AREA - PAGE_SIZE),
    phases: ["UserFault", "ExpandStack", "BadArea"],
    lines: ["GrowsDown=0"],
  },
  "a forbidden write": {
    prepare: (k) => void k.mmap(AREA, PAGE_SIZE, prot.READ, FIXED),
    script: write(AREA),
    phases: ["UserFault", "BadAccess"],
    lines: ["AccessAllowed=0"],
  },
  "an address of the kernel's, and one of nobody's": {
    prepare: () => {},
    script: both(read(2 ** 47 - 1), read(2 ** 60)),
    phases: ["UserFault", "BadArea", "GeneralProtection"],
    lines: ["BelowTaskSize=0"],
  },
  "five levels": {
    prepare: map,
    script: both(write(AREA), write(AREA + PAGE_SIZE)),
    phases: [...walk, "AnonymousPage", ...walk, "AnonymousPage"],
    lines: ["P4dTable=1"],
    machine: { pagingLevels: 5 },
  },
  "RAM is used up": {
    prepare: (k) => void k.mmap(AREA, 400 * PAGE_SIZE, RW, FIXED | mapFlag.NORESERVE),
    script: (k) => {
      for (let page = 0; page < 400 && k.fault(AREA + page * PAGE_SIZE, 1) === 1; page++);
    },
    phases: [],
    lines: ["FrameTaken=0", "OomKills=1"],
    machine: { totalramPages: 300 },
  },
  "the heap begins, grows and shrinks": {
    prepare: () => {},
    script: (k) => {
      const start = k.currentBrk();
      k.brk(0);
      k.brk(start + 8 * PAGE_SIZE);
      k.brk(start + 16 * PAGE_SIZE);
      k.brk(start + 4 * PAGE_SIZE);
      k.mmap(start + 5 * PAGE_SIZE, PAGE_SIZE, RW, FIXED);
      k.brk(start + 16 * PAGE_SIZE);
      k.setLimit("rlimit_data", 4096);
      k.brk(start + 5 * PAGE_SIZE);
    },
    phases: ["Brk", "Brk", "Brk", "Brk", "Munmap", "Mmap", "MmapRegion", "Brk", "Brk"],
    lines: [
      "BrkAboveStart=0",
      "BrkShrinks=0",
      "BrkRoom=1",
      "Merges=0",
      "VmaMade",
      "BrkSet",
      "Merges=1",
      "BrkShrinks=1",
      "VmaSplit",
      "VmaRemoved",
      "BrkRoom=0",
      "BrkDataLimit=0",
    ],
  },
  "mappings come and go": {
    prepare: (k) => void k.mmap(AREA, 4 * PAGE_SIZE, RW, FIXED | mapFlag.POPULATE),
    script: (k) => {
      k.mmap(AREA, PAGE_SIZE, RW, ANON);
      k.mmap(2 * AREA, PAGE_SIZE, RW, ANON);
      k.mmap(0, 2 ** 46, RW, ANON | mapFlag.NORESERVE);
      k.mmap(0, 2 ** 46, RW, ANON | mapFlag.NORESERVE);
      k.mmap(0, 2 ** 45, RW, ANON);
      k.mprotect(AREA, PAGE_SIZE, prot.READ);
      k.mremap(AREA + PAGE_SIZE, PAGE_SIZE, 2 * PAGE_SIZE, mremapFlag.MAYMOVE);
      k.madvise(AREA + 2 * PAGE_SIZE, PAGE_SIZE, advice.DONTNEED);
      k.munmap(AREA, 4 * PAGE_SIZE);
      k.setLimit("rlimit_as", 1);
      k.mmap(0, PAGE_SIZE, RW, ANON);
    },
    phases: [],
    lines: [
      "HintFree=0",
      "HintFree=1",
      "AreaFound=1",
      "AreaFound=0",
      "Promised=0",
      "Protect",
      "Mremap",
      "Madvise",
      "PagesZapped",
      "TableFreed",
      "TablesCounted",
      "MayExpand=0",
    ],
  },
  "a process forks": {
    prepare: (k) => {
      k.mmap(AREA, 2 * PAGE_SIZE, RW, FIXED);
      k.mmap(2 * AREA, PAGE_SIZE, RW, FIXED | mapFlag.NORESERVE);
      k.mmap(3 * AREA, PAGE_SIZE, RW, FIXED);
      k.madvise(2 * AREA, PAGE_SIZE, advice.DONTFORK);
      k.madvise(3 * AREA, PAGE_SIZE, advice.WIPEONFORK);
      k.fault(AREA, 1);
      k.fault(AREA + PAGE_SIZE, 0);
      k.fault(3 * AREA, 1);
    },
    script: (k) => void k.fork(CHILD),
    phases: ["CopyProcess", "CopyMm", "DupMmap", "CopyRange", "CopyRange", "WakesChild"],
    lines: [
      "SharesMm=0",
      "DontCopy=1",
      "WipedOnFork=1",
      "NeedsCopy=1",
      "CowMapping=1",
      "CowMapping=0",
      "EntriesCopied",
      "RssAnon",
    ],
  },
  "a process borrows its parent's address space, and ends": {
    prepare: map,
    script: (k) => {
      k.fork(CHILD, true);
      k.switchTo(CHILD);
      k.exit(0, 1000);
    },
    phases: ["CopyProcess", "CopyMm", "WakesChild", "DoExit", "ExitMm", "ExitNotify"],
    lines: ["SharesMm=1", "LastUser=0", "ParentWillAsk=1"],
  },
  "a parent asks, and asks again when the child has ended": {
    prepare: both(map, write(AREA), (k) => void k.fork(CHILD)),
    script: (k) => {
      k.wait(-1);
      k.switchTo(CHILD);
      k.exit(3 << 8, 1000);
      k.wait(-1);
      k.wait(-1);
    },
    phases: [
      ...(["DoWait", "ConsiderTask"] as const),
      ...(["DoExit", "ExitMm", "ExitMmap", "ExitNotify"] as const),
      ...(["DoWait", "ConsiderTask", "ReleaseTask", "DoWait"] as const),
    ],
    lines: ["HasChild=1", "ChildEnded=0", "LastUser=1", "VmaRemoved", "PagesZapped", "ChildEnded=1", "HasChild=0"],
  },
  "a process ends whose parent has ended": {
    prepare: both(
      map,
      (k) => void k.fork(CHILD),
      (k) => k.exit(0, CHILD),
      (k) => void k.fork(CHILD + 1),
    ),
    script: (k) => k.exit(0, CHILD + 1),
    phases: ["DoExit", "ExitMm", "ExitMmap", "ExitNotify"],
    lines: ["ParentWillAsk=0"],
  },
  "there are as many processes as there may be": {
    prepare: (k) => {
      for (let pid = CHILD; k.fork(pid, true) > 0; pid++);
    },
    script: (k) => void k.fork(2 * CHILD),
    phases: ["CopyProcess"],
    lines: ["TaskAllowed=0"],
  },
};

const CHILD = 1001;

/** The entry of a page of one's own that is read-only although the mapping may be written. */
function lazily(k: TestHost["kernel"]): void {
  const entry = k.context.pages.find(AREA);
  k.context.bytes.put32(entry, k.context.bytes.u32(entry) & ~2);
}

describe("what the kernel says of itself", () => {
  it.each(Object.entries(cases))("%s", (_, { prepare, script, phases, lines, machine }) => {
    const said = saidBy(prepare, script, machine);
    if (phases.length > 0) expect(said.phases).toEqual(phases);
    for (const line of lines) expect(said.lines).toContain(line);
  });

  it("is all that its outlines list, every question with both answers", () => {
    const said = new Set(Object.values(cases).flatMap(({ prepare, script, machine }) => saidBy(prepare, script, machine).lines));
    // The simulation's own limit, not RAM's.
    const silent = new Set(["OomKills=0"]);
    // What loading says, its own test hears: src/machine/time/loading.test.ts.
    const loading: ReadonlySet<string> = new Set([...(kernelPaths.execve ?? []), ...(kernelPaths.ld_so ?? []), "elf_load"]);
    const own = kernelMarks.filter(({ fn }) => !loading.has(fn));
    const all = own.flatMap((mark) => (mark.decides ? [`${mark.name}=0`, `${mark.name}=1`] : [mark.name]));
    expect(all.filter((line) => !said.has(line) && !silent.has(line))).toEqual([]);
  });

  it("changes nothing, and costs nothing when nobody listens", () => {
    for (const { prepare, script, machine } of Object.values(cases)) {
      const quiet = createTestHost(space, machine);
      prepare(quiet.kernel, 0);
      script(quiet.kernel, 0);
      expect(quiet.said).toEqual([]);
      const [before, writes] = [quiet.fingerprint(), quiet.now()];
      const loud = createTestHost(space, machine);
      loud.listen();
      prepare(loud.kernel, 0);
      script(loud.kernel, 0);
      expect(loud.now()).toBe(writes);
      loud.hush();
      expect(loud.fingerprint()).toBe(before);
    }
  });
});
