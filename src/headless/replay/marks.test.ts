/** Every marker that comes in a release is one that it has, and every one that it has comes: by its recordings and a few scripts more. */
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { type MallocAbi, mallocAbis } from "../../abi/glibc-structs";
import { findGlibcSymbols } from "../../abi/glibc-symbols";
import { recordKind } from "../../abi/journal";
import { type LibcImage, libcImage } from "../../abi/libc-images";
import { marksOf } from "../../abi/mark-features";
import { type MarkName, marks } from "../../abi/marks";
import { defaultLayout } from "../../machine/layout";
import { createMachine, type Machine } from "../../machine/machine";
import { journalView } from "../../machine/time/linear";
import { loadEngine } from "../engine-module";
import { type MarkScript, markScripts } from "../testing/mark-scripts";
import { createPlayer } from "./player";
import { parseRecording, type RecordingHeader } from "./recording";
import { startReplay } from "./session";

const folder = new URL("../../../goldens/ptmalloc/", import.meta.url);
const TRACE_MARKS = 2;
const nameOf: readonly (MarkName | undefined)[] = [undefined, ...marks.map(({ name }) => name)];

let module: WebAssembly.Module;
let machine: Machine | undefined;
beforeAll(async () => {
  module = await loadEngine();
}, 120_000);

/** The markers that come while `play` runs. */
function during(process: Machine, play: () => void): Set<MarkName> {
  process.setTracing(TRACE_MARKS);
  const journal = journalView(process.bytes);
  const from = journal.head();
  play();
  const said = new Set<MarkName>();
  for (let record = Math.max(from, journal.tail()); record < journal.head(); record++) {
    const kind = journal.kind(record);
    const name = kind === recordKind.phase || kind === recordKind.line ? nameOf[journal.id(record)] : undefined;
    if (name !== undefined) said.add(name);
  }
  return said;
}

/** Plays operations until the last or the process's end. */
function playAll(process: Machine, script: readonly string[]): void {
  const player = createPlayer(process);
  script.every((line) => player.play(line).kind === "ok");
}

interface Played {
  readonly header: RecordingHeader | null;
  readonly script: readonly string[];
}

/** The recordings of one folder, less what was observed. */
function recordings(version: string): Played[] {
  return readdirSync(new URL(`${version}/`, folder)).map((file) => {
    const lines = gunzipSync(readFileSync(new URL(`${version}/${file}`, folder)))
      .toString("utf8")
      .split("\n");
    const { header } = parseRecording(lines[0] ?? "");
    return { header, script: lines.slice(1).flatMap((line) => /"op": ?"([^"]*)"/.exec(line)?.[1] ?? []) };
  });
}

function ofRecording({ header, script }: Played): Set<MarkName> {
  const replay = startReplay(module, { header, operations: [] }, machine);
  machine = replay.machine;
  return during(replay.machine, () => playAll(replay.machine, script));
}

function ofScript(abi: MallocAbi, image: LibcImage, { environment = {}, script, behind = [] }: MarkScript): Set<MarkName> {
  const layout = defaultLayout(
    "/home/user/p",
    { textBytes: 0, rodataBytes: 0, dataBytes: 0, bssBytes: 0 },
    { abi: abi.abi },
    image,
  );
  const options = { module, layout, glibc: abi.glibc, abi: abi.abi, tcacheKey: 1n, environment };
  const process = createMachine({ ...options, ...(machine ? { reuse: machine } : {}) });
  machine = process;
  return during(process, () => {
    playAll(process, script);
    for (const name of behind) process.call(() => process.engine[name]());
  });
}

/** Recordings of a release are played as recorded; one without any plays the scripts of another's. */
const folders = new Map(readdirSync(folder).map((version) => [version.replace(/(sys|dev)-/, "-"), version]));
const stand = { amd64: recordings("2.41-amd64"), i386: recordings("2.36-i386") };

const subjects = mallocAbis.flatMap((abi) => {
  const symbols = findGlibcSymbols(abi.glibc, abi.abi);
  const image = symbols && libcImage(symbols);
  const version = folders.get(`${abi.glibc}-${abi.abi}`);
  return image === undefined ? [] : [[`${abi.glibc} ${abi.abi}`, { abi, image, version }] as const];
});

describe("markers", () => {
  it("are those of every release that was recorded", () => {
    const played = new Set(subjects.map(([, { version }]) => version));
    expect([...folders.values()].filter((version) => !played.has(version))).toEqual([]);
  });

  it.each(subjects)("of %s: all that come are its own, and all its own come", (_, { abi, image, version }) => {
    const own = marksOf(abi.features).map((mark) => mark.name);
    const said = new Set(markScripts.flatMap((script) => [...ofScript(abi, image, script)]));
    const more =
      version === undefined
        ? stand[abi.abi].flatMap((script) => [...ofScript(abi, image, script)])
        : recordings(version).flatMap((recording) => [...ofRecording(recording)]);
    for (const name of more) said.add(name);
    expect([...said].filter((name) => !own.includes(name))).toEqual([]);
    expect(own.filter((name) => !said.has(name))).toEqual([]);
  });
});
