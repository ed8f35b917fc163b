import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernelReleases } from "../abi/linux";
import type { Schedule, ScheduledTurn } from "../abi/schedule";
import { builtinScenarios } from "./builtin";
import { defaultScenario } from "./builtin-list";
import { deflate, toBase64Url } from "./deflate";
import { DOCUMENT_LIMIT_BYTES, decodeFile, decodeHash, encodeFile, encodeHash } from "./link";
import { type StepPlace, stepLevels } from "./scenario";
import { defaultView, fromDocument, migrate, type Shared } from "./schema";

/** Any UTF-16, lone surrogates included: a draft may hold them. */
const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom("\n", "\ud800", "汉", "\0", '"'), fc.string({ minLength: 1, maxLength: 1 })),
});
const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,12}$/);

const turn: fc.Arbitrary<ScheduledTurn> = fc.record({
  thread: fc.nat(55),
  until: fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.constant("malloc" as const)),
});
const schedule: fc.Arbitrary<Schedule> = fc.oneof(
  fc.constantFrom({ kind: "run" } as const, { kind: "random" } as const),
  fc.record({ kind: fc.constant("turns" as const), statements: fc.integer({ min: 1, max: 1000 }) }),
  fc.record({ kind: fc.constant("list" as const), turns: fc.array(turn, { minLength: 1, maxLength: 9 }) }),
);

/** Members that are absent when they have their default. */
const optional = fc.record(
  {
    overcommit: fc.constantFrom(1 as const, 2 as const),
    layout: fc.constantFrom("legacy" as const, "3g" as const, "3g-legacy" as const),
    pie: fc.constant(false),
    ramMiB: fc.integer({ min: 16, max: 1 << 20 }),
    pagingLevels: fc.constant(5 as const),
  },
  { requiredKeys: [] },
);

const count = fc.oneof(fc.nat(2), fc.nat(0xffff_ffff));
const mark = fc.record({
  kind: fc.nat(13),
  id: fc.nat(0xffff),
  nth: fc.integer({ min: 1, max: 0xffff_ffff }),
  writes: count,
});
const place: fc.Arbitrary<StepPlace> = fc.oneof(
  fc.constant("end" as const),
  fc.record({ statement: count, marks: fc.array(mark, { maxLength: 3 }), writes: count, own: count }),
);

const shared: fc.Arbitrary<Shared> = fc.record({
  scenario: fc
    .record({
      version: fc.constant(1 as const),
      slug: fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/)),
      title: fc.option(anyText),
      source: anyText,
      startLine: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
      machine: fc
        .record({
          glibc: fc.constantFrom("2.36", "2.12.1", "2.43dev"),
          abi: fc.constantFrom("amd64" as const, "i386" as const),
          kernel: fc.constantFrom(...kernelReleases),
          aslr: fc.boolean(),
          seed: fc.nat(0xffff_ffff),
          cores: fc.integer({ min: 1, max: 1024 }),
          schedule,
          environment: fc.dictionary(name, anyText, { noNullPrototype: true, maxKeys: 5 }),
          stdin: anyText,
          args: fc.array(anyText, { maxLength: 5 }),
        })
        .chain((machine) => optional.map((more) => ({ ...machine, ...more }))),
    })
    .map(({ startLine, ...rest }) => (startLine === undefined ? rest : { ...rest, startLine })),
  view: fc.record(
    {
      cursor: fc.option(fc.oneof(fc.nat(0xffff_ffff), place)),
      level: fc.constantFrom(...stepLevels),
      selection: fc.option(fc.nat(2 ** 47 - 1)),
      process: fc.nat(0x3f_ffff),
    },
    { requiredKeys: ["cursor", "level", "selection"] },
  ),
});

const pack = async (json: string) => `#s=1.${toBase64Url(await deflate(new TextEncoder().encode(json)))}`;

