import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import { panelTexts } from "../../i18n/panels";
import { readTheme } from "../../render/theme";
import { sampleAddresses, sampleHeap } from "../../render/testing/sample-heap";
import "../../ui/tokens.css";
import "../../ui/base.css";
import type { ChunkMenuFacts } from "./chunk-menu";
import { HeapView, type HeapViewProps } from "./heap-view";

const sample = sampleHeap();
const { a, b, c } = sampleAddresses;

const facts = (chunkAddr: number): ChunkMenuFacts => ({
  chunkAddr,
  userAddr: chunkAddr + 16,
  sizeBytes: 0x90,
  wordBytes: 8,
  title: "a",
  state: "in use",
  role: "inuse",
  expression: "a",
  callable: true,
  malloc: 1,
  previous: 1,
  next: -1,
  pointers: 2,
});

function propsOf(more: Partial<HeapViewProps>): HeapViewProps {
  const nothing = vi.fn();
  return {
    picture: sample.picture,
    text: panelTexts.en,
    zoom: "auto",
    onZoom: nothing,
    marks: { selected: null, pinned: null, hovered: null, freeing: c, bad: -1 },
    compact: false,
    usedBytes: 0x1ef0,
    reveal: null,
    onSelect: nothing,
    onHover: nothing,
    menuFacts: facts,
    menuActions: {
      free: nothing,
      realloc: nothing,
      writePast: nothing,
      goTo: nothing,
      whoPoints: nothing,
      pin: nothing,
      copy: nothing,
    },
    problems: 0,
    ...more,
  };
}

const host = (props: HeapViewProps) => (
  <div style={{ width: "606px", height: "472px", display: "flex", flexDirection: "column" }}>
    <HeapView {...props} />
  </div>
);

