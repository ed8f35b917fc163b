/** Plays system-call recordings on the kernel and says after each operation what /proc would. */
import { control } from "../../abi/control";
import { FIRST_PID, pageFlag } from "../../abi/kernel";
import { errno, type KernelRelease } from "../../abi/linux";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { isHuge } from "../../kernel/huge";
import type { Kernel } from "../../kernel/kernel";
import type { SmapsEntry } from "../../kernel/smaps";
import { smapsText } from "../../kernel/smaps-text";
import type { MapRow, SmapsRow, VmHeader, VmOperation } from "./recording";
import { anonymousLines } from "./smaps-lines";
import { limit, settle, startProcess } from "./start";

const errnoNames: ReadonlyMap<number, string> = new Map(Object.entries(errno).map(([name, code]) => [code, name]));

const limits: ReadonlyMap<number, "rlimit_data" | "rlimit_stack" | "rlimit_as"> = new Map([
  [2, "rlimit_data"],
  [3, "rlimit_stack"],
  [9, "rlimit_as"],
]);

type Signal = readonly [number, number, string];

/** What an operation answered: a number or −errno, and what it reported besides. */
interface Answer {
  readonly r: number;
  readonly sig?: Signal | undefined;
  readonly pm?: string;
  readonly mincore?: string;
  readonly smaps?: SmapsRow[];
  readonly text?: string[];
}

export interface VmPlayer {
  play(operation: Pick<VmOperation, "i" | "op">): VmOperation;
  maps(): readonly MapRow[];
}

const hex = (value: number): string => value.toString(16);

function runLengths(text: string): string {
  return text.replaceAll(/(.)\1*/g, (run) => `${run.length}${run.charAt(0)}`);
}

function smapsRow(entry: SmapsEntry, special: boolean): SmapsRow {
  const { start, rss, pss, sharedClean, sharedDirty, privateClean, privateDirty, anonymous, anonHuge, vmFlags } = entry;
  // Pages of [vdso] and [vvar] are shared with every other process: their shares were left out of the recordings.
  const shares = special ? [null, null, null, null, null] : [pss, sharedClean, sharedDirty, privateClean, privateDirty];
  return [hex(start), rss, ...shares, anonymous, anonHuge, vmFlags];
}

