/** malloc's part of fork, release by release; of the machine's own release `npm run live` compares every byte with real processes. */
import { beforeAll, describe, expect, it } from "vitest";
import { apiNames } from "../../abi/api";
import { findMallocAbi } from "../../abi/glibc-structs";
import { findGlibcSymbols } from "../../abi/glibc-symbols";
import { recordKind } from "../../abi/journal";
import { libcImage } from "../../abi/libc-images";
import { defaultLayout } from "../../machine/layout";
import { createMachine, type Machine } from "../../machine/machine";
import { journalView } from "../../machine/time/linear";
import { loadEngine } from "../engine-module";
import { createObserver } from "./observe";
import { createPlayer } from "./player";
import type { RecordedFork } from "./recording";

let module: WebAssembly.Module;
let reuse: Machine | undefined;
beforeAll(async () => {
  module = await loadEngine();
}, 120_000);

const NO_PROGRAM = { textBytes: 0, rodataBytes: 0, dataBytes: 0, bssBytes: 0 };

/** Plays a script; what the last operation's line tells of the arenas, and which handlers it ran. */
function play(glibc: string, abi: "amd64" | "i386", script: readonly string[]): { fork?: RecordedFork; ran: string[] } {
  const symbols = findGlibcSymbols(glibc, abi);
  const image = symbols && libcImage(symbols);
  const layout = defaultLayout("/home/user/p", NO_PROGRAM, { abi }, image ?? undefined);
  const machine = createMachine({ module, layout, glibc, abi, tcacheKey: 1n, ...(reuse ? { reuse } : {}) });
  reuse = machine;
  const player = createPlayer(machine);
  const observer = createObserver(machine);
  const last = script.at(-1) ?? "";
  for (const line of script.slice(0, -1)) expect(player.play(line).kind, line).toBe("ok");
  machine.setTracing(3);
  const journal = journalView(machine.bytes);
  const from = journal.head();
  const outcome = player.play(last);
  const ran: string[] = [];
  for (let at = from; at < journal.head(); at++)
    if (journal.kind(at) === recordKind.opBegin) ran.push(apiNames[journal.id(at)] ?? "");
  const { fork } = observer.observe(script.length - 1, last, outcome);
  return { ...(fork ? { fork } : {}), ran };
}

const all = ["fork_lock_parent", "fork_unlock_parent", "fork_unlock_child"];

describe("malloc's part of fork", () => {
  it.each([
    ["2.12.1", "amd64", true],
    ["2.23", "amd64", true],
    ["2.24", "amd64", false],
    ["2.26", "amd64", false],
    ["2.31", "i386", false],
    ["2.36", "amd64", false],
    ["2.43", "amd64", false],
  ] as const)("of glibc %s %s is done with one thread: %s", (glibc, abi, alone) => {
    expect(findMallocAbi(glibc, abi)?.features.has("forkHooks")).toBe(alone);
    expect(play(glibc, abi, ["m 0 24", "k"]).ran).toEqual(alone ? all : []);
    // Nothing to do before malloc is initialised, and a thread that has ended has been there all the same.
    if (alone) expect(play(glibc, abi, ["k"]).ran).toEqual([]);
    expect(play(glibc, abi, ["S 1", "X 1", "k"]).ran).toEqual(all);
    expect(play(glibc, abi, ["S 1", "X 1", "K", "k"]).ran).toEqual(all);
  });

  it.each(["2.23", "2.26", "2.31", "2.36", "2.42", "2.43"])("leaves the child of glibc %s one thread in its arena", (glibc) => {
    const { fork } = play(glibc, "amd64", [
      "m 0 24",
      "S 1",
      "S 2",
      "T 1 m 1 24",
      "T 2 m 2 24",
      "S 3",
      "T 3 m 3 24",
      "X 3",
      "T 2 K",
    ]);
    const [main, newest, own, oldest] = fork?.arenas ?? [];
    expect(fork?.arenas.map(([, mutex, , attached]) => [mutex, attached])).toEqual([
      [0, 0],
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
    // The last one pushed is the first to be taken: around the ring, main_arena is at the end.
    expect(fork?.free).toBe(oldest?.[0]);
    expect([oldest?.[2], newest?.[2], main?.[2]]).toEqual([newest?.[0], main?.[0], "0x0"]);
    expect(own?.[2]).toBe("0x0");
  });

  it("leaves the parent as it was", () => {
    const before = ["m 0 24", "S 1", "T 1 m 1 24", "S 2", "T 2 m 2 24", "X 1"];
    const { fork } = play("2.36", "amd64", [...before, "T 2 k"]);
    const [main, newest, oldest] = fork?.arenas ?? [];
    expect([main?.[3], newest?.[3], oldest?.[3]]).toEqual([1, 1, 0]);
    expect(fork?.free).toBe(oldest?.[0]);
    expect(fork?.arenas.every(([, mutex]) => mutex === 0)).toBe(true);
  });
});
