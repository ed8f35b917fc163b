/** Fetched when somebody first asks what the TLB does. */
import engineCounted from "../../build/engine/engine-counted.wasm?url";
import { createTlbRuns, type TlbRuns } from "../machine/tlb/run";
import { compileEngine } from "./compile-engine";

export async function openTlb(): Promise<TlbRuns> {
  return createTlbRuns(await compileEngine(engineCounted));
}