export function createVmPlayer(kernel: Kernel, header: VmHeader, release: KernelRelease): VmPlayer {
  const parents = new Map<number, number>();
  const files = startProcess(kernel, header, release);
  const { context: k } = kernel;
  const page0 = Number(header.page0);

  const maps = (): readonly MapRow[] =>
    kernel.entries().map(({ start, end, perms, offset, name }) => [hex(start), hex(end), perms, offset, name]);
  const keyed = (rows: readonly MapRow[]): ReadonlyMap<string, MapRow> => new Map(rows.map((row) => [row.join(" "), row]));
  let before = keyed(maps());

  function signal(): Signal {
    const at = machineMemory.control;
    const word = (field: number): number => k.bytes.u32(at + field);
    return [word(control.signal), word(control.signalCode), `0x${hex(k.bytes.u64(at + control.signalAddr))}`];
  }

  function touch(from: number, to: number, write: boolean): Answer {
    let r = 0;
    for (let at = from; at < to; at = (Math.floor(at / PAGE_SIZE) + 1) * PAGE_SIZE, r++) {
      if (!kernel.access(at, write)) return { r, sig: signal() };
    }
    return { r };
  }

  function touchStack(pages: number): Answer {
    for (let r = 0; r < pages; r++) {
      if (!kernel.access(page0 - (r + 1) * PAGE_SIZE, true)) return { r, sig: signal() };
    }
    return { r: pages };
  }

  function pageMap(addr: number, length: number): string {
    let text = "";
    for (let at = addr; at < addr + length; at += PAGE_SIZE) {
      const entry = k.pages.find(at);
      const low = entry === 0 ? 0 : k.bytes.u32(entry);
      const flags = k.frames.flags(low >>> 12);
      const file = pageFlag.unknown | pageFlag.sharedMemory | pageFlag.file;
      const zero = (flags & pageFlag.zero) !== 0;
      // The huge zero page counts as a file's there.
      if (low === 0) text += ".";
      else if ((flags & file) !== 0 || (zero && isHuge(k, at))) text += "F";
      else text += !zero && k.frames.refcount(low >>> 12) === 1 ? "A" : "z";
    }
    return runLengths(text);
  }

  function mincore(addr: number, length: number): Answer {
    const pages = kernel.mincore(addr, length);
    return typeof pages === "number" ? { r: pages } : { r: 0, mincore: pages.map((there) => (there ? "1" : "0")).join("") };
  }

  function smaps(): Answer {
    const special = new Set(
      maps()
        .filter(([, , , , name]) => name === "[vdso]" || name.startsWith("[vvar"))
        .map(([start]) => start),
    );
    const rows = kernel.smaps().map((entry) => smapsRow(entry, special.has(hex(entry.start))));
    return { r: 0, smaps: rows, text: [...anonymousLines(smapsText(k))] };
  }

  function setLimit(resource: number, bytes: number): Answer {
    const name = limits.get(resource);
    if (name === undefined) return { r: -errno.EINVAL };
    kernel.setLimit(name, limit(bytes));
    return { r: 0 };
  }

  /** Both processes of a fork touch what is theirs; the parent goes on. */
  function fork(number: number): Answer {
    const parent = kernel.pid();
    const child = kernel.fork(FIRST_PID + number);
    if (child < 0) return { r: child };
    settle(kernel, header);
    kernel.switchTo(child);
    settle(kernel, header);
    kernel.switchTo(parent);
    parents.set(child, parent);
    return { r: number };
  }

  function exit(code: number): Answer {
    const child = kernel.pid();
    kernel.exit((code & 0xff) << 8, parents.get(child) ?? FIRST_PID);
    const status = kernel.wait(child);
    return { r: typeof status === "number" ? status : (status?.exitCode ?? 0) };
  }

  function switchTo(number: number): Answer {
    kernel.switchTo(FIRST_PID + number);
    return { r: 0 };
  }

  function perform([name, ...args]: VmOperation["op"]): Answer {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args.map(Number);
    switch (name) {
      case "mmap": {
        const file = files.get(e);
        return { r: kernel.mmap(a, b, c, d, file === undefined ? null : { file, pgoff: f }) };
      }
      case "munmap":
        return { r: kernel.munmap(a, b) };
      case "mprotect":
        return { r: kernel.mprotect(a, b, c) };
      case "mremap":
        return { r: kernel.mremap(a, b, c, d, e) };
      case "madvise":
        return { r: kernel.madvise(a, b, c) };
      case "brk":
        return { r: kernel.brk(a) };
      case "rlimit":
        return setLimit(a, b);
      case "r":
      case "w":
        return touch(a, a + b, name === "w");
      case "stack":
        return touchStack(a);
      case "pm":
        return { r: 0, pm: pageMap(a, b) };
      case "mincore":
        return mincore(a, b);
      case "smaps":
        return smaps();
      case "fork":
        return fork(a);
      case "on":
        return switchTo(a);
      case "exit":
        return exit(a);
      default:
        return { r: -errno.EINVAL };
    }
  }

  const minorFaults = (): number => kernel.usage().minorFaults;
  const changesProcess = new Set(["fork", "on", "exit"]);
  const giveAddress = new Set(["mmap", "mremap", "brk"]);

  function play({ i, op }: Pick<VmOperation, "i" | "op">): VmOperation {
    const faults = minorFaults();
    const { r, ...reports } = perform(op);
    // What another process did, or both to come apart, is no fault of the call.
    const flt = changesProcess.has(op[0]) ? 0 : minorFaults() - faults;
    const now = keyed(maps());
    const gone = [...before].filter(([key]) => !now.has(key)).map(([, [start]]) => start);
    const come = [...now].filter(([key]) => !before.has(key)).map(([, row]) => row);
    before = now;
    const { VmHWM: _, ...status } = kernel.status();
    return {
      i,
      op,
      ...(r < 0 ? { r: null, e: errnoNames.get(-r) ?? String(-r) } : { r: giveAddress.has(op[0]) ? `0x${hex(r)}` : r }),
      flt,
      ...definedOnly(reports),
      "-": gone,
      "+": come,
      st: header.meta.st.map((name) => new Map(Object.entries(status)).get(name) ?? Number.NaN),
    };
  }

  return { play, maps };
}

function definedOnly({ sig, ...rest }: Omit<Answer, "r">): { sig?: [number, number, string] } & Omit<Answer, "r" | "sig"> {
  return sig === undefined ? rest : { ...rest, sig: [...sig] };
}
