/** Machine settings while they are edited: texts as typed, what is wrong with them, and the settings they mean. */
import { findRelease, type Release } from "../../abi/glibc-features";
import { findGlibcSymbols } from "../../abi/glibc-symbols";
import { knowsTunable, type Tunable, tunables } from "../../abi/glibc-tunables";
import { type AddressSpaceKind, addressSpaceKinds } from "../../abi/layouts";
import { execSettings, placement } from "../../abi/placement";
import type { Overcommit } from "../../abi/linux";
import { parseSchedule, type Schedule, scheduleText } from "../../abi/schedule";
import type { MachineSettings } from "../../scenario";

/** Ways to write a schedule: `turns` and `list` take a text. */
export const scheduleKinds = ["run", "turns", "random", "list"] as const satisfies readonly Schedule["kind"][];
export type ScheduleKind = Schedule["kind"];

export interface MachineDraft {
  readonly glibc: string;
  readonly abi: MachineSettings["abi"];
  readonly kernel: MachineSettings["kernel"];
  readonly layout: AddressSpaceKind;
  readonly pie: boolean;
  readonly loading: boolean;
  /** MiB; empty: that of the recordings' machine. */
  readonly ram: string;
  readonly overcommit: Overcommit;
  readonly cores: string;
  readonly aslr: boolean;
  readonly seed: string;
  readonly schedule: ScheduleKind;
  readonly turns: string;
  readonly list: string;
  /** Values by the tunable's short name (`mmap_threshold`); absent or empty: not set. */
  readonly tunables: Readonly<Record<string, string>>;
  /** Other variables, one `NAME=value` a line. */
  readonly environment: string;
}

export type DraftField = "abi" | "ram" | "cores" | "seed" | "schedule" | "environment";

/** `mmap_threshold` of `glibc.malloc.mmap_threshold`. */
export const shortName = (tunable: Tunable): string => tunable.name.replace("glibc.malloc.", "");

/** `NAME=value` lines; null when a line is none. */
export function parseEnvironment(text: string): Readonly<Record<string, string>> | null {
  const entries: [string, string][] = [];
  for (const line of text.split("\n").map((raw) => raw.trim())) {
    if (line === "") continue;
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match === null) return null;
    entries.push([match[1] ?? "", match[2] ?? ""]);
  }
  return Object.fromEntries(entries);
}

/** Takes the tunables that have a field out of an environment; what is left stays as text. */
export function draftOf(machine: MachineSettings): MachineDraft {
  const values: Record<string, string> = {};
  const rest: string[] = [];
  const release = findRelease(machine.glibc);
  for (const [name, value] of Object.entries(machine.environment)) {
    if (name === "GLIBC_TUNABLES") {
      const parts = value.split(":").filter((part) => {
        const [key, ...after] = part.split("=");
        const tunable = tunables.find((candidate) => candidate.name === key);
        if (tunable === undefined) return part !== "";
        values[shortName(tunable)] = after.join("=");
        return false;
      });
      if (parts.length > 0) rest.push(`${name}=${parts.join(":")}`);
      continue;
    }
    const tunable = tunables.find((candidate) => candidate.env === name);
    const read = tunable !== undefined && release !== undefined && knowsTunable(tunable, release).env;
    if (tunable !== undefined && read && values[shortName(tunable)] === undefined) values[shortName(tunable)] = value;
    else rest.push(`${name}=${value}`);
  }
  const { schedule } = machine;
  return {
    glibc: machine.glibc,
    abi: machine.abi,
    kernel: machine.kernel,
    layout: machine.layout ?? "default",
    pie: machine.pie ?? true,
    loading: machine.loading ?? false,
    ram: machine.ramMiB === undefined ? "" : String(machine.ramMiB),
    overcommit: machine.overcommit ?? 0,
    cores: String(machine.cores),
    aslr: machine.aslr,
    seed: String(machine.seed),
    schedule: schedule.kind,
    turns: schedule.kind === "turns" ? String(schedule.statements) : "1",
    list: schedule.kind === "list" ? scheduleText(schedule) : "0:3,1:2",
    tunables: values,
    environment: rest.join("\n"),
  };
}

const whole = (text: string, least: number, most: number): number | null => {
  const value = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
};

/** The kinds of address space that a width has. */
export function layoutsOf(abi: MachineSettings["abi"]): readonly AddressSpaceKind[] {
  return abi === "i386" ? addressSpaceKinds : ["default", "legacy"];
}

/** The draft's kind of address space, or what stands for it at another width. */
export function layoutOf({ abi, layout }: Pick<MachineDraft, "abi" | "layout">): AddressSpaceKind {
  if (layoutsOf(abi).includes(layout)) return layout;
  return placement(execSettings(abi, layout)).topdown ? "default" : "legacy";
}

