/** Every message that a release can say is said by some test, and none says what it cannot say. */
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { control } from "../../abi/control";
import { assertionIn } from "../../abi/glibc-assertions";
import { findRelease, type Release, releases } from "../../abi/glibc-features";
import { mallocAbis } from "../../abi/glibc-structs";
import { findGlibcSymbols } from "../../abi/glibc-symbols";
import { libcImage } from "../../abi/libc-images";
import { machineMemory } from "../../abi/machine-memory";
import { messages } from "../../abi/messages";
import { defaultLayout } from "../../machine/layout";
import { createMachine, type Machine } from "../../machine/machine";
import { loadEngine } from "../engine-module";
import { messageSpans } from "../testing/message-spans";
import { type Misuse, misuse, type Place } from "../testing/misuse";
import { createPlayer } from "./player";
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
const builds = mallocAbis.flatMap(({ glibc, abi, wordBytes, mallocState }) => {
  const symbols = findGlibcSymbols(glibc, abi);
  const image = symbols === undefined ? undefined : libcImage(symbols);
  return image === undefined ? [] : [{ glibc, abi, wordBytes, mallocState, image }];
});
type Build = (typeof builds)[number];

let module: WebAssembly.Module;
let machine: Machine | undefined;
beforeAll(async () => {
  module = await loadEngine();
}, 120_000);

function processOf({ glibc, abi, image }: Build): Machine {
  const layout = defaultLayout("/home/user/p", { textBytes: 0, rodataBytes: 0, dataBytes: 0, bssBytes: 0 }, null, image, abi);
  machine = createMachine({ module, layout, glibc, abi, tcacheKey: 1n, ...(machine ? { reuse: machine } : {}) });
  return machine;
}

/** Plays a script to its end or the process's, and the call behind it; the name of the message the process died with. */
function play(build: Build, script: (place: Place) => readonly string[], last?: Misuse["finally"]): string | null {
  const process = processOf(build);
  const player = createPlayer(process);
  const bins = build.mallocState.fields.find(({ name }) => name === "bins")?.offset ?? 0;
  const place = { word: build.wordBytes, unsorted: process.process.mainArena + bins };
  let alive = script(place).every((line) => player.play(line).kind === "ok");
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

/**
 * Checks that nothing can fail: what the third one of unsorted chunks looks for has been looked for a few lines before since 2.29, and the
 * tcache's largest size is compared with the page's, which is fixed.
 */
const idle: ReadonlySet<string> = new Set(["UnsortedCorrupted3", "TcacheTooLarge"]);

/** Of the assertions, which guard what no script can reach one by one, the one about top. */
const asked = (name: string): boolean => (name in messageSpans && !idle.has(name)) || name === "AssertOldTop";

describe("messages", () => {
  const scripts = { amd64: recorded("2.36sys-amd64"), i386: recorded("2.36-i386") };
  const said = new Map<Release, Set<string>>(releases.map((release) => [release, new Set<string>()]));

  it.each(builds.map((build) => [`${build.glibc} ${build.abi}`, build] as const))(
    "of %s: misuse ends with none that it does not have",
    (_, build) => {
      const release = build.glibc;
      const has = possible(release);
      const spoken = [
        ...scripts[build.abi].map(({ script }) => play(build, () => script)),
        ...misuse.map(({ script, finally: last }) => play(build, script, last)),
      ].filter((name): name is string => name !== null && name !== "None");
      expect(spoken.filter((name) => !has.has(name))).toEqual([]);
      for (const name of spoken) said.get(release)?.add(name);
    },
  );

  it("of every release are each said by a recording or by one of these scripts", () => {
    for (const version of readdirSync(folder)) {
      const release = findRelease(version.replace(/(sys|dev)?-.*/, ""));
      if (release === undefined) throw new Error(`goldens/ptmalloc/${version}: of no known release`);
      for (const { name, stderr } of recorded(version)) {
        const message = nameOf(stderr, release);
        if (stderr.trim() !== "") expect(message, `${version}/${name}: ${stderr}`).not.toBeNull();
        if (message !== null) said.get(release)?.add(message);
      }
    }
    const played = new Set(builds.map(({ glibc }) => glibc));
    const unsaid = [...played].flatMap((release) =>
      [...possible(release)].filter((name) => asked(name) && !said.get(release)?.has(name)).map((name) => `${release} ${name}`),
    );
    expect(unsaid).toEqual([]);
  });
});
