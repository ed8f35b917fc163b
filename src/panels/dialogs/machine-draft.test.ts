import { describe, expect, it } from "vitest";
import { tunables } from "../../abi/glibc-tunables";
import { defaultMachine, type MachineSettings } from "../../scenario";
import { draftOf, parseEnvironment, settingsOf, shortName, tunableProblem, tunablesOf, unreadTunables } from "./machine-draft";

const machine = (more: Partial<MachineSettings>): MachineSettings => ({ ...defaultMachine, ...more });
const round = (settings: MachineSettings) => settingsOf(draftOf(settings), settings).machine;
const named = (name: string) => {
  const found = tunables.find((tunable) => shortName(tunable) === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe("a draft of machine settings", () => {
  it("means the settings it was made from", () => {
    for (const settings of [
      defaultMachine,
      machine({ glibc: "2.12.1", environment: { MALLOC_TOP_PAD_: "65536", HOME: "/" } }),
      machine({ glibc: "2.31", abi: "i386", cores: 8, seed: 7, aslr: true, schedule: { kind: "turns", statements: 3 } }),
      machine({ environment: { GLIBC_TUNABLES: "glibc.rtld.nns=4:glibc.malloc.tcache_count=0" } }),
      machine({ abi: "i386", layout: "3g-legacy", pie: false, ramMiB: 2048, overcommit: 2 }),
      machine({ schedule: { kind: "list", turns: [{ thread: 1, until: "malloc" }] }, stdin: "x", args: ["y"] }),
    ])
      expect(round(settings)).toEqual(settings);
  });

  it("has only the kinds of address space that its width has", () => {
    const classic = machine({ abi: "i386", layout: "3g-legacy" });
    const layoutAs = (abi: "amd64" | "i386") => settingsOf({ ...draftOf(classic), abi }, classic).machine?.layout;
    expect([layoutAs("i386"), layoutAs("amd64")]).toEqual(["3g-legacy", "legacy"]);
  });

  it("writes a tunable the way its release reads it, and leaves out what it does not read", () => {
    const draft = { ...draftOf(defaultMachine), tunables: { mmap_threshold: "0x40000", tcache_count: "3" } };
    expect(settingsOf(draft, defaultMachine).machine?.environment).toEqual({
      GLIBC_TUNABLES: "glibc.malloc.mmap_threshold=0x40000:glibc.malloc.tcache_count=3",
    });
    const old = { ...draft, glibc: "2.23" };
    expect(settingsOf(old, defaultMachine).machine?.environment).toEqual({ MALLOC_MMAP_THRESHOLD_: "0x40000" });
    expect(unreadTunables(old)).toEqual(["tcache_count"]);
    expect(tunablesOf("2.12.1").map(shortName)).not.toContain("arena_max");
    expect(tunablesOf("2.36").map(shortName)).toContain("hugetlb");
  });

  it("names the field that is wrong", () => {
    const wrong = (more: object) => [...settingsOf({ ...draftOf(defaultMachine), ...more }, defaultMachine).wrong];
    expect(wrong({ cores: "0" })).toEqual(["cores"]);
    expect(wrong({ ram: "15" })).toEqual(["ram"]);
    expect(wrong({ seed: "-1" })).toEqual(["seed"]);
    expect(wrong({ schedule: "turns", turns: "none" })).toEqual(["schedule"]);
    expect(wrong({ schedule: "list", list: "random" })).toEqual(["schedule"]);
    expect(wrong({ environment: "novalue" })).toEqual(["environment"]);
    expect(wrong({ glibc: "2.23", abi: "i386" })).toEqual(["abi"]);
    expect(wrong({ glibc: "2.99" })).toEqual(["abi"]);
  });

  it("tells a number out of bounds from no number", () => {
    expect(tunableProblem(named("perturb"), "0xff")).toBeNull();
    expect(tunableProblem(named("perturb"), "256")).toBe("ignored");
    expect(tunableProblem(named("arena_max"), "0")).toBe("ignored");
    expect(tunableProblem(named("top_pad"), "many")).toBe("unread");
    expect(tunableProblem(named("top_pad"), "")).toBeNull();
  });
});

it("an environment is NAME=value a line", () => {
  expect(parseEnvironment("A=1\n\n B_2=x=y ")).toEqual({ A: "1", B_2: "x=y" });
  expect(parseEnvironment("1A=2")).toBeNull();
});