/** Settings of memory; those with their default value are absent. */
function withMemory(draft: MachineDraft, ramMiB: number | null, before: MachineSettings): MachineSettings {
  const { layout: _layout, pie: _pie, loading: _loading, ramMiB: _ram, overcommit: _overcommit, ...rest } = before;
  const layout = layoutOf(draft);
  return {
    ...rest,
    ...(layout === "default" ? {} : { layout }),
    ...(draft.pie ? {} : { pie: false }),
    ...(draft.loading ? { loading: true } : {}),
    ...(ramMiB === null ? {} : { ramMiB }),
    ...(draft.overcommit === 0 ? {} : { overcommit: draft.overcommit }),
  };
}

function scheduleOf(draft: MachineDraft): Schedule | null {
  if (draft.schedule === "turns") return parseSchedule(`turns:${draft.turns.trim()}`);
  if (draft.schedule !== "list") return parseSchedule(draft.schedule);
  const parsed = parseSchedule(draft.list.replaceAll(/\s+/g, ""));
  return parsed?.kind === "list" ? parsed : null;
}

/** Whether a machine of that release and width can be simulated. */
export const isMachine = (glibc: string, abi: MachineSettings["abi"]): boolean => findGlibcSymbols(glibc, abi) !== undefined;

/** What glibc makes of a tunable's text. "unread": no number; "ignored": a number outside its bounds. */
export function tunableProblem(tunable: Tunable, text: string): "unread" | "ignored" | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (!/^-?(?:0x[0-9a-f]+|\d+)$/i.test(trimmed)) return "unread";
  const magnitude = BigInt(trimmed.replace("-", ""));
  const value = trimmed.startsWith("-") ? -magnitude : magnitude;
  const below = tunable.min !== null && value < tunable.min;
  const above = tunable.max !== null && value > tunable.max;
  return below || above || (!tunable.signed && value < 0n) ? "ignored" : null;
}

/** Tunables that a release reads in one way or the other. */
export const tunablesOf = (release: Release): readonly Tunable[] =>
  tunables.filter((tunable) => {
    const known = knowsTunable(tunable, release);
    return known.name || known.env;
  });

/** Any of these, once set, keeps the mmap threshold where it is. */
export const fixesThreshold: ReadonlySet<string> = new Set(["mmap_threshold", "trim_threshold", "top_pad", "mmap_max"]);

/** Tunables of the draft that its release does not read: they would do nothing, and are not written. */
export function unreadTunables(draft: MachineDraft): readonly string[] {
  const release = findRelease(draft.glibc);
  const known = new Set(release === undefined ? [] : tunablesOf(release).map(shortName));
  return Object.entries(draft.tunables).flatMap(([name, value]) => (value.trim() === "" || known.has(name) ? [] : [name]));
}

export interface DraftAnswer {
  /** Null while a field is wrong. */
  readonly machine: MachineSettings | null;
  readonly wrong: ReadonlySet<DraftField>;
}

/** The settings a draft means; `before` brings what the dialog does not show (stdin, arguments). */
export function settingsOf(draft: MachineDraft, before: MachineSettings): DraftAnswer {
  const wrong = new Set<DraftField>();
  const cores = whole(draft.cores, 1, 1024);
  const ram = whole(draft.ram, 16, 1 << 20);
  const seed = whole(draft.seed, 0, 0xffff_ffff);
  const schedule = scheduleOf(draft);
  const environment = parseEnvironment(draft.environment);
  const release = findRelease(draft.glibc);
  if (!isMachine(draft.glibc, draft.abi)) wrong.add("abi");
  if (draft.ram.trim() !== "" && ram === null) wrong.add("ram");
  if (cores === null) wrong.add("cores");
  if (seed === null) wrong.add("seed");
  if (schedule === null) wrong.add("schedule");
  if (environment === null) wrong.add("environment");
  if (release === undefined || cores === null || seed === null || schedule === null || environment === null || wrong.size > 0)
    return { machine: null, wrong };
  const set = tunablesOf(release).flatMap((tunable) => {
    const value = draft.tunables[shortName(tunable)]?.trim() ?? "";
    return value === "" ? [] : [{ tunable, value, byName: knowsTunable(tunable, release).name }];
  });
  const named = [
    ...(environment["GLIBC_TUNABLES"] === undefined ? [] : [environment["GLIBC_TUNABLES"]]),
    ...set.flatMap(({ tunable, value, byName }) => (byName ? [`${tunable.name}=${value}`] : [])),
  ];
  const variables = set.flatMap(({ tunable, value, byName }) =>
    byName || tunable.env === null ? [] : [[tunable.env, value] as const],
  );
  return {
    machine: {
      ...withMemory(draft, ram, before),
      glibc: draft.glibc,
      abi: draft.abi,
      kernel: draft.kernel,
      aslr: draft.aslr,
      seed,
      cores,
      schedule,
      environment: {
        ...environment,
        ...Object.fromEntries(variables),
        ...(named.length === 0 ? {} : { GLIBC_TUNABLES: named.join(":") }),
      },
    },
    wrong,
  };
}
