import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { panelTexts } from "../../i18n/panels";
import { sampleAddresses, sampleHeap } from "../../render/testing/sample-heap";
import "../../ui/tokens.css";
import "../../ui/base.css";
import type { HeapPicture } from "../../scene/types";
import "./heap.css";
import { HeapMap } from "./heap-map";

const { heap, a, b, c, rem } = sampleAddresses;
const sample = sampleHeap().picture;

/** Instants that follow each other in any order: lens elsewhere or gone, other names, other states, more chunks, damage. */
const instants: readonly HeapPicture[] = [
  sample,
  { ...sample, focus: [], changed: [] },
  { ...sample, focus: [a] },
  { ...sample, focus: [rem], names: new Map([[a, "renamed"]]) },
  { ...sampleHeap((bytes) => bytes.setBigUint64(c - heap + 8, 0x21n, true)).picture, focus: [c] },
  { ...sampleHeap((bytes) => bytes.setBigUint64(b - heap + 8, 0x40n, true)).picture, focus: [] },
];

const nothing = (): void => undefined;

const map = (picture: HeapPicture, key: string) => (
  <div key={key} className="heap-panel" style={{ width: "606px", height: "900px", display: "flex", flexDirection: "column" }}>
    <HeapMap
      picture={picture}
      text={panelTexts.en}
      zoom="auto"
      onZoom={nothing}
      marks={{ selected: null, pinned: null, hovered: null, freeing: -1, bad: -1 }}
      compact={false}
      usedBytes={0x1ef0}
      reveal={null}
      onSelect={nothing}
      onHover={nothing}
      onMenu={nothing}
      onView={nothing}
      onWidth={nothing}
      tooltip={() => []}
    />
  </div>
);

/** Edges under a clip are blended a little differently. */
const ROUNDING = 24;

/** Largest difference of a channel. */
function worst(one: Uint32Array, other: Uint32Array): number {
  expect(one.length).toBe(other.length);
  let most = 0;
  for (let at = 0; at < one.length; at++) {
    const [a = 0, b = 0] = [one[at], other[at]];
    if (a === b) continue;
    for (const shift of [0, 8, 16, 24]) most = Math.max(most, Math.abs(((a >>> shift) & 0xff) - ((b >>> shift) & 0xff)));
  }
  return most;
}

/** The canvas's pixels once the frames that were due are over. */
async function pixels(): Promise<Uint32Array> {
  for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
  return vi.waitFor(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".map-canvas");
    const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
    if (data === undefined) throw new Error("no canvas yet");
    const words = new Uint32Array(data.buffer);
    expect(new Set(words).size).toBeGreaterThan(20);
    return words;
  });
}

beforeAll(() => {
  document.documentElement.dataset["theme"] = "light";
});
afterAll(() => {
  delete document.documentElement.dataset["theme"];
});

it("a map that is painted over by what differs is the map painted from nothing, pixel by pixel", async () => {
  const screen = await render(<div />);
  const fresh: Uint32Array[] = [];
  for (const [i, picture] of instants.entries()) {
    await screen.rerender(map(picture, `fresh ${i}`));
    fresh.push(await pixels());
  }
  expect(new Set(fresh.map((image) => image.join())).size).toBe(instants.length);
  for (const [i, before] of instants.entries()) {
    for (const [k, after] of instants.entries()) {
      await screen.rerender(map(before, `${i} ${k}`));
      await pixels();
      await screen.rerender(map(after, `${i} ${k}`));
      const painted = await pixels();
      expect(worst(painted, fresh[k] ?? painted.slice(0, 0)), `${i} then ${k}`).toBeLessThanOrEqual(ROUNDING);
    }
  }
}, 60_000);