/** The colour at a point of the map, as `#rrggbb`. */
function colorAt(x: number, y: number): string {
  const canvas = document.querySelector<HTMLCanvasElement>(".map-canvas");
  const ratio = window.devicePixelRatio;
  const [r = 0, g = 0, blue = 0] =
    canvas?.getContext("2d")?.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data ?? [];
  return `#${[r, g, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** Where a chunk is drawn: its grid cell lies over it. */
function cell(name: string): HTMLElement {
  const found = [...document.querySelectorAll<HTMLElement>('[role="gridcell"]')].find((element) =>
    element.ariaLabel?.startsWith(`${name},`),
  );
  if (found === undefined) throw new Error(`no cell for ${name}`);
  return found;
}

describe("the heap panel", () => {
  beforeEach(() => {
    document.documentElement.dataset["theme"] = "light";
  });
  afterEach(() => {
    delete document.documentElement.dataset["theme"];
  });

  it("names a chunk as it would be told, and marks the selected one", async () => {
    const screen = await render(host(propsOf({ marks: { selected: b, pinned: null, hovered: null, freeing: -1, bad: -1 } })));
    await expect.element(screen.getByRole("grid")).toHaveAttribute("aria-rowcount", String(sample.picture.chunks.count));
    expect(cell("b").ariaLabel).toBe("b, 0x90, unsorted 1 of 2, previous in use");
    expect(cell("b").ariaSelected).toBe("true");
    expect(cell("c").ariaLabel).toBe("c, 0x90, in use, previous free");
  });

  it("paints a chunk in the colours of its state, with the header filled when the chunk before is in use, in every theme", async () => {
    const props = propsOf({ marks: { selected: b, pinned: null, hovered: null, freeing: -1, bad: -1 } });
    const screen = await render(host(props));
    for (const theme of ["light", "dark", "hc"]) {
      document.documentElement.dataset["theme"] = theme;
      await screen.rerender(host(props));
      const paint = readTheme(document.documentElement).chunk.unsorted;
      const left = Number.parseFloat(cell("b").style.left);
      const top = Number.parseFloat(cell("b").style.top);
      await vi.waitFor(() => expect(colorAt(left + 4, top + 10)).toBe(paint.edge));
    }
  });

  it("selects the chunk under the pointer, also one that goes on in the next row, and pins with Alt", async () => {
    const onSelect = vi.fn();
    await render(host(propsOf({ onSelect, marks: { selected: a, pinned: null, hovered: null, freeing: -1, bad: -1 } })));
    const scroller = document.querySelector(".map-scroller");
    const box = cell("a");
    const at = { x: Number.parseFloat(box.style.left) + 60, y: Number.parseFloat(box.style.top) + 8 };
    await userEvent.click(scroller as Element, { position: at });
    expect(onSelect).toHaveBeenLastCalledWith(a, false);
    await userEvent.click(scroller as Element, { position: at, modifiers: ["Alt"] });
    expect(onSelect).toHaveBeenLastCalledWith(a, true);
  });

  it("moves from chunk to chunk by arrow keys and keeps them from stepping", async () => {
    const onSelect = vi.fn();
    const stepped = vi.fn();
    window.addEventListener("keydown", stepped);
    await render(host(propsOf({ onSelect, marks: { selected: a, pinned: null, hovered: null, freeing: -1, bad: -1 } })));
    cell("a").focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(onSelect).toHaveBeenLastCalledWith(b, false);
    await userEvent.keyboard("{Home}");
    expect(onSelect).toHaveBeenLastCalledWith(sampleAddresses.heap, false);
    await userEvent.keyboard("{End}");
    expect(onSelect).toHaveBeenLastCalledWith(sampleAddresses.top, false);
    expect(stepped).not.toHaveBeenCalled();
    window.removeEventListener("keydown", stepped);
  });

  it("opens a menu on a chunk whose items answer to one letter each", async () => {
    const free = vi.fn();
    const props = propsOf({ marks: { selected: a, pinned: null, hovered: null, freeing: -1, bad: -1 } });
    const screen = await render(host({ ...props, menuActions: { ...props.menuActions, free } }));
    cell("a").focus();
    await userEvent.keyboard("{Shift>}{F10}{/Shift}");
    await expect.element(screen.getByRole("menuitem", { name: "Call free(a) here" })).toBeVisible();
    await userEvent.keyboard("f");
    expect(free).toHaveBeenCalledWith(facts(a));
  });

  it("opens the lens under the chunks of the step, numbers the words it wrote, and shows p - prev_size", async () => {
    await render(host(propsOf({})));
    await vi.waitFor(() => expect(document.querySelector(".layer-lens .jump")?.getAttribute("d")).toMatch(/^M/));
    const tags = [...document.querySelectorAll(".layer-tags g")].map((tag) => [tag.getAttribute("data-done"), tag.textContent]);
    expect(tags).toContainEqual(["true", "1"]);
  });

  it.each(["far", "near"] as const)("shows the same heap at the %s level", async (zoom) => {
    await render(host(propsOf({ zoom })));
    await vi.waitFor(() => {
      const canvas = document.querySelector<HTMLCanvasElement>(".map-canvas");
      const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
      expect(new Set(new Uint32Array(pixels.buffer)).size).toBeGreaterThan(5);
    });
  });

  it("says what will happen before there is a heap", async () => {
    const screen = await render(host(propsOf({ picture: null })));
    await expect.element(screen.getByText("No heap yet.")).toBeVisible();
    await expect.element(screen.getByText("The first malloc calls sbrk.")).toBeVisible();
  });

  it("is scrolled and drawn in the same frame when a step works out of sight", async () => {
    const zoom = { bytesPerRow: 0x80 };
    const low = (focus: number) => (
      <div style={{ width: "606px", height: "150px", display: "flex", flexDirection: "column" }}>
        <HeapView {...propsOf({ zoom, picture: { ...sample.picture, focus: [focus] } })} />
      </div>
    );
    const first = sample.picture.chunks.addr[0] ?? 0;
    const last = sample.picture.chunks.addr[sample.picture.chunks.heapCount - 1] ?? 0;
    const view = await render(low(first));
    const scroller = view.container.querySelector<HTMLElement>(".map-scroller");
    const shownFrom = (): number => Number(view.container.querySelector<SVGSVGElement>(".map-overlay")?.dataset["top"] ?? -1);
    await expect.poll(() => view.container.querySelectorAll('[role="gridcell"]').length).toBeGreaterThan(0);
    const before = scroller?.scrollTop ?? Number.NaN;
    const overlay = view.container.querySelector(".map-overlay");
    if (overlay === null) throw new Error("no overlay");
    // Told right after the map has changed, and asked behind the page's own callbacks of the frame.
    const frame = new Promise<{ readonly scrolled: number; readonly shown: number }>((resolve) => {
      new MutationObserver((_, observer) => {
        if (shownFrom() <= before + 20) return;
        observer.disconnect();
        // Told late of where it stood before.
        scroller?.dispatchEvent(new Event("scroll"));
        requestAnimationFrame(() => resolve({ scrolled: scroller?.scrollTop ?? -1, shown: shownFrom() }));
      }).observe(overlay, { attributeFilter: ["data-top"] });
    });
    await view.rerender(low(last));
    const { scrolled, shown } = await frame;
    expect(scrolled).toBeGreaterThan(before + 20);
    expect(shown).toBe(scrolled);
  });

  it("still shows what the step works on when it gets smaller, unless the reader has scrolled away", async () => {
    const zoom = { bytesPerRow: 0x80 };
    const addr = sample.picture.chunks.addr[sample.picture.chunks.heapCount - 1] ?? 0;
    const picture = { ...sample.picture, focus: [addr] };
    const low = (height: number) => (
      <div style={{ width: "606px", height: `${height}px`, display: "flex", flexDirection: "column" }}>
        <HeapView {...propsOf({ zoom, picture })} />
      </div>
    );
    const view = await render(low(400));
    const scroller = view.container.querySelector<HTMLElement>(".map-scroller");
    const top = (): number => scroller?.scrollTop ?? -1;
    await expect.poll(() => view.container.querySelectorAll('[role="gridcell"]').length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = top();
    await view.rerender(low(190));
    await expect.poll(top).toBeGreaterThan(before + 20);
    if (scroller !== null) scroller.scrollTop = 5;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await view.rerender(low(150));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(top()).toBe(5);
  });

  it("is drawn from where it is scrolled to when another zoom leaves nothing to scroll", async () => {
    const host = (bytesPerRow: number) => (
      <div style={{ width: "606px", height: "300px", display: "flex", flexDirection: "column" }}>
        <HeapView {...propsOf({ zoom: zooms.get(bytesPerRow) ?? "auto" })} />
      </div>
    );
    const zooms = new Map([0x80, 0x1000].map((bytesPerRow) => [bytesPerRow, { bytesPerRow }]));
    const view = await render(host(0x80));
    const scroller = view.container.querySelector<HTMLElement>(".map-scroller");
    const shownFrom = (): number => Number(view.container.querySelector<SVGSVGElement>(".map-overlay")?.dataset["top"] ?? -1);
    await expect.poll(() => (scroller?.scrollHeight ?? 0) - (scroller?.clientHeight ?? 0)).toBeGreaterThan(100);
    if (scroller !== null) scroller.scrollTop = 90;
    await expect.poll(shownFrom).toBe(90);
    await view.rerender(host(0x1000));
    await expect.poll(() => (scroller?.scrollHeight ?? 0) - (scroller?.clientHeight ?? 0)).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(scroller?.scrollTop).toBe(0);
    expect(shownFrom()).toBe(0);
  });
});
