/** Which process is shown, where there is more than one. */
import type { AddressSpace } from "../../decode/types";

/** `pid 1001 / 2`: the running process, and of how many. */
export function ProcessTag({ space }: { readonly space: AddressSpace | null }): React.ReactNode {
  if (space === null || (space.processes.length <= 1 && space.processes[0]?.pid === space.pid)) return null;
  const alive = space.processes.filter(({ zombie }) => !zombie).length;
  return (
    <span className="mono dim process-tag" data-testid="process">
      pid {space.pid}
      {alive > 1 ? ` / ${alive}` : ""}
    </span>
  );
}
