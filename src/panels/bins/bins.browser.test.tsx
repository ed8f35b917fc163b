import { describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import { panelTexts } from "../../i18n/panels";
import { sampleAddresses, sampleHeap } from "../../render/testing/sample-heap";
import "../../ui/base.css";
import "../../ui/tokens.css";
import { BinsView, type BinsViewProps } from "./bins-view";

const { heap, b, rem } = sampleAddresses;
const tcacheHead = heap + 0x1300;

function host(more: Partial<BinsViewProps> = {}) {
  const props: BinsViewProps = {
    picture: sampleHeap().picture,
    problems: new Map(),
    text: panelTexts.en,
    marks: { selected: null, hovered: null, leaving: -1 },
    touchedOnly: false,
    onSelect: vi.fn(),
    onHover: vi.fn(),
    ...more,
  };
  return (
    <div style={{ width: "606px", height: "260px", display: "flex", flexDirection: "column" }}>
      <BinsView {...props} />
    </div>
  );
}

const names = (kind: string): (string | null)[] =>
  [...document.querySelectorAll(`svg.bins .bin[data-role="${kind}"] .node .name`)].map((node) => node.textContent);

describe("the bins panel", () => {
  it("draws every list with entries, head first, under the program's names", async () => {
    await render(host());
    expect(names("tcache")).toEqual([
      "f[6]",
      "f[5]",
      "f[4]",
      "f[3]",
      "f[2]",
      "f[1]",
      "f[0]",
      "m",
      "t[6]",
      "t[5]",
      "t[4]",
      "t[3]",
      "t[2]",
      "t[1]",
      "t[0]",
    ]);
    expect(names("fast")).toEqual(["f[8]", "f[7]"]);
    expect(names("large")).toEqual(["K", "L"]);
  });

  it("draws fd solid with a closed head, bk dashed with an open one, and what the step wrote in amber", async () => {
    await render(host());
    const marker = (selector: string): string | null | undefined =>
      document.querySelector(`svg.bins .bin[data-role="small"] ${selector}`)?.getAttribute("marker-end");
    expect(marker(".arrow-fd")).toBe("url(#arrow-solid-small)");
    expect(marker(".arrow-bk")).toBe("url(#arrow-open-small)");
    expect(document.querySelectorAll('svg.bins .bin[data-role="unsorted"][data-touched="true"]')).toHaveLength(1);
    expect(document.querySelector('svg.bins .bin[data-role="unsorted"] .accent-just')?.getAttribute("marker-end")).toContain(
      "now",
    );
  });

  it("keeps the element of a node while its list changes, so that it can be seen to move", async () => {
    const screen = await render(host());
    const node = (addr: number): Element | null => document.querySelector(`svg.bins [data-chunk="${addr}"]`);
    const fifth = node(heap + 0x1270);
    const place = fifth?.getAttribute("style");
    const taken = sampleHeap((bytes) => {
      bytes.setUint16(0x10 + 2 * 7, 6, true);
      bytes.setBigUint64(0x90 + 7 * 8, BigInt(heap + 0x1280), true);
    });
    await screen.rerender(host({ picture: taken.picture }));
    expect(node(tcacheHead)).toBeNull();
    expect(node(heap + 0x1270)?.querySelector(".name")?.textContent).toBe("t[5]");
    expect(node(heap + 0x1270)?.getAttribute("style")).not.toBe(place);
    expect(fifth?.isConnected).toBe(true);
  });

  it("selects the chunk of a node, and marks it without drawing again", async () => {
    const onSelect = vi.fn();
    const screen = await render(host({ onSelect }));
    const node = document.querySelector(`svg.bins [data-chunk="${rem}"]`);
    await userEvent.click(node as Element);
    expect(onSelect).toHaveBeenCalledWith(rem, false);
    await screen.rerender(host({ onSelect, marks: { selected: rem, hovered: null, leaving: b } }));
    expect(node?.getAttribute("data-selected")).toBe("true");
    expect(document.querySelector(`svg.bins [data-chunk="${b}"]`)?.getAttribute("data-leaving")).toBe("true");
  });

  it("walks the lists by keyboard", async () => {
    const onSelect = vi.fn();
    await render(host({ onSelect }));
    document.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]')?.focus();
    await userEvent.keyboard("{ArrowRight}{ArrowDown}");
    expect(onSelect).toHaveBeenLastCalledWith(heap + 0xf70, false);
  });

  it("folds the empty lists into one line that unfolds, and tells a stale binmap bit", async () => {
    const screen = await render(host());
    const line = screen.getByRole("button", { name: /Empty: tcache 61/ });
    await expect.element(line).toBeVisible();
    await expect.element(screen.getByText("* stale bit, cleared lazily")).toBeVisible();
    await line.click();
    await expect.element(screen.getByText(/0x40 0x50 0x60/).first()).toBeVisible();
  });

  it("shows a list that runs in a circle as one", async () => {
    const looped = sampleHeap((bytes) => {
      // m's next leads to m itself: what a double free that got through leaves behind.
      const position = BigInt(heap + 0xf80);
      bytes.setBigUint64(0xf80, (position >> 12n) ^ position, true);
      bytes.setUint16(0x10 + 2, 2, true);
    });
    const list = looped.facts.bins.lists.find((entry) => entry.kind === "tcache" && entry.sizeBytes === 0x30);
    expect(list?.end).toBe("cycle");
    const screen = await render(host({ picture: looped.picture, problems: new Map([[list?.id ?? -1, 1]]) }));
    await expect.element(screen.getByText("back to m: a loop")).toBeVisible();
  });
});
