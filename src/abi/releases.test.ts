import { describe, expect, it, test } from "vitest";
import { featureNames, featureSpans, type FeatureSpan, type Release } from "./glibc-features";
import { findMallocAbi, type MallocAbi } from "./glibc-structs";
import { history } from "./history";
import { changesBetween, neighbour, offeredReleases, profileDifferences, standingOf } from "./releases";

function abiOf(release: Release, width: "amd64" | "i386"): MallocAbi {
  const abi = findMallocAbi(release, width);
  if (abi === undefined) throw new Error(`no layout of ${release} ${width}`);
  return abi;
}

const pairs = offeredReleases.slice(1).map(({ release }) => {
  const before = neighbour(release, -1);
  if (before === null) throw new Error("the first release has no neighbour before it");
  return { before, release };
});

describe("the history", () => {
  test.each(pairs)("names a change for every difference between $before and $release, and no others", ({ before, release }) => {
    const named = new Set(changesBetween(before, release).flatMap(({ features, fields }) => [...features, ...fields]));
    const differences = new Set(
      (["amd64", "i386"] as const).flatMap((width) => profileDifferences(abiOf(before, width), abiOf(release, width))),
    );
    expect([...differences].filter((name) => !named.has(name))).toEqual([]);
    // What came and went between the two is a change too, though nobody sees it there.
    const spans: Readonly<Record<string, FeatureSpan>> = featureSpans;
    const brief = (name: string): boolean => spans[name]?.since !== undefined && spans[name]?.since !== release;
    expect([...named].filter((name) => !differences.has(name) && !brief(name))).toEqual([]);
  });

  it("dates every feature as its span does", () => {
    for (const feature of featureNames) {
      const { since, until }: FeatureSpan = featureSpans[feature];
      const entries = history.filter(({ features }) => features.includes(feature));
      expect(
        entries.map(({ release }) => release),
        feature,
      ).toEqual([since, until].filter((release) => release !== undefined));
    }
  });

  it("names each commit by ten hex digits", () => {
    for (const { commits } of history) {
      expect(commits.length).toBeGreaterThan(0);
      for (const commit of commits) expect(commit).toMatch(/^[0-9a-f]{10}$/);
    }
  });
});

describe("what is offered", () => {
  it("is 2.12.1, 2.23, 2.24 and every release from 2.26 on", () => {
    expect(offeredReleases.map(({ release }) => release).join(" ")).toBe(
      "2.12.1 2.23 2.24 2.26 2.27 2.28 2.29 2.30 2.31 2.32 2.33 2.34 2.35 2.36 2.37 2.38 2.39 2.40 2.41 2.42 2.43",
    );
    expect(offeredReleases.filter(({ snapshot }) => snapshot).map(({ release }) => release)).toEqual(["2.43"]);
    const months = offeredReleases.map(({ month }) => month);
    expect(months).toEqual(months.toSorted());
  });

  it("says what stands behind each", () => {
    expect(standingOf("2.36", "amd64")).toEqual({ kind: "recorded" });
    expect(standingOf("2.40", "amd64")).toEqual({ kind: "identical", to: "2.39" });
    expect(standingOf("2.38", "amd64")).toEqual({ kind: "history" });
    expect(standingOf("2.36", "i386")).toEqual({ kind: "recorded" });
    expect(standingOf("2.23", "i386")).toEqual({ kind: "history" });
  });
});
