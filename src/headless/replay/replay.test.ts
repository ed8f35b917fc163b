import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Machine } from "../../machine/machine";
import { loadEngine } from "../engine-module";
import { InputError } from "../usage";
import { checkOne } from "./check";
import { firstDifference } from "./compare";
import { Fnv64, HASH32_START, hash32, hashBlock } from "./hash";
import type { ObservedOperation } from "./observe";
import { parseRecording, type RecordingHeader } from "./recording";
import { parseOperation } from "./script";
import { startReplay } from "./session";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await loadEngine();
}, 120_000);

const script = [
  "m 0 24",
  "m 1 2000",
  "F 1 0 171 2000",
  "f 0",
  "r 1 2 5000",
  "m 3 300000",
  "c 4 10 10",
  "p 5 64 100",
  "o -6 1",
  "u 4",
  "b 4096",
  "d",
  "f 3",
];

/** What a recorder would say of this process. */
function headerOf({ process, layout, kernel }: Machine): RecordingHeader {
  const hex = (address: number): string => `0x${address.toString(16)}`;
  return {
    header: 1,
    version: process.glibc,
    abi: process.abi,
    page: 4096,
    heap_start: hex(process.heapStart),
    libc_base: hex(layout.libcBase),
    main_arena: hex(process.mainArena),
    mp_: hex(process.mp),
    sizeof_malloc_state: 0,
    sizeof_malloc_par: 0,
    maps: kernel.maps().trimEnd().split("\n"),
    ms: "",
    mpb: "",
  };
}

/** A recording made by the simulator itself. */
function recorded(lines: readonly string[] = script): ObservedOperation[] {
  const replay = startReplay(module, parseRecording(lines.join("\n")));
  const observed: ObservedOperation[] = [];
  for (let line = replay.next(); line !== null; line = replay.next()) observed.push(line);
  return observed;
}

