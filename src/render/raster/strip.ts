/** One line of pixels for the whole heap: the strip above the map. */
import { chunkStateNames } from "../../decode/types";
import { stateRole } from "../roles";
import type { Theme } from "../theme";
import { packColor } from "./far";

/** One pixel per cell and `height` pixels tall; top is left to the ground. States as from `majority`. */
export function rasterStrip(states: Uint8Array, height: number, theme: Theme): ImageData {
  const colors = chunkStateNames.map((state) => (stateRole[state] === "top" ? 0 : packColor(theme.chunk[stateRole[state]].edge)));
  const line = Uint32Array.from(states, (state) => colors[state] ?? 0);
  const pixels = new Uint32Array(states.length * height);
  for (let y = 0; y < height; y++) pixels.set(line, y * states.length);
  return new ImageData(new Uint8ClampedArray(pixels.buffer), Math.max(1, states.length), height);
}
