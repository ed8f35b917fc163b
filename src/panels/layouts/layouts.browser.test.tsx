import { describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import { sampleSpace, sampleVma } from "../../decode/testing/spaces";
import type { AddressSpace } from "../../decode/types";
import { layoutsTexts } from "../../i18n/layouts";
import { panelTexts } from "../../i18n/panels";
import { spaceScene } from "../../scene/address-space";
import { layoutBar } from "../../scene/layout-bar";
import "../../ui/base.css";
import "../../ui/tokens.css";
import { Bar } from "./bar";
import { layoutFacts } from "./facts";
import "./layouts.css";
import { Numbers } from "./numbers";

const MIB = 2 ** 20;

/** 32 bits; the libraries at 1 GiB with mappings upwards from there, or below 2944 MiB with mappings downwards. */
function space(topDown: boolean): AddressSpace {
  const libraries = topDown ? 0xb7e0_0000 : 0x4000_0000;
  const vmas = [
    sampleVma(0x804_8000, 4096, { kind: "rodata", part: "elf", name: "/a.out" }),
    sampleVma(0x804_d000, 64 * MIB, { kind: "heap", name: "[heap]" }),
    sampleVma(libraries, MIB, { part: "elf", name: topDown ? "/lib/libc.so.6" : "/lib/ld-linux.so.2" }),
    sampleVma(libraries + MIB, MIB, { part: "elf", name: topDown ? "/lib/ld-linux.so.2" : "/lib/libc.so.6" }),
    sampleVma(0xbffd_f000, 33 * 4096, { kind: "stack", name: "[stack]", growsDown: true }),
  ];
  return sampleSpace(vmas, {
    brkStart: 0x804_d000,
    brk: 0x804_d000 + 64 * MIB,
    mmapBase: topDown ? 0xb800_0000 : 0x4000_0000,
    taskSize: 0xc000_0000,
    topDown,
  });
}

const [text, panelText] = [layoutsTexts.en, panelTexts.en];

describe("layouts side by side", () => {
  it("tell in numbers what stops the heap, and lead from a row to its region", async () => {
    const onRegion = vi.fn();
    const columns = [false, true].map((topDown) => {
      const facts = layoutFacts(space(topDown));
      return { id: topDown ? "down" : "up", facts, summary: null, region: facts.libc };
    });
    const screen = await render(<Numbers columns={columns} text={text} panelText={panelText} pointed onRegion={onRegion} />);
    await expect.element(screen.getByTestId("reach-up")).toHaveTextContent("895.7 MiB, then ld.so");
    await expect.element(screen.getByTestId("reach-down")).toHaveTextContent("2813.7 MiB, then libc.so.6");
    await expect.element(screen.getByTestId("base-up")).toHaveTextContent("0x40000000 ↑ upwards");
    await expect.element(screen.getByTestId("region-down")).toHaveTextContent("b7e00000-b7f00000 r--p");
    await userEvent.click(screen.getByRole("button", { name: "Stack" }));
    expect(onRegion).toHaveBeenCalledWith(0, 0xbffd_f000);
  });

  it("the bar draws the kernel, the heap, how far it can go and where mappings begin", async () => {
    const { space: decoded, room } = layoutFacts(space(false));
    const ribbon = { x: 40, width: 36, height: 640, span: 2 ** 32 };
    const scene = spaceScene(decoded, {
      viewWidth: 260,
      viewHeight: 600,
      lowFirst: false,
      rsp: -1,
      mapped: null,
      point: -1,
      ribbon,
    });
    await render(
      <Bar
        scene={scene}
        bar={layoutBar(decoded, room, scene)}
        heapBytes={room.brkEnd - decoded.brkStart}
        mappingBytes={room.mapping.end - room.mapping.start}
        kernelBytes={2 ** 30}
        text={text}
      />,
    );
    const box = (selector: string): DOMRect =>
      document.querySelector(`svg.layout-bar ${selector}`)?.getBoundingClientRect() ?? new DOMRect();
    expect(document.querySelector("svg.layout-bar")?.textContent).toContain("kernel 1 GiB");
    expect(document.querySelector("svg.layout-bar")?.textContent).toContain("895.7 MiB");
    // High addresses on top: kernel, limit at a quarter of the way up, heap.
    expect(box(".layout-limit").top).toBeGreaterThan(box('[data-vma="kern"] rect').bottom);
    expect(box('.layout-area[data-vma="heap"]').top).toBeGreaterThan(box(".layout-limit").bottom);
    expect(Math.abs(box(".layout-base").top - box(".layout-limit").top)).toBeLessThan(2);
  });
});
