/** find_vma, mmap and munmap among many VMAs, on both kernels: each must cost little more among a hundred thousand than among a thousand. */
import { type KernelRelease, mapFlag, prot } from "../src/abi/linux";
import { PAGE_SIZE } from "../src/abi/machine-memory";
import { loadEngine } from "../src/headless/engine-module";
import { defaultMachineSpec } from "../src/kernel/exec";
import { defaultLayout } from "../src/machine/layout";
import { createMachine, type Machine } from "../src/machine/machine";

interface VmaFigures {
  readonly find_ns: number;
  readonly map_ns: number;
  readonly unmap_ns: number;
}

const counts = [1_000, 10_000, 100_000] as const;
type Growth = Readonly<Record<`${(typeof counts)[number]}`, VmaFigures>> & { readonly growth: number };
export type VmasFigures = Readonly<Record<"maple" | "rbtree", Growth>>;

/** Calls that are timed in one go, and how often; the fastest counts. */
const CALLS = 400;
const ROUNDS = 12;
const FINDS = 20_000;
const TRACING_WRITES = 1;
/** A limit above the largest count, and room for what the rounds add. */
const MAX_MAP_COUNT = 102_000;

const rights = (index: number): number => (index % 2 === 0 ? prot.READ : prot.READ | prot.WRITE);
const PRIVATE = mapFlag.PRIVATE | mapFlag.ANONYMOUS;

/** A generator with a seed, for picking mappings. */
function picker(): (below: number) => number {
  let state = 12345;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function nanoseconds(calls: number, work: () => void): number {
  const start = performance.now();
  work();
  return ((performance.now() - start) * 1e6) / calls;
}

/** Every mapping has two pages at first; without its upper one there is a gap that is too small for the next. */
function fill({ kernel }: Machine, count: number): number[] {
  const mappings = Array.from({ length: count }, (_, index) => kernel.mmap(0, 2 * PAGE_SIZE, rights(index), PRIVATE));
  for (const at of mappings) kernel.munmap(at + PAGE_SIZE, PAGE_SIZE);
  return mappings;
}

function measure(machine: Machine, count: number): VmaFigures {
  const { kernel } = machine;
  const pick = picker();
  const mappings = fill(machine, count);
  const lowest = mappings.at(-1) ?? 0;
  const span = (mappings[0] ?? 0) - lowest;
  const times = { find: [] as number[], map: [] as number[], unmap: [] as number[] };
  machine.setTracing(TRACING_WRITES);
  for (let round = 0; round < ROUNDS; round++) {
    const addresses = Array.from({ length: FINDS }, () => lowest + pick(span));
    times.find.push(
      nanoseconds(FINDS, () => {
        for (const addr of addresses) kernel.context.vmas.find(addr);
      }),
    );
    const chosen = new Set<number>();
    while (chosen.size < CALLS) chosen.add(mappings[pick(count)] ?? 0);
    times.unmap.push(
      nanoseconds(CALLS, () => {
        for (const at of chosen) kernel.munmap(at, PAGE_SIZE);
      }),
    );
    for (const at of chosen) kernel.mmap(at, PAGE_SIZE, prot.READ, PRIVATE | mapFlag.FIXED);
    const added: number[] = [];
    times.map.push(
      nanoseconds(CALLS, () => {
        for (let index = 0; index < CALLS; index++) added.push(kernel.mmap(0, 2 * PAGE_SIZE, rights(index), PRIVATE));
      }),
    );
    for (const at of added) kernel.munmap(at, 2 * PAGE_SIZE);
  }
  machine.setTracing(0);
  return { find_ns: Math.min(...times.find), map_ns: Math.min(...times.map), unmap_ns: Math.min(...times.unmap) };
}

export async function benchVmas(): Promise<VmasFigures> {
  const module = await loadEngine();
  const layout = defaultLayout("/home/user/bench", { textBytes: 0, rodataBytes: 0, dataBytes: 0, bssBytes: 0 });
  const common = { module, layout, glibc: "2.36", abi: "amd64", tcacheKey: 1n } as const;
  let machine: Machine | undefined;
  const on = (kernel: KernelRelease): Growth => {
    const figures = counts.map((count) => {
      const spec = { ...defaultMachineSpec, kernel, maxMapCount: MAX_MAP_COUNT };
      machine = createMachine({ ...common, machine: spec, ...(machine ? { reuse: machine } : {}) });
      return measure(machine, count);
    });
    const [small, middle, large] = figures;
    if (small === undefined || middle === undefined || large === undefined) throw new Error("three counts, three figures");
    const growth = (["find_ns", "map_ns", "unmap_ns"] as const).map((key) => large[key] / small[key]);
    return { 1000: small, 10000: middle, 100000: large, growth: Math.max(...growth) };
  };
  return { maple: on("6.1+"), rbtree: on("before-6.1") };
}
