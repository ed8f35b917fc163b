/** A recording played on a machine laid out as its header says, line by line. */
import type { Machine } from "../../machine/machine";
import { createMachine } from "../../machine/machine";
import type { MappingSpec } from "../../abi/layouts";
import { defaultLayout, layoutFromMaps } from "../../machine/layout";
import { findRelease } from "../../abi/glibc-features";
import { InputError } from "../usage";
import { createObserver, type ObservedOperation } from "./observe";
import type { Wanted } from "./observe-arenas";
import { createPlayer } from "./player";
import type { Recording, RecordingHeader } from "./recording";

/** Key that recordings use, for scripts without a header. */
const DEFAULT_KEY = 0x5ca1_ab1e_0ddb_a11bn;
const SCRIPT_PROGRAM = { textBytes: 0, rodataBytes: 0, dataBytes: 0, bssBytes: 0 };

/** Why a recording cannot be played yet; null when it can. */
export function unsupported(recording: Recording): string | null {
  const { header } = recording;
  if (header !== null && findRelease(header.version) === undefined) return `glibc ${header.version}: not supported`;
  return null;
}

export interface Replay {
  readonly machine: Machine;
  /** Plays the next operation; null at the end of the script, or after the process has died. */
  next(wanted?: Wanted): ObservedOperation | null;
}

/**
 * The recording program keeps memory of its own that its header leaves out: in a 32-bit process where a read at 0x12345674 finds zero. How far
 * it reaches is not known.
 */
const recorderMemory: MappingSpec = {
  start: 0x1000_0000,
  end: 0x2000_0000,
  perms: "r--p",
  offset: 0,
  device: "00:00",
  inode: 0,
  name: "[recorder]",
};

/** argv[0] of the recorded program: it ran in its own folder. */
function programOf(maps: readonly string[]): string {
  return `./${maps[0]?.replace(/^.*\//, "") ?? ""}`;
}

function machineFor(module: WebAssembly.Module, header: RecordingHeader | null, reuse: Machine | undefined): Machine {
  if (header === null) {
    const layout = defaultLayout("/home/user/script", SCRIPT_PROGRAM);
    return createMachine({ module, layout, glibc: "2.36", abi: "amd64", tcacheKey: DEFAULT_KEY, ...(reuse ? { reuse } : {}) });
  }
  let layout = layoutFromMaps(header.maps, Number(header.heap_start), Number(header.libc_base));
  if (layout === null) throw new InputError("line 1: the header's maps are not those of a process with libc and a stack");
  if (header.abi === "i386")
    layout = { ...layout, space: { ...layout.space, mappings: [recorderMemory, ...layout.space.mappings] } };
  const tcacheKey = header.tcache_key === undefined ? DEFAULT_KEY : BigInt(header.tcache_key);
  const offset = (address: string): number => Number(address) - Number(header.libc_base);
  const machine = createMachine({
    module,
    layout,
    glibc: header.version,
    abi: header.abi,
    tcacheKey,
    seen: { mainArena: offset(header.main_arena), mp: offset(header["mp_"]) },
    program: programOf(header.maps),
    ...(header.cores === undefined ? {} : { cores: header.cores }),
    ...(reuse ? { reuse } : {}),
  });
  return machine;
}

/** Begins a replay. `reuse`: an earlier machine whose memory may be taken over. */
export function startReplay(module: WebAssembly.Module, recording: Recording, reuse?: Machine): Replay {
  const machine = machineFor(module, recording.header, reuse);
  const player = createPlayer(machine);
  const observer = createObserver(machine);
  let index = 0;
  let dead = false;
  return {
    machine,
    next: (wanted) => {
      const operation = recording.operations[index];
      if (operation === undefined || dead) return null;
      const outcome = player.play(operation.op);
      dead = outcome.kind === "stopped";
      return observer.observe(index++, operation.op, outcome, wanted);
    },
  };
}