describe("a recording", () => {
  it("equals itself, operation by operation", () => {
    const operations = recorded();
    expect(operations).toHaveLength(script.length);
    const checked = checkOne(module, { header: null, operations }, undefined);
    expect(checked.message).toBe(`${script.length} operations, ${script.length} equal`);
  });

  it("differs as soon as one field of one line is changed, and the message says where", () => {
    const operations = recorded();
    const changes: readonly (readonly [number, Partial<ObservedOperation>, string])[] = [
      [0, { ret: "0x5555555592b0" }, "ret: expected 0x5555555592b0, got 0x5555555592a0"],
      [1, { hd: [["2b8", "7e1"]] }, "hd["],
      [3, { hn: 5 }, "hn: expected 5"],
      [4, { h32: "00000000" }, "h32: expected 00000000"],
      [5, { maps: { "-": [], "+": [] } }, "maps-: expected nothing, got 7ffff7dd0000"],
      [6, { ah: "0" }, "ah: expected 0"],
      [7, { err: 22 }, "err: expected 22, got 0"],
      [8, { n: 0 }, "n: expected 0, got 1"],
      [10, { brk: "0x0" }, "brk: expected 0x0"],
      [11, { heap_len: 1 }, "heap_len: expected 1"],
      [12, { stderr: "free(): invalid pointer\n" }, "stderr: expected free(): invalid pointer"],
    ];
    for (const [index, change, message] of changes) {
      const altered = operations.map((operation, i) => (i === index ? { ...operation, ...change } : operation));
      const checked = checkOne(module, { header: null, operations: altered }, undefined);
      expect(checked.equal).toBe(script.length - 1);
      expect(checked.message).toContain(`operation ${index} (`);
      expect(checked.message).toContain(message);
    }
  });

  it("checked with sparse hashes differs wherever a word is not what the list of changes says, and at the end whatever the lists say", () => {
    const operations = recorded(["m 0 24", "m 1 24", "w 0 0 41", "f 1"]);
    const sparse = (index: number, change: Partial<ObservedOperation>): string => {
      const altered = operations.map((operation, i) => (i === index ? { ...operation, ...change } : operation));
      return checkOne(module, { header: null, operations: altered }, undefined, "sparse").message;
    };
    expect(sparse(0, {})).toBe("4 operations, 4 equal");
    expect(sparse(2, { h32: "00000000" })).toBe("4 operations, 4 equal");
    expect(sparse(2, { hd: [] })).toContain("operation 2 (w 0 0 41): hd[");
    expect(sparse(2, { hn: 30, h32: "00000000" })).toContain("operation 2 (w 0 0 41): hn");
    expect(sparse(3, { h32: "00000000" })).toContain("operation 3 (f 1): h32");
  });

  it("differs when a field is missing on either side; a recording may leave out only what is costly", () => {
    const costly = new Set(["hh", "h32", "ah", "a32", "heap_len", "ms", "mpb"]);
    for (const line of recorded()) {
      for (const name of Object.keys(line).filter((key) => key !== "i" && key !== "op")) {
        const { [name as keyof ObservedOperation]: _, ...rest } = line;
        const [less, more] = [{ ...rest, i: line.i, op: line.op }, line];
        expect(firstDifference(less, more) === null, name).toBe(costly.has(name));
        expect(firstDifference(more, less), name).not.toBeNull();
      }
    }
  });

  it("ends with the signal and glibc's words, and with the state of that moment", () => {
    const [, , last] = recorded(["m 0 24", "f 0", "f 0", "m 1 24"]);
    expect(last).toMatchObject({ sig: "SIGABRT", stderr: "free(): double free detected in tcache 2\n", hn: 0 });
    expect(last?.maps?.["+"]).toEqual(["7ffff7fbf000-7ffff7fc2000 rw-p"]);
  });

  it("of a program with threads tells of every arena and its heaps, and each of their fields counts", () => {
    const operations = recorded(["m 0 24", "S 1", "T 1 m 1 5000", "T 1 m 2 24", "f 1", "X 1", "S 2", "T 2 m 3 5000"]);
    const checked = checkOne(module, { header: null, operations }, undefined);
    expect(checked.message).toBe("8 operations, 8 equal");
    const [, created, first, , , ended, , again] = operations;
    expect(created?.maps?.["+"]).toHaveLength(2);
    expect(created?.hd?.slice(0, 3)).toEqual([
      ["2b8", "121"],
      ["2c0", "f"],
      ["2d0", "1"],
    ]);
    expect(first?.arenas).toMatchObject([{ att: 1, sm: "0x21000", heaps: [{ size: "0x21000" }] }]);
    expect(ended?.arenas).toMatchObject([{ att: 0 }]);
    expect(again?.ret).toBe(first?.ret);
    const [arena] = again?.arenas ?? [];
    if (again === undefined || arena === undefined) throw new Error("no arena");
    const [heap] = arena.heaps;
    if (heap === undefined) throw new Error("no heap");
    const altered = [
      ...Object.keys(arena).map((name) => ({ ...arena, [name]: name === "heaps" ? [] : 0 })),
      ...Object.keys(heap).map((name) => ({ ...arena, heaps: [{ ...heap, [name]: "0x0" }] })),
    ];
    expect(altered).toHaveLength(13);
    for (const other of altered) expect(firstDifference({ ...again, arenas: [other] }, again)?.field).toMatch(/^arenas/);
    expect(firstDifference({ ...again, arenas: [arena, arena] }, again)?.field).toBe("arenas[1].heaps");
    const { arenas: _, ...without } = again;
    expect(firstDifference(without, again)?.field).toBe("arenas");
  });

  it("may list what changed in an arena's heap instead of hashes, and then every word counts", () => {
    const lines = ["m 0 24", "S 1", "T 1 m 1 5000", "T 1 F 1 0 171 5000", "f 1"];
    const replay = startReplay(module, parseRecording(lines.join("\n")));
    const operations = lines.flatMap(
      () => replay.next({ hh: false, h32: false, arenas: { hh: false, h32: false }, changes: true }) ?? [],
    );
    const check = (recorded: readonly ObservedOperation[]): string =>
      checkOne(module, { header: null, operations: recorded }, undefined).message;
    expect(check(operations)).toBe("5 operations, 5 equal");
    const [filled, freed] = operations.slice(3);
    const heap = filled?.arenas?.[0]?.heaps[0];
    const unchanged = operations.map((line) => line.arenas?.[0]?.heaps[0]?.hn);
    expect(unchanged).toEqual([undefined, undefined, 267, 625, 2]);
    expect(heap).toMatchObject({ hn: 625, hx: expect.stringMatching(/^[0-9a-f]{8}$/) });
    expect(heap?.hd).toHaveLength(24);
    expect(freed?.arenas?.[0]?.heaps[0]).toMatchObject({
      hn: 2,
      hd: [
        ["90", "7ffff0000b60"],
        ["b68", "204a1"],
      ],
    });
    for (const change of [{ hn: 624 }, { hx: "00000000" }, { hd: [] }]) {
      const altered = structuredClone(operations);
      Object.assign(altered[3]?.arenas?.[0]?.heaps[0] ?? {}, change);
      expect(check(altered)).toContain(`operation 3 (T 1 F 1 0 171 5000): arenas[0].heaps[0].${Object.keys(change)[0]}`);
    }
  });

  it("is made on as many processors as the header says: they decide how many arenas there are", () => {
    const threads = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const lines = ["m 0 24", ...threads.flatMap((n) => [`S ${n}`, `T ${n} m ${n} 24`])];
    let { machine } = startReplay(module, parseRecording("m 0 24"));
    const header = headerOf(machine);
    const arenas = (cores: number): number => {
      const operations = lines.map((op, i) => ({ i, op }));
      const replay = startReplay(module, { header: { ...header, cores }, operations }, machine);
      machine = replay.machine;
      return lines.reduce((most) => Math.max(most, (replay.next()?.arenas ?? []).length), 0) + 1;
    };
    expect([arenas(1), arenas(2)]).toEqual([9, 11]);
  });

  it("leaves out writes through a null slot, and says so", () => {
    expect(recorded(["w 7 0 ff", "F 7 0 1 8"]).map((line) => line.skipped)).toEqual([1, 1]);
  });
});

