import { describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import { sampleSpace, sampleVma } from "../../decode/testing/spaces";
import type { VmaFacts } from "../../decode/types";
import { panelTexts } from "../../i18n/panels";
import "../../ui/base.css";
import "../../ui/tokens.css";
import { SpaceView, type SpaceViewProps } from "./space-view";

const vma = (start: number, pages: number, more: Partial<VmaFacts>) => sampleVma(start, pages * 4096, more);

const HEAP = 0x555555559000;
const vmas: readonly VmaFacts[] = [
  vma(0x555555554000, 1, { kind: "rodata", part: "elf", name: "/home/user/a.out", inode: 42, device: "fe:00" }),
  vma(0x555555555000, 1, {
    kind: "text",
    part: "text",
    name: "/home/user/a.out",
    exec: true,
    inode: 42,
    device: "fe:00",
    fileOffset: 4096,
  }),
  vma(HEAP, 33, { kind: "heap", name: "[heap]", write: true, residentRuns: Float64Array.of(0, 2), residentPages: 2 }),
  vma(0x7ffff7dd0000, 3, { kind: "mmap", write: true }),
  vma(0x7ffffffde000, 33, {
    kind: "stack",
    name: "[stack]",
    write: true,
    residentRuns: Float64Array.of(31, 2),
    residentPages: 2,
  }),
];
const space = sampleSpace(vmas, {
  brkStart: HEAP,
  brk: HEAP + 33 * 4096,
  virtualBytes: 71 * 4096,
  residentBytes: 4 * 4096,
  minorFaults: 4,
});

function host(more: Partial<SpaceViewProps> = {}) {
  const props: SpaceViewProps = {
    space,
    rsp: 0x7fffffffe4c0,
    mapped: { start: HEAP, end: HEAP + 0x1ef0 },
    point: -1,
    text: panelTexts.en,
    lowFirst: true,
    onFlip: vi.fn(),
    tree: false,
    onTree: () => {},
    selected: -1,
    onSelect: vi.fn(),
    ...more,
  };
  return (
    <div style={{ width: "168px", height: "680px", display: "flex", flexDirection: "column" }}>
      <SpaceView {...props} />
    </div>
  );
}

const box = (start: number): DOMRect | undefined =>
  document.querySelector(`svg.space [data-start="${start}"] .box`)?.getBoundingClientRect();

describe("the address space panel", () => {
  it("draws every mapping in address order, low first, and turns round on demand", async () => {
    const screen = await render(host());
    expect(box(HEAP)?.top).toBeLessThan(box(0x7ffffffde000)?.top ?? 0);
    await screen.rerender(host({ lowFirst: false }));
    expect(box(HEAP)?.top).toBeGreaterThan(box(0x7ffffffde000)?.top ?? 0);
  });

  it("fills exactly the squares of resident pages", async () => {
    await render(host());
    const filled = document.querySelectorAll(`svg.space [data-start="${HEAP}"] .page.in`).length;
    const all = document.querySelectorAll(`svg.space [data-start="${HEAP}"] .page`).length;
    expect([filled, all]).toEqual([2, 33]);
  });

  it("marks the break and the stack pointer", async () => {
    const screen = await render(host());
    await expect.element(screen.getByText("brk …57a000")).toBeInTheDocument();
    await expect.element(screen.getByText("rsp …ffe4c0")).toBeInTheDocument();
  });

  it("tells the line of /proc/self/maps under the pointer", async () => {
    const screen = await render(host());
    await userEvent.hover(document.querySelector(`svg.space [data-start="${HEAP}"] .box`) as Element);
    await expect.element(screen.getByText(/^555555559000-55555557a000 rw-p 00000000 00:00 0 +\[heap\]$/)).toBeVisible();
    await expect.element(screen.getByText("2 of 33 pages resident")).toBeVisible();
  });

  it("selects by click and by keyboard", async () => {
    const onSelect = vi.fn();
    await render(host({ onSelect, selected: HEAP }));
    await userEvent.click(document.querySelector('svg.space [data-vma="stack"] .box') as Element);
    expect(onSelect).toHaveBeenLastCalledWith(0x7ffffffde000);
    document.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]')?.focus();
    await userEvent.keyboard("{ArrowDown}");
    expect(onSelect).toHaveBeenLastCalledWith(0x7ffff7dd0000);
  });
});
