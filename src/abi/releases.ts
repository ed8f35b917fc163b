/** The releases that a user can choose, what stands behind each, and how two profiles differ. */
import { type Feature, featureNames, type Release, releases } from "./glibc-features";
import { findMallocAbi, type MallocAbi, type StructLayout } from "./glibc-structs";
import { history, type HistoryEntry } from "./history";

/** Month of each release, and a system whose users have met it. */
export interface ReleaseInfo {
  readonly release: Release;
  /** `2016-02`. */
  readonly month: string;
  /** Names are not translated. */
  readonly system: string;
  /** A snapshot of the development tree, not a release yet. */
  readonly snapshot: boolean;
}

const facts: Readonly<Record<Release, readonly [month: string, system: string]>> = {
  "2.12.1": ["2010-07", "Fedora 13"],
  "2.23": ["2016-02", "Ubuntu 16.04"],
  "2.24": ["2016-08", "Debian 9"],
  "2.25": ["2017-02", "Fedora 26"],
  "2.26": ["2017-08", "Ubuntu 17.10"],
  "2.27": ["2018-02", "Ubuntu 18.04"],
  "2.28": ["2018-08", "Debian 10"],
  "2.29": ["2019-01", "Ubuntu 19.04"],
  "2.30": ["2019-08", "Ubuntu 19.10"],
  "2.31": ["2020-02", "Ubuntu 20.04"],
  "2.32": ["2020-08", "Ubuntu 20.10"],
  "2.33": ["2021-02", "Ubuntu 21.04"],
  "2.34": ["2021-08", "RHEL 9"],
  "2.35": ["2022-02", "Ubuntu 22.04"],
  "2.36": ["2022-07", "Debian 12"],
  "2.37": ["2023-01", "Ubuntu 23.04"],
  "2.38": ["2023-07", "Ubuntu 23.10"],
  "2.39": ["2024-01", "Ubuntu 24.04"],
  "2.40": ["2024-07", "Ubuntu 24.10"],
  "2.41": ["2025-01", "Debian 13"],
  "2.42": ["2025-07", "Ubuntu 25.10"],
  "2.43": ["2026-01", ""],
};

/** 2.25 has neither a recording nor a neighbour like it. */
const notOffered: ReadonlySet<Release> = new Set(["2.25"]);
const snapshots: ReadonlySet<Release> = new Set(["2.43"]);

/** What a user can choose, oldest first. */
export const offeredReleases: readonly ReleaseInfo[] = releases
  .filter((release) => !notOffered.has(release))
  .map((release) => {
    const [month, system] = facts[release];
    return { release, month, system, snapshot: snapshots.has(release) };
  });

/** The offered release before, or after with step 1; null at the ends. */
export function neighbour(release: Release, step: -1 | 1): Release | null {
  const at = offeredReleases.findIndex((info) => info.release === release);
  return at < 0 ? null : (offeredReleases[at + step]?.release ?? null);
}

type Width = MallocAbi["abi"];

const recordedReleases: Readonly<Record<Width, ReadonlySet<Release>>> = {
  amd64: new Set([
    "2.12.1",
    "2.23",
    "2.26",
    "2.27",
    "2.29",
    "2.31",
    "2.32",
    "2.34",
    "2.35",
    "2.36",
    "2.37",
    "2.39",
    "2.41",
    "2.42",
    "2.43",
  ]),
  i386: new Set(["2.31", "2.36"]),
};

/**
 * What stands behind a profile: recordings of that very release; a neighbour from which upstream's history shows no difference, so that one
 * profile serves both; or upstream's history alone, change by change.
 */
export type Standing =
  | { readonly kind: "recorded" }
  | { readonly kind: "identical"; readonly to: Release }
  | { readonly kind: "history" };

export function standingOf(release: Release, width: Width): Standing {
  if (recordedReleases[width].has(release)) return { kind: "recorded" };
  const abi = findMallocAbi(release, width);
  for (const step of [-1, 1] as const) {
    const to = neighbour(release, step);
    const other = to === null ? undefined : findMallocAbi(to, width);
    if (abi && other && to !== null && recordedReleases[width].has(to) && profileDifferences(abi, other).length === 0)
      return { kind: "identical", to };
  }
  return { kind: "history" };
}

/** What two profiles of one width answer differently: features by name, `struct.field` for layouts, constants by name. */
export function profileDifferences(a: MallocAbi, b: MallocAbi): string[] {
  const features = featureNames.filter((feature: Feature) => a.features.has(feature) !== b.features.has(feature));
  const layouts = (["mallocState", "mallocPar", "tcache", "heapInfo"] as const).flatMap((key) =>
    fieldDifferences(a[key], b[key]),
  );
  const constants = (["alignment", "tcacheFill"] as const).filter((key) => constant(a, key) !== constant(b, key));
  return [...features, ...layouts, ...constants];
}

/** A constant of something that is not there is none. */
function constant(abi: MallocAbi, key: "alignment" | "tcacheFill"): number {
  return key === "tcacheFill" && abi.tcache === null ? 0 : abi[key];
}

/** Fields that only one has, or that are of another type or count. That a field moved because of them is no difference of its own. */
function fieldDifferences(a: StructLayout | null, b: StructLayout | null): string[] {
  const shape = (layout: StructLayout | null): Map<string, string> =>
    new Map(layout?.fields.map((field) => [`${layout.name}.${field.name}`, `${field.typeText} ${field.count}`]));
  const [left, right] = [shape(a), shape(b)];
  return [...new Set([...left.keys(), ...right.keys()])].filter((name) => left.get(name) !== right.get(name));
}

/** Changes that lie between two releases: those of every release after the older one up to the newer one. Oldest first. */
export function changesBetween(a: Release, b: Release): HistoryEntry[] {
  const [from, to] = [releases.indexOf(a), releases.indexOf(b)].toSorted((x, y) => x - y);
  return history.filter(({ release }) => {
    const at = releases.indexOf(release);
    return at > (from ?? 0) && at <= (to ?? 0);
  });
}