describe("input", () => {
  it("that is malformed is refused with its line number", () => {
    const header = JSON.stringify({
      header: 1,
      version: "2.36",
      abi: "amd64",
      page: 4096,
      heap_start: "0x1",
      libc_base: "0x1",
      main_arena: "0x1",
      mp_: "0x1",
      sizeof_malloc_state: 1,
      sizeof_malloc_par: 1,
      maps: [],
      ms: "",
      mpb: "",
    });
    const cases: readonly (readonly [string, RegExp])[] = [
      ["m 0 24\nm 1", /^line 2: 2 operands expected: m 1$/],
      ["m 0 24\n\n# comment\nq 1", /^line 4: unknown operation/],
      ["m 0 twelve", /^line 1: not a number: twelve$/],
      ["m 70000 1", /^line 1: slot out of range/],
      [`${header}\n{"i":0,"op":"m 0 1"`, /^line 2: not JSON/],
      [`${header}\n{"i":0,"op":5}`, /^line 2: op:/],
      [`${header}\n{"i":1,"op":"m 0 1"}`, /^line 2: operation 1 where 0 is due$/],
      ['{"header":1}', /^line 1: version:/],
    ];
    for (const [text, message] of cases) {
      expect(() => parseRecording(text), text).toThrow(InputError);
      expect(() => parseRecording(text), text).toThrow(message);
    }
    expect(parseRecording(`${header}\n{"i":0,"op":"m 0 1","unknown":[1]}`).operations).toHaveLength(1);
  });

  it("may be decimal or hexadecimal, negative, and up to 64 bits", () => {
    expect(parseOperation("m 3 0x10").words).toEqual([3n, 16n]);
    expect(parseOperation("z 3 -16").words).toEqual([3n, 2n ** 64n - 16n]);
    expect(parseOperation("v 1 9223372036854775808").words).toEqual([1n, 2n ** 63n]);
    expect(parseOperation("T 3 m 1 0x10")).toMatchObject({ thread: 3, letter: "m", words: [1n, 16n] });
    for (const nested of ["T 1 T 2 m 1 1", "T 1 S 2", "T x m 1 1", "T 1"])
      expect(() => parseOperation(nested)).toThrow(InputError);
    expect(parseOperation("w 1 8 00ff10").bytes).toEqual(Uint8Array.of(0, 255, 16));
  });
});

describe("hashes", () => {
  function reference(bytes: Uint8Array): string {
    let hash = 0xcbf2_9ce4_8422_2325n;
    for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100_0000_01b3n);
    return hash.toString(16).padStart(16, "0");
  }

  it("are FNV-1a over the bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff_ffff), { maxLength: 40 }), fc.nat(60), (values, zeroes) => {
        const words = Uint32Array.from(values);
        const fnv = new Fnv64();
        fnv.words(words, 0, words.length);
        fnv.zeroes(zeroes * 4);
        expect(fnv.hex()).toBe(
          reference(new Uint8Array(Uint32Array.from([...values, ...Array.from({ length: zeroes }, () => 0)]).buffer)),
        );
      }),
    );
  });

  it("of a malloc_state before its first use are those that real processes reported", () => {
    // Of nothing: the two offset bases.
    expect(hashBlock(new Uint32Array(0))).toEqual({ fnv: "cbf29ce484222325", h32: "811c9dc5" });
    expect(hash32(Uint32Array.of(1), 0, 1, HASH32_START) >>> 0).toBe(expectedOne());
  });

  function expectedOne(): number {
    const product = Number((BigInt(0x811c_9dc5 ^ 1) * 0x9e37_79b1n) & 0xffff_ffffn) >>> 0;
    return (product ^ (product >>> 15)) >>> 0;
  }
});
