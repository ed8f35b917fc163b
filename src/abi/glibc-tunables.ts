/**
 * glibc.malloc.* tunables with their bounds, in the order malloc's initialisation reads them, and the older environment variable of
 * the same meaning. `id` is what the engine's setTunable takes. A value outside the bounds is ignored by glibc.
 * Source: glibc 2.36 elf/dl-tunables.list and malloc/arena.c. `signed` tunables are 32-bit integers, the others size_t.
 */
import { type Release, releases } from "./glibc-features";

export interface Tunable {
  readonly id: number;
  readonly name: string;
  readonly env: string | null;
  readonly signed: boolean;
  readonly min: bigint | null;
  readonly max: bigint | null;
  /** First release that knows it under this name. */
  readonly since: Release;
  /** First release that reads the variable, null without one. */
  readonly envSince: Release | null;
}

function tunable(
  id: number,
  name: string,
  env: string | null,
  signed = false,
  min: bigint | null = null,
  max: bigint | null = null,
): Tunable {
  const since = later[name] ?? "2.25";
  // The limits of arenas came with the arenas' own.
  const envSince = env === null ? null : name.startsWith("arena_") ? "2.23" : "2.12.1";
  return { id, name: `glibc.malloc.${name}`, env, signed, min, max, since, envSince };
}

/** Tunables that were not there from the start of the framework. */
const later: Readonly<Record<string, Release>> = {
  tcache_max: "2.26",
  tcache_count: "2.26",
  tcache_unsorted_limit: "2.26",
  mxfast: "2.31",
  hugetlb: "2.35",
};

const INT32_MAX = 0x7fff_ffffn;
const SIZE_MAX = 0xffff_ffff_ffff_ffffn;

export const tunables: readonly Tunable[] = [
  tunable(0, "check", "MALLOC_CHECK_", true, 0n, 3n),
  tunable(1, "top_pad", "MALLOC_TOP_PAD_", false, null, SIZE_MAX),
  tunable(2, "perturb", "MALLOC_PERTURB_", true, 0n, 0xffn),
  tunable(3, "mmap_threshold", "MALLOC_MMAP_THRESHOLD_", false, null, SIZE_MAX),
  tunable(4, "trim_threshold", "MALLOC_TRIM_THRESHOLD_", false, null, SIZE_MAX),
  tunable(5, "mmap_max", "MALLOC_MMAP_MAX_", true, 0n, INT32_MAX),
  tunable(6, "arena_max", "MALLOC_ARENA_MAX", false, 1n, SIZE_MAX),
  tunable(7, "arena_test", "MALLOC_ARENA_TEST", false, 1n, SIZE_MAX),
  tunable(8, "tcache_max", null, false, null, SIZE_MAX),
  tunable(9, "tcache_count", null, false, null, SIZE_MAX),
  tunable(10, "tcache_unsorted_limit", null, false, null, SIZE_MAX),
  tunable(11, "mxfast", null, false, 0n, SIZE_MAX),
  tunable(12, "hugetlb", null, false, 0n, SIZE_MAX),
];

/** Whether a release reads a tunable by its name in GLIBC_TUNABLES, and by its older variable. */
export function knowsTunable({ since, envSince }: Tunable, release: Release): { readonly name: boolean; readonly env: boolean } {
  const at = releases.indexOf(release);
  return { name: at >= releases.indexOf(since), env: envSince !== null && at >= releases.indexOf(envSince) };
}
