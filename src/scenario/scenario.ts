import type { AddressSpaceKind } from "../abi/layouts";
import type { KernelRelease, Overcommit } from "../abi/linux";
import { defaultSchedule, type Schedule } from "../abi/schedule";

/** What can be shared: program, machine settings and where the reader should look. Versioned; see docs/url-format.md. */
export interface Scenario {
  readonly version: 1;
  /** Title shown in the header; built-in scenarios carry a slug instead and are titled by src/i18n. */
  readonly slug: string | null;
  readonly title: string | null;
  readonly source: string;
  readonly machine: MachineSettings;
  /** 1-based source line before whose first execution a reader lands when no cursor is given; absent: the first statement of main. */
  readonly startLine?: number;
}

export interface MachineSettings {
  /** glibc version, e.g. "2.36". */
  readonly glibc: string;
  readonly abi: "amd64" | "i386";
  /** How the kernel finds VMAs. */
  readonly kernel: KernelRelease;
  readonly aslr: boolean;
  /** Seed of the tcache key, ASLR and a random schedule. */
  readonly seed: number;
  /** Processors the machine has: glibc derives its arena limit from it. */
  readonly cores: number;
  /** RAM in MiB; absent: that of the machine that made the recordings, 24 GB. */
  readonly ramMiB?: number;
  /** vm.overcommit_memory: 0 heuristic, 1 always, 2 never; absent: 0. */
  readonly overcommit?: Overcommit;
  /** Kind of address space; absent: the default one, top-down. */
  readonly layout?: AddressSpaceKind;
  /** Whether the program is a position-independent executable; absent: it is. */
  readonly pie?: boolean;
  /** Levels of the page table; absent: 4. */
  readonly pagingLevels?: 4 | 5;
  /** Whether the run begins before execve, so that loading can be stepped through; absent: before main. */
  readonly loading?: boolean;
  /** Which thread runs when. */
  readonly schedule: Schedule;
  /** GLIBC_TUNABLES and MALLOC_*_ environment, verbatim: name → value. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly args: readonly string[];
}

/** The four step levels, coarse to fine. */
export const stepLevels = ["statement", "phase", "line", "write"] as const;
export type StepLevel = (typeof stepLevels)[number];

/** A marker of the journal (src/abi/journal.ts) that lies before a step, in its statement. */
export interface PlaceMark {
  readonly kind: number;
  readonly id: number;
  /** The nth of this kind and id since the statement began, from 1. */
  readonly nth: number;
  /** Writes of the process and the kernel from there to the step. */
  readonly writes: number;
}

/** A step as the program knows it: it stays the same when the simulator says more, or less, about what happens. "end": the run's end. */
export type StepPlace =
  | "end"
  | {
      /** Statements begun; 0 before the first. */
      readonly statement: number;
      /** In order of time. */
      readonly marks: readonly PlaceMark[];
      /** Writes since the statement began. */
      readonly writes: number;
      /** Records of the simulation's own between the latest write or marker and the step. */
      readonly own: number;
    };

/** A step that is to be gone to: a place, or a position in the journal (what links of before had). */
export type StepRef = StepPlace | number;

/** Where a reader was: carried by a link beside the scenario. */
export interface ViewState {
  /** null = the scenario's own starting point. */
  readonly cursor: StepRef | null;
  readonly level: StepLevel;
  /** Selected chunk's address, if any. */
  readonly selection: number | null;
  /** Pid of the process whose address space is shown; absent: the one that runs. */
  readonly process?: number;
}

/** Does this hash of an address claim to hold a scenario? (Anything else in it is not ours to judge.) Opened by ./link.ts. */
export function isScenarioHash(hash: string): boolean {
  return /^#?s=/.test(hash);
}

export const defaultMachine: MachineSettings = {
  glibc: "2.36",
  abi: "amd64",
  kernel: "6.1+",
  aslr: false,
  seed: 1,
  cores: 2,
  schedule: defaultSchedule,
  environment: {},
  stdin: "",
  args: [],
};