describe("a link", () => {
  it("opens as exactly what was shared", async () => {
    await fc.assert(
      fc.asyncProperty(shared, async (value) => {
        expect(await decodeHash(await encodeHash(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it("opens as a file as well", () => {
    fc.assert(
      fc.property(shared, (value) => {
        expect(decodeFile(new TextEncoder().encode(encodeFile(value)))).toEqual({ ok: true, value });
      }),
    );
  });

  it("is the same for the same thing", async () => {
    await fc.assert(
      fc.asyncProperty(shared, async (value) => {
        expect(await encodeHash(structuredClone(value))).toBe(await encodeHash(value));
      }),
    );
  });

  it("of a built-in scenario is short enough for any mail program", async () => {
    const marks = [6, 3, 2].map((kind) => ({ kind, id: 16_400 + kind, nth: 120 + kind, writes: 12_345 - kind }));
    const longest: StepPlace = { statement: 12_345, marks, writes: 98_765, own: 7 };
    for (const scenario of builtinScenarios) {
      expect(
        (await encodeHash({ scenario, view: { cursor: longest, level: "line", selection: 0x5555_5555_92a0 } })).length,
      ).toBeLessThan(2000);
    }
  });

  it("survives punctuation and parameters that others append", async () => {
    const hash = await encodeHash({ scenario: defaultScenario, view: defaultView });
    for (const tail of [".", ")", ">", "&utm_source=mail", ".&x=1"]) expect((await decodeHash(hash + tail)).ok).toBe(true);
  });
});

describe("a hostile or damaged link", () => {
  it("never throws, whatever the text", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `#s=1.${text}`),
          fc.base64String().map((text) => `#s=1.${text}`),
        ),
        async (text) => {
          expect((await decodeHash(text)).ok).toBe(false);
        },
      ),
    );
  });

  it("is recognised when characters are missing or changed", async () => {
    const hash = await encodeHash({ scenario: defaultScenario, view: defaultView });
    await fc.assert(
      fc.asyncProperty(fc.nat(hash.length - 7), async (at) => {
        const cut = await decodeHash(hash.slice(0, 6 + at));
        expect(cut).toEqual({ ok: false, problem: { code: "damaged" } });
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(hash.length - 7), fc.constantFrom("A", "z", "_", "%"), async (at, character) => {
        const changed = hash.slice(0, 6 + at) + character + hash.slice(7 + at);
        const result = await decodeHash(changed);
        expect(typeof result.ok).toBe("boolean");
      }),
    );
  });

  it("never throws on any JSON", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (json) => {
        expect((await decodeHash(await pack(json))).ok).toBe(false);
      }),
    );
  });

  it("never throws on almost right documents", () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom("2.36", "amd64", 1, "malloc(24);"));
    const machine = fc.record(
      {
        glibc: value,
        abi: value,
        kernel: value,
        layout: value,
        pie: value,
        overcommit: value,
        ram: value,
        seed: value,
        cores: value,
        schedule: value,
        env: value,
        args: value,
        stdin: value,
      },
      { requiredKeys: [] },
    );
    const at = fc.oneof(
      value,
      fc.record({ statement: value, marks: fc.oneof(value, fc.array(value)), writes: value, own: value }, { requiredKeys: [] }),
    );
    const view = fc.record({ cursor: value, at, level: value, selection: value }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.record({ v: fc.constant(1), source: value, machine, view }, { requiredKeys: ["v"] }), (json) => {
        const result = fromDocument(json);
        if (!result.ok) expect(result.problem.code).toBe("invalid");
      }),
    );
  });

  it("that inflates to gigabytes is refused quickly", async () => {
    const bomb = await deflate(new Uint8Array(64 << 20));
    const before = performance.now();
    expect(await decodeHash(`#s=1.${toBase64Url(bomb)}`)).toEqual({
      ok: false,
      problem: { code: "tooLarge", limit: DOCUMENT_LIMIT_BYTES },
    });
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it("from a later version says so", async () => {
    expect(await decodeHash("#s=2.AAAA")).toEqual({ ok: false, problem: { code: "tooNew", version: 2 } });
    expect(await decodeHash(await pack('{"v":7,"source":""}'))).toEqual({ ok: false, problem: { code: "tooNew", version: 7 } });
  });

  it("names the member that cannot be", async () => {
    expect(await decodeHash(await pack('{"v":1,"source":"","machine":{"seed":-1}}'))).toEqual({
      ok: false,
      problem: { code: "invalid", path: "machine.seed" },
    });
    expect(await decodeHash(await pack('{"v":1,"source":"","view":{"level":"galaxy"}}'))).toEqual({
      ok: false,
      problem: { code: "invalid", path: "view.level" },
    });
    expect(await decodeHash(await pack('{"v":1,"source":"","view":{"at":{"statement":1.5}}}'))).toMatchObject({ ok: false });
    expect(await decodeHash(await pack('{"v":1,"source":"","view":{"at":{"marks":[{"kind":2,"nth":0}]}}}'))).toMatchObject({
      ok: false,
    });
    expect(await decodeHash(await pack("[]"))).toEqual({ ok: false, problem: { code: "invalid", path: "" } });
  });

  it("cannot smuggle in prototypes", async () => {
    const result = await decodeHash(await pack('{"v":1,"source":"","__proto__":{"x":1},"machine":{"env":[["__proto__","{}"]]}}'));
    if (result.ok) expect(Object.getPrototypeOf(result.value.scenario.machine.environment)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe("an old document", () => {
  it("whose step is a journal position opens at that position", async () => {
    expect(await decodeHash(await pack('{"v":1,"source":"","view":{"cursor":1284}}'))).toMatchObject({
      ok: true,
      value: { view: { cursor: 1284 } },
    });
  });

  it("is migrated version by version", () => {
    const steps = { 1: (old: object) => ({ ...old, b: 1 }), 2: (old: object) => ({ ...old, c: 2 }) };
    expect(migrate({ v: 1, a: 0 }, 3, steps)).toEqual({ ok: true, value: { v: 3, a: 0, b: 1, c: 2 } });
    expect(migrate({ v: 3 }, 3, steps)).toEqual({ ok: true, value: { v: 3 } });
    expect(migrate({ v: 4 }, 3, steps)).toEqual({ ok: false, problem: { code: "tooNew", version: 4 } });
    expect(migrate({ v: 0 }, 3, steps)).toEqual({ ok: false, problem: { code: "invalid", path: "v" } });
  });
});
