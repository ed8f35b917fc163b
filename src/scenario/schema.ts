/**
 * What a link or file may say: the JSON document behind both (docs/url-format.md), its validation and its migration.
 * Names are short but names; members that have their default value are left out.
 */
import * as v from "valibot";
import { addressSpaceKinds } from "../abi/layouts";
import { kernelReleases, overcommitModes } from "../abi/linux";
import { parseSchedule, scheduleText } from "../abi/schedule";
import { fail, ok, type Result } from "../base";
import { defaultMachine, type MachineSettings, type Scenario, stepLevels, type StepPlace, type ViewState } from "./scenario";

/** What travels: a scenario and, beside it, where its sender was looking. */
export interface Shared {
  readonly scenario: Scenario;
  readonly view: ViewState;
}

/** Why something that came from outside cannot be opened. Sentences: src/i18n. */
export type ShareProblem =
  /** Not complete, or not ours: bad base64, deflate stream or JSON. */
  | { readonly code: "damaged" }
  /** More than `limit` bytes after inflating (or characters before). */
  | { readonly code: "tooLarge"; readonly limit: number }
  /** Made by a later version of this program. */
  | { readonly code: "tooNew"; readonly version: number }
  /** Well-formed, but the member at `path` (`machine.seed`) cannot be. */
  | { readonly code: "invalid"; readonly path: string };

/** Schema version written today. */
const SCHEMA_VERSION = 1;

export const defaultView: ViewState = { cursor: null, level: "statement", selection: null };

const limits = {
  source: 262_144,
  text: 65_536,
  short: 200,
  list: 64,
  cores: 1024,
  ramMiB: 1 << 20,
  leastRamMiB: 16,
  records: 0xffff_ffff,
  pid: 0x3f_ffff,
  marks: 8,
} as const;

const text = (characters: number) => v.pipe(v.string(), v.maxLength(characters));
const whole = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));

const placeSchema = v.union([
  v.literal("end"),
  v.object({
    statement: v.optional(whole(limits.records), 0),
    marks: v.optional(
      v.pipe(
        v.array(
          v.object({
            kind: whole(0xff),
            id: v.optional(whole(0xffff), 0),
            nth: v.optional(v.pipe(whole(limits.records), v.minValue(1)), 1),
            writes: v.optional(whole(limits.records), 0),
          }),
        ),
        v.maxLength(limits.marks),
      ),
      [],
    ),
    writes: v.optional(whole(limits.records), 0),
    own: v.optional(whole(limits.records), 0),
  }),
]);

const documentSchema = v.object({
  v: v.literal(SCHEMA_VERSION),
  slug: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/))),
  title: v.optional(text(limits.short)),
  source: text(limits.source),
  start: v.optional(v.pipe(whole(1_000_000), v.minValue(1))),
  machine: v.optional(
    v.object({
      glibc: v.optional(v.pipe(v.string(), v.regex(/^\d{1,2}\.\d{1,3}(\.\d{1,3})?(dev|sys)?$/))),
      abi: v.optional(v.picklist(["amd64", "i386"])),
      kernel: v.optional(v.picklist(kernelReleases)),
      aslr: v.optional(v.boolean()),
      seed: v.optional(whole(0xffff_ffff)),
      cores: v.optional(v.pipe(whole(limits.cores), v.minValue(1))),
      ram: v.optional(v.pipe(whole(limits.ramMiB), v.minValue(limits.leastRamMiB))),
      overcommit: v.optional(v.picklist(overcommitModes)),
      layout: v.optional(v.picklist(addressSpaceKinds)),
      pie: v.optional(v.boolean()),
      paging: v.optional(v.picklist([4, 5])),
      loading: v.optional(v.boolean()),
      schedule: v.optional(
        v.pipe(
          text(limits.text),
          v.check((written) => parseSchedule(written) !== null),
        ),
      ),
      env: v.optional(
        v.pipe(
          v.array(v.strictTuple([v.pipe(text(limits.short), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/)), text(limits.text)])),
          v.maxLength(limits.list),
        ),
      ),
      stdin: v.optional(text(limits.text)),
      args: v.optional(v.pipe(v.array(text(limits.text)), v.maxLength(limits.list))),
    }),
  ),
  view: v.optional(
    v.object({
      cursor: v.optional(whole(limits.records)),
      at: v.optional(placeSchema),
      level: v.optional(v.picklist(stepLevels)),
      selection: v.optional(whole(0xffff_ffff_ffff)),
      process: v.optional(whole(limits.pid)),
    }),
  ),
});
type Document = v.InferOutput<typeof documentSchema>;

/** Turns a document of version n (the key) into one of version n + 1. Total: it may assume nothing about its argument. */
export type Migrations = Readonly<Record<number, (old: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>>>;

/** Version 1 is the first, so there is nothing to migrate from yet. */
const migrations: Migrations = {};

/** Brings a document up to `target`; a document without a usable version is invalid, one beyond the target is too new. */
export function migrate(
  json: unknown,
  target: number,
  steps: Migrations,
): Result<Readonly<Record<string, unknown>>, ShareProblem> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return fail({ code: "invalid", path: "" });
  let document = json as Readonly<Record<string, unknown>>;
  const version = document.v;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) return fail({ code: "invalid", path: "v" });
  if (version > target) return fail({ code: "tooNew", version });
  for (let at = version; at < target; at++) {
    const step = steps[at];
    if (step === undefined) return fail({ code: "invalid", path: "v" });
    document = { ...step(document), v: at + 1 };
  }
  return ok(document);
}

