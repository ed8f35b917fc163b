/** Limits and counts of the process, as it may ask for them: getrlimit(2), setrlimit(2), getrusage(2). kernel/sys.c: do_prlimit. */
import { vmFlag } from "../abi/kernel";
import { errno, RLIM_INFINITY } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, mmGet, mmSet } from "./context";
import { residentPages } from "./resident";

type LimitField = `rlimit_${"data" | "stack" | "as"}${"" | "_max"}`;
/** Limits that are simulated, by their numbers in the system call: the soft and the hard one. */
const fields: ReadonlyMap<number, readonly [soft: LimitField, hard: LimitField]> = new Map([
  [2, ["rlimit_data", "rlimit_data_max"]],
  [3, ["rlimit_stack", "rlimit_stack_max"]],
  [9, ["rlimit_as", "rlimit_as_max"]],
]);

/** Everything from here on is stored as no limit. */
const NONE = RLIM_INFINITY / 2;

/** Limits in bytes as they are stored: exact below 2^53, all ones in the upper half for none. */
export function limitWord(bytes: number): number {
  return bytes >= NONE ? RLIM_INFINITY - 2048 : bytes;
}

const limitOf = (word: number): number => (word >= NONE ? Infinity : word);

export function getrlimit(k: KernelContext, resource: number): { readonly soft: number; readonly hard: number } | number {
  const [soft, hard] = fields.get(resource) ?? [];
  if (soft === undefined || hard === undefined) return -errno.EINVAL;
  return { soft: limitOf(mmGet(k, soft)), hard: limitOf(mmGet(k, hard)) };
}

/** A hard limit can only be lowered: the process is nobody special. */
export function setrlimit(k: KernelContext, resource: number, soft: number, hard: number): number {
  const names = fields.get(resource);
  if (names === undefined || soft > hard) return -errno.EINVAL;
  if (hard > limitOf(mmGet(k, names[1]))) return -errno.EPERM;
  mmSet(k, names[0], limitWord(soft));
  mmSet(k, names[1], limitWord(hard));
  return 0;
}

/** What getrusage tells of memory. */
export function usage(k: KernelContext): { readonly minorFaults: number; readonly peakResidentBytes: number } {
  return {
    minorFaults: mmGet(k, "min_flt"),
    peakResidentBytes: Math.max(mmGet(k, "hiwater_rss"), residentPages(k)) * PAGE_SIZE,
  };
}

/** Whether the process could read or write the whole range itself. */
export function reaches(k: KernelContext, addr: number, lengthBytes: number, write: boolean): boolean {
  const end = addr + lengthBytes;
  for (let at = addr; at < end; ) {
    const vma = k.vmas.find(at);
    if (vma === 0) return false;
    const flags = k.vmas.flags(vma);
    const grows = (flags & vmFlag.GROWSDOWN) !== 0;
    if ((k.vmas.start(vma) > at && !grows) || (flags & (write ? vmFlag.WRITE : vmFlag.READ)) === 0) return false;
    at = k.vmas.end(vma);
  }
  return true;
}
