/** Every message that a release can say is said by some test, and none says what it cannot say. */
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { control } from "../../abi/control";
import { assertionIn } from "../../abi/glibc-assertions";
import { findRelease, type Release, releases } from "../../abi/glibc-features";
import { mallocAbis, type StructLayout } from "../../abi/glibc-structs";
import { findGlibcSymbols } from "../../abi/glibc-symbols";
import { libcImage } from "../../abi/libc-images";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { mapFlag, prot } from "../../abi/linux";
import { messageBlock, messages } from "../../abi/messages";
import { standingOf } from "../../abi/releases";
import { defaultLayout } from "../../machine/layout";
import { createMachine, type Machine } from "../../machine/machine";
import { loadEngine } from "../engine-module";
import { arenaAssertions } from "../testing/arena-assertions";
import { assertions } from "../testing/assertions";
import { messageSpans } from "../testing/message-spans";
import { misuse } from "../testing/misuse";
import { neverFail } from "../testing/never-fail";
import type { Misuse, Place } from "../testing/place";
import { createPlayer, type Player } from "./player";
import { parseRecording } from "./recording";

const folder = new URL("../../../goldens/ptmalloc/", import.meta.url);

/** Message names that a release has. */
function possible(release: Release): ReadonlySet<string> {
  const at = releases.indexOf(release);
  const has = ([since, until]: readonly [Release | null, Release | null]): boolean =>
    (since === null || releases.indexOf(since) <= at) && (until === null || releases.indexOf(until) > at);
  return new Set(
    messages.slice(1).flatMap((message) => {
      const inRelease =
        message.kind === "check"
          ? has(messageSpans[message.name] ?? [null, "2.12.1"])
          : assertionIn(message.name, release).line > 0;
      return inRelease ? [message.name] : [];
    }),
  );
}

/** Scripts of the misuse recordings of one folder, and the message each recording ends with. */
function recorded(
  version: string,
): readonly { readonly name: string; readonly script: readonly string[]; readonly stderr: string }[] {
  return readdirSync(new URL(`${version}/`, folder))
    .filter((name) => name.startsWith("misuse"))
    .map((name) => {
      const { operations } = parseRecording(gunzipSync(readFileSync(new URL(`${version}/${name}`, folder))).toString("utf8"));
      return { name, script: operations.map(({ op }) => op), stderr: operations.at(-1)?.stderr ?? "" };
    });
}

/** Builds whose libc can be laid out. */
const builds = mallocAbis.flatMap((abi) => {
  const symbols = findGlibcSymbols(abi.glibc, abi.abi);
  const image = symbols === undefined ? undefined : libcImage(symbols);
  return symbols === undefined || image === undefined ? [] : [{ ...abi, symbols, image, name: `${abi.glibc} ${abi.abi}` }];
});
type Build = (typeof builds)[number];

let module: WebAssembly.Module;
let machine: Machine | undefined;
beforeAll(async () => {
  module = await loadEngine();
}, 120_000);

function processOf({ glibc, abi, image }: Build): Machine {
  const layout = defaultLayout("/home/user/p", { textBytes: 0, rodataBytes: 0, dataBytes: 0, bssBytes: 0 }, { abi }, image);
  machine = createMachine({ module, layout, glibc, abi, tcacheKey: 1n, ...(machine ? { reuse: machine } : {}) });
  return machine;
}

/** What scripts ask about the process. */
function placeIn(build: Build, { process, kernel, layout, peek }: Machine, player: Player): Place {
  const { wordBytes: word, mallocState, mallocPar, symbols } = build;
  const offset = ({ fields }: StructLayout, name: string): number => fields.find((field) => field.name === name)?.offset ?? 0;
  const thread = { tcache: symbols.tlsTcache, arena: symbols.tlsThreadArena, errno: symbols.tlsErrno };
  return {
    word,
    heapMax: word === 8 ? 0x400_0000 : 0x10_0000,
    least: build.minChunkBytes,
    mappedLikeHeap: build.features.has("mappedLikeHeap"),
    unsorted: process.mainArena + offset(mallocState, "bins"),
    state: (field, arena = process.mainArena) => arena + offset(mallocState, field),
    mp: (field) => process.mp + offset(mallocPar, field),
    symbol: (name) => process.libcBase + symbols[name],
    thread: (name) => layout.libcTls + thread[name],
    peek: (addr) => {
      const bytes = new Uint8Array(8);
      peek(addr, bytes.subarray(0, word));
      return Number(new DataView(bytes.buffer).getBigUint64(0, true));
    },
    slot: (slot) => Number(player.pointer(slot)),
    map: (addr) => {
      const flags = mapFlag.PRIVATE | mapFlag.ANONYMOUS | mapFlag.FIXED;
      expect(kernel.mmap(addr, PAGE_SIZE, prot.READ | prot.WRITE, flags)).toBe(addr);
    },
  };
}

