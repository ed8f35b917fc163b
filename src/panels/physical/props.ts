import type { Instant } from "../../queries";
import type { FrameInSight, Ram } from "./use-physical";

/** What every part of the panel is told. */
export interface RamProps {
  readonly instant: Instant;
  readonly ram: Ram;
  readonly sight: FrameInSight;
  readonly onChoose: (pfn: number) => void;
}
