/**
 * What glibc puts at the top of a thread's stack, and the dtv it allocates beside it. Measured on threads of each release (address of libc's
 * thread-local block in the dtv that pthread_create fills); struct pthread is aligned to 64 bytes.
 *
 *   mapping: │ guard │ stack … │ libc's TLS block │ struct pthread … │ end
 *                              libcTls ─┘         └─ thread pointer
 */
export interface ThreadBlock {
  /** Bytes from the thread pointer to the end of the mapping. */
  readonly pthreadBytes: number;
  /** Bytes of libc's thread-local block, right below the thread pointer. */
  readonly tlsBytes: number;
  /** dtv[1] holds the block's address at once, and says that it is static; else −1: not looked up yet. */
  readonly dtvFilled: boolean;
  readonly dtvStatic: boolean;
}

type Row = readonly [since: string, abi: "amd64" | "i386", pthreadBytes: number, tlsBytes: number, dtv?: "static" | "empty"];

/** Each row serves its release and the ones after it, up to the next row of that width. */
const rows: readonly Row[] = [
  ["2.12.1", "amd64", 0x900, 0x58, "static"],
  ["2.23", "amd64", 0x900, 0x90, "empty"],
  ["2.26", "amd64", 0x900, 0x90],
  ["2.32", "amd64", 0x9c0, 0x88],
  ["2.34", "amd64", 0x9c0, 0x90],
  ["2.36", "amd64", 0x940, 0x90],
  ["2.37", "amd64", 0x940, 0x88],
  ["2.43", "amd64", 0x940, 0x80],
  ["2.12.1", "i386", 0x4c0, 0x54, "static"],
  ["2.23", "i386", 0x4c0, 0x54, "empty"],
  ["2.26", "i386", 0x4c0, 0x54],
];

const number = (release: string): number => Number(release.split(".")[1]);

/** The block of a release's threads. */
export function threadBlock(glibc: string, abi: "amd64" | "i386"): ThreadBlock {
  const row = rows.findLast(([since, width]) => width === abi && number(since) <= number(glibc));
  if (row === undefined) throw new Error(`threads of glibc ${glibc} ${abi} are not known`);
  const [, , pthreadBytes, tlsBytes, dtv] = row;
  return { pthreadBytes, tlsBytes, dtvFilled: dtv !== "empty", dtvStatic: dtv === "static" };
}

/** Slots of a dtv: dtv[-1] … with room for 14 modules more than the one there is (DTV_SURPLUS), two words each. */
export const DTV_SLOTS = 17;
/** dtv[-1].counter: the highest module it has room for. */
export const DTV_CAPACITY = 15;

export const STACK_BYTES_DEFAULT = 0x80_0000;
export const GUARD_BYTES = 0x1000;
/** Stacks of ended threads that glibc keeps, bytes. */
export const STACK_CACHE_BYTES = 40 * 0x10_0000;
/** What an ending thread leaves resident: its own frames and PTHREAD_STACK_MIN. */
export const STACK_KEPT_BYTES = 0x6000;