/** Plays a script to its end or the process's, and the call behind it; the name of the message the process died with. */
function play(build: Build, script: Misuse["script"], last?: Misuse["finally"]): string | null {
  const process = processOf(build);
  const player = createPlayer(process);
  let alive = true;
  for (const line of script(placeIn(build, process, player))) {
    alive = player.play(line).kind === "ok";
    if (!alive) break;
  }
  if (alive && last !== undefined) alive = process.call(() => process.engine[last]()).kind === "ok";
  const id = new DataView(process.memory.buffer, machineMemory.control).getUint32(control.stopMessage, true);
  return alive || id === 0 ? null : (messages[id]?.name ?? null);
}

/** Which message a recording's last words are. */
function nameOf(stderr: string, release: Release): string | null {
  const words = stderr.split("\n")[0]?.replace(/: 0x[0-9a-f]+ \*\*\*.*$/, "") ?? "";
  if (words === "") return null;
  const bare = (text: string): string => text.replace(/^.*?\*\*\* |^\S+: (?=malloc\.c)/, "").replace(/^.*': |^\.\S+: /, "");
  const found = messages.find(
    (message) =>
      message.name !== "None" &&
      (message.kind === "check"
        ? bare(words).trimEnd() === message.text || words.endsWith(`: ${message.text}`)
        : words.includes(assertionIn(message.name, release).expression) && words.includes(assertionIn(message.name, release).fn)),
  );
  return found?.name ?? null;
}

/** Whether a build cannot say a message, whatever a program does. */
function isBeyondReach(name: string, { glibc, abi }: Build): boolean {
  const at = releases.indexOf(glibc);
  return neverFail.some(({ check, releases: [since, until] = [null, null], abi: only = abi }) => {
    if (check !== name || only !== abi) return false;
    return (since === null || releases.indexOf(since) <= at) && (until === null || releases.indexOf(until) > at);
  });
}

describe("messages", () => {
  const scripts = { amd64: recorded("2.36sys-amd64"), i386: recorded("2.36-i386") };
  const own = [...misuse, ...assertions, ...arenaAssertions];
  const said = new Map(builds.map(({ name }) => [name, new Set<string>()]));

  it.each(builds.map((build) => [build.name, build] as const))(
    "of %s: misuse ends with none that it does not have",
    (_, build) => {
      const has = (name: string): boolean => possible(build.glibc).has(name) && !isBeyondReach(name, build);
      const ends = own.map((each) => ({ wanted: each.message, got: play(build, each.script, each.finally) }));
      expect(ends.filter(({ wanted, got }) => has(wanted) && got !== wanted)).toEqual([]);
      const spoken = [...scripts[build.abi].map(({ script }) => play(build, () => script)), ...ends.map(({ got }) => got)];
      const names = spoken.filter((name): name is string => name !== null && name !== "None");
      expect(names.filter((name) => !has(name))).toEqual([]);
      for (const name of names) said.get(build.name)?.add(name);
    },
  );

  it("of every release and width are each said by a recording or by one of these scripts", () => {
    for (const version of readdirSync(folder)) {
      const [, number = "", abi] = /^(.*?)(?:sys|dev)?-(.*)$/.exec(version) ?? [];
      const release = findRelease(number);
      if (release === undefined) throw new Error(`goldens/ptmalloc/${version}: of no known release`);
      expect(standingOf(release, abi === "i386" ? "i386" : "amd64")).toEqual({ kind: "recorded" });
      for (const { name, stderr } of recorded(version)) {
        const message = nameOf(stderr, release);
        if (stderr.trim() !== "") expect(message, `${version}/${name}: ${stderr}`).not.toBeNull();
        if (message !== null) said.get(`${release} ${abi}`)?.add(message);
      }
    }
    const unsaid = builds.flatMap((build) =>
      [...possible(build.glibc)]
        .filter((name) => !isBeyondReach(name, build) && !said.get(build.name)?.has(name))
        .map((name) => `${build.name} ${name}`),
    );
    expect(unsaid).toEqual([]);
  });

  it("that never come are of nothing but what some release could say, or stand in no table", () => {
    const names = new Set(messages.map(({ name }) => name));
    const asserted = messages.flatMap((message) =>
      message.kind === "check" ? [] : releases.map((release) => assertionIn(message.name, release)),
    );
    for (const { check } of neverFail) {
      const [, fn, expression] = /^(\w+).*?: (.*)$/.exec(check) ?? [];
      if (fn === undefined) expect(names).toContain(check);
      else expect(asserted.filter((each) => each.fn === fn && each.expression === expression)).toEqual([]);
    }
  });

  it("are unknown to the engine where the release does not make the assertion", () => {
    for (const release of releases) {
      const has = possible(release);
      const block = new DataView(messageBlock(release, "a.out").buffer);
      const texts = messages.filter(({ kind }, id) => kind === "assertion" && block.getUint32(id * 8 + 4, true) !== 0);
      expect(texts.map(({ name }) => name).filter((name) => !has.has(name))).toEqual([]);
    }
  });
});
