/** The driver's processes: who there is, who runs, and where each one's break is. */
import type { VmOperation } from "../../src/headless/vm/recording";
import type { Answer } from "./answer";

interface Member {
  readonly parent: number;
  readonly brk: number;
}

/** What the choice of a call depends on. */
export interface FamilySituation {
  readonly brk: number;
  /** Processes that could run instead of the one that does. */
  readonly others: readonly number[];
  /** Number of the next process; null when there are enough. */
  readonly nextProcess: number | null;
  /** It has a parent to go back to, and no children. */
  readonly mayExit: boolean;
}

/** Processes that the driver has room for, the first included. */
const PROCESSES = 8;
const AT_A_TIME = 4;

export class Family {
  private readonly members = new Map<number, Member>();
  private running = 0;
  private forks = 0;

  constructor(startBrk: number) {
    this.members.set(0, { parent: 0, brk: startBrk });
  }

  private get current(): Member {
    return this.members.get(this.running) ?? { parent: 0, brk: 0 };
  }

  situation(): FamilySituation {
    const room = this.members.size < AT_A_TIME && this.forks + 1 < PROCESSES;
    return {
      brk: this.current.brk,
      others: [...this.members.keys()].filter((number) => number !== this.running),
      nextProcess: room ? this.forks + 1 : null,
      mayExit: this.running !== 0 && ![...this.members.values()].some(({ parent }) => parent === this.running),
    };
  }

  note([name, first]: VmOperation["op"], { r }: Answer): void {
    if (name === "brk") this.members.set(this.running, { ...this.current, brk: Number(r) });
    if (name === "fork" && r !== null) this.members.set((this.forks = Number(r)), { ...this.current, parent: this.running });
    if (name === "on") this.running = Number(first);
    if (name !== "exit") return;
    const { parent } = this.current;
    this.members.delete(this.running);
    this.running = parent;
  }
}
