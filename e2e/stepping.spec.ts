import { expect, test } from "@playwright/test";
import { expectAccessible, idle, instant, keepScreen, linkTo, open, operation, toOperation } from "./app";

test("a step forward and back shows the very same instant again", async ({ page }) => {
  await open(page);
  const before = await instant(page);
  await page.getByTestId("step").click();
  await expect.poll(() => instant(page)).not.toBe(before);
  await page.getByTestId("step-back").click();
  await expect.poll(() => instant(page)).toBe(before);
});

test("whole operations, the ends of the run, and every button's other direction", async ({ page }) => {
  await open(page);
  await page.getByTestId("to-start").click();
  await expect.poll(() => operation(page)).toBe(0);
  await expect(page.getByTestId("step-back")).toBeDisabled();
  await toOperation(page, 2);
  await page.getByTestId("previous-operation").click();
  await expect.poll(() => operation(page)).toBe(1);
  await page.getByTestId("to-end").click();
  await expect(page.getByTestId("step")).toBeDisabled();
  await expect(page.getByTestId("op-count")).toHaveText(/op (\d+) \/ \1/);
});

test("inside a call: the listing marks the current line, and a write shows what it changed", async ({ page }) => {
  await open(page, await linkTo("tcache-seven"));
  await page.getByTestId("level").getByText("Line", { exact: true }).click();
  const listing = page.getByTestId("listing");
  for (let i = 0; i < 6; i++) {
    await page.getByTestId("step").click();
    await idle(page);
  }
  await expect(listing.locator('[aria-current="step"]')).toHaveCount(1);
  const line = await listing.locator('[aria-current="step"]').innerText();
  await page.getByTestId("step").click();
  await expect.poll(() => listing.locator('[aria-current="step"]').innerText()).not.toBe(line);
  await page.getByTestId("level").getByText("Write", { exact: true }).click();
  await expect(async () => {
    await page.getByTestId("step").click();
    await idle(page);
    await expect(page.getByTestId("caption")).toContainText("Written:", { timeout: 100 });
  }).toPass({ intervals: [0] });
  await keepScreen(page, "A-inside-a-call");
});

test("a page fault is stepped through as the kernel's functions, forward and back", async ({ page }) => {
  await open(page, await linkTo("first-touch"));
  await page.getByTestId("next-operation").click();
  await page.getByTestId("level").getByText("Phase", { exact: true }).click();
  const listing = page.getByTestId("listing");
  await expect(async () => {
    await page.getByTestId("step").click();
    await idle(page);
    await expect(page.getByTestId("caption")).toContainText("do_user_addr_fault", { timeout: 100 });
  }).toPass({ intervals: [0] });
  await expect(listing).toContainText("do_anonymous_page");
  const begun = await instant(page);
  await page.getByTestId("step").click();
  await expect(page.getByTestId("caption")).toContainText("handle_mm_fault");
  await page.getByTestId("step-back").click();
  await expect.poll(() => instant(page)).toBe(begun);
  await expect(page.getByTestId("caption")).toContainText("do_user_addr_fault");
});

test("stepping on from start to end and back again meets the same instants in reverse", async ({ page }) => {
  await open(page);
  await page.getByTestId("to-start").click();
  await idle(page);
  const seen: string[] = [await instant(page)];
  for (let i = 0; i < 5; i++) {
    await page.getByTestId("step").click();
    await expect.poll(() => instant(page)).not.toBe(seen.at(-1));
    seen.push(await instant(page));
  }
  for (const expected of seen.toReversed().slice(1)) {
    await page.getByTestId("step-back").click();
    await expect.poll(() => instant(page)).toBe(expected);
  }
});

test("playing steps on by itself, faster when asked, and ends at the end", async ({ page }) => {
  await open(page);
  await page.getByTestId("to-start").click();
  await expect(page.getByTestId("step-back")).toBeDisabled();
  await page.keyboard.press(">");
  await page.keyboard.press(">");
  await expect(page.getByTestId("speed")).toHaveText("4×");
  await page.getByTestId("play").click();
  await expect(page.getByTestId("play")).toHaveAccessibleName("Pause");
  await expect.poll(() => operation(page)).toBeGreaterThan(1);
  await page.getByTestId("play").click();
  await expect(page.getByTestId("play")).toHaveAccessibleName("Play");
  const paused = await instant(page);
  await page.getByTestId("to-end").click();
  await expect(page.getByTestId("step")).toBeDisabled();
  expect(await instant(page)).not.toBe(paused);
  await page.getByTestId("play").click();
  await expect(page.getByTestId("step")).toBeEnabled(); // from the start again
});

test("what changed since a bookmark: its calls, the allocator's words and the program's data", async ({ page }) => {
  test.slow(); // axe looks at every node
  await open(page);
  await page.keyboard.press("d");
  await expect(page.getByTestId("since")).toContainText("No bookmark yet");
  await page.keyboard.press("Escape");
  await page.keyboard.press("m");
  await toOperation(page, 3); // before free(a) writes over it
  await page.keyboard.press("d");
  const changes = page.getByTestId("since");
  await expect(changes).toContainText("main_arena.top");
  await expect(changes).toContainText("malloc(24)");
  await expect(changes).toContainText("11 bytes"); // strcpy of "hello, heap" without its 0: that byte was 0 before
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(changes).toBeHidden();
});

test("what happens between calls has its own place on the scrubber: loading, page faults of the program's own writes", async ({
  page,
}) => {
  await open(page, await linkTo("program-loaded"));
  await page.getByTestId("level").getByText("Phase", { exact: true }).click();
  const scrubber = page.getByTestId("scrubber");
  /** What stands at the playhead after a click at a share of the axis. */
  const at = async (share: number): Promise<{ readonly x: number; readonly label: string }> => {
    const box = await scrubber.boundingBox();
    if (box === null) throw new Error("no scrubber");
    await page.mouse.click(box.x + 12 + share * (box.width - 96), box.y + box.height / 2);
    await idle(page);
    const label = scrubber.locator(".ledger-label");
    return { x: Number(await label.getAttribute("x")), label: (await label.textContent()) ?? "" };
  };
  const loading = await at(0.15);
  expect(loading.label).toBe("ld_so");
  expect(await operation(page)).toBe(0);
  const call = await at(0.45);
  expect(call.label).toContain("op 1 malloc(1024)");
  expect(call.x).toBeGreaterThan(loading.x);
  await page.getByTestId("to-end").click();
  await idle(page);
  const box = await scrubber.boundingBox();
  expect(Number(await scrubber.locator(".ledger-future").getAttribute("x"))).toBeGreaterThan((box?.width ?? 0) - 88);
});
