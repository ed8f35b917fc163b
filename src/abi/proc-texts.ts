/** Texts by which a shell shows a process's memory: files of /proc, and tools that print them for people. */
export const procNames = ["maps", "smaps", "smaps_rollup", "status", "statm", "buddyinfo", "slabinfo", "pmap", "top"] as const;
export type ProcName = (typeof procNames)[number];
