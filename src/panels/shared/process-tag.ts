/** Which process is shown, where there is more than one. */
import { FIRST_PID } from "../../abi/kernel";
import type { AddressSpace } from "../../decode/types";

/** `pid 1001 / 2`: the running process, and of how many; "" where there is only the one that the run began with. */
export function processText(space: AddressSpace | null): string {
  if (space === null || (space.processes.length <= 1 && space.pid === FIRST_PID)) return "";
  const alive = space.processes.filter(({ zombie }) => !zombie).length;
  return alive > 1 ? `pid ${space.pid} / ${alive}` : `pid ${space.pid}`;
}