/** Members whose value is `undefined` vanish in JSON: a default is written as `undefined`. */
function unless<T>(value: T, fallback: T): T | undefined {
  return value === fallback ? undefined : value;
}

function orAbsent<T extends object>(members: T): T | undefined {
  return Object.values(members).every((value) => value === undefined) ? undefined : members;
}

function placeDocument(place: StepPlace): object | string {
  if (place === "end") return place;
  const { statement, marks, writes, own } = place;
  return {
    statement: unless(statement, 0),
    marks:
      marks.length === 0
        ? undefined
        : marks.map((mark) => ({
            kind: mark.kind,
            id: unless(mark.id, 0),
            nth: unless(mark.nth, 1),
            writes: unless(mark.writes, 0),
          })),
    writes: unless(writes, 0),
    own: unless(own, 0),
  };
}

/** The document of a scenario and a view; members in fixed order, so that equal things have equal links. */
export function toDocument({ scenario, view }: Shared): object {
  const machine = scenario.machine;
  const environment = Object.entries(machine.environment);
  return {
    v: SCHEMA_VERSION,
    slug: scenario.slug ?? undefined,
    title: scenario.title ?? undefined,
    source: scenario.source,
    start: scenario.startLine,
    machine: orAbsent({
      glibc: unless(machine.glibc, defaultMachine.glibc),
      abi: unless(machine.abi, defaultMachine.abi),
      kernel: unless(machine.kernel, defaultMachine.kernel),
      aslr: unless(machine.aslr, defaultMachine.aslr),
      seed: unless(machine.seed, defaultMachine.seed),
      cores: unless(machine.cores, defaultMachine.cores),
      ram: machine.ramMiB,
      overcommit: unless(machine.overcommit, 0),
      layout: unless(machine.layout, "default"),
      pie: unless(machine.pie, true),
      paging: unless(machine.pagingLevels, 4),
      loading: unless(machine.loading, false),
      schedule: unless(scheduleText(machine.schedule), scheduleText(defaultMachine.schedule)),
      env: environment.length === 0 ? undefined : environment,
      stdin: unless(machine.stdin, defaultMachine.stdin),
      args: machine.args.length === 0 ? undefined : machine.args,
    }),
    view: orAbsent({
      cursor: typeof view.cursor === "number" ? view.cursor : undefined,
      at: typeof view.cursor === "number" || view.cursor === null ? undefined : placeDocument(view.cursor),
      level: unless(view.level, defaultView.level),
      selection: view.selection ?? undefined,
      process: view.process,
    }),
  };
}

function machineOf(settings: Document["machine"]): MachineSettings {
  return {
    glibc: settings?.glibc ?? defaultMachine.glibc,
    abi: settings?.abi ?? defaultMachine.abi,
    kernel: settings?.kernel ?? defaultMachine.kernel,
    aslr: settings?.aslr ?? defaultMachine.aslr,
    seed: settings?.seed ?? defaultMachine.seed,
    cores: settings?.cores ?? defaultMachine.cores,
    ...(settings?.ram === undefined ? {} : { ramMiB: settings.ram }),
    ...(settings?.overcommit === undefined ? {} : { overcommit: settings.overcommit }),
    ...(settings?.layout === undefined ? {} : { layout: settings.layout }),
    ...(settings?.pie === undefined ? {} : { pie: settings.pie }),
    ...(settings?.paging === undefined ? {} : { pagingLevels: settings.paging }),
    ...(settings?.loading === true ? { loading: true } : {}),
    schedule: parseSchedule(settings?.schedule ?? "") ?? defaultMachine.schedule,
    environment: Object.fromEntries(settings?.env ?? []),
    stdin: settings?.stdin ?? defaultMachine.stdin,
    args: settings?.args ?? defaultMachine.args,
  };
}

/** Validates any value as a document. Never throws; names the first member that is wrong. */
export function fromDocument(json: unknown): Result<Shared, ShareProblem> {
  const current = migrate(json, SCHEMA_VERSION, migrations);
  if (!current.ok) return current;
  const parsed = v.safeParse(documentSchema, current.value, { abortEarly: true });
  if (!parsed.success) return fail({ code: "invalid", path: v.getDotPath(parsed.issues[0]) ?? "" });
  const { slug, title, source, start, machine, view } = parsed.output;
  return ok({
    scenario: {
      version: 1,
      slug: slug ?? null,
      title: title ?? null,
      source,
      machine: machineOf(machine),
      ...(start === undefined ? {} : { startLine: start }),
    },
    view: {
      cursor: view?.at ?? view?.cursor ?? null,
      level: view?.level ?? defaultView.level,
      selection: view?.selection ?? null,
      ...(view?.process === undefined ? {} : { process: view.process }),
    },
  });
}
