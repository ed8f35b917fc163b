import { expect, test } from "@playwright/test";
import { builtinScenarios } from "../src/scenario/builtin";
import { coloursOfHeap, expectAccessible, idle, keepScreen, linkTo, open, operation } from "./app";

test("the workbench in light, dark and both languages has no serious accessibility fault", async ({ page }) => {
  test.slow(); // axe looks at every node, several times
  await open(page, await linkTo("tcache-seven"));
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await idle(page);
  await expectAccessible(page);
  expect(await coloursOfHeap(page)).toBeGreaterThan(4);
  await keepScreen(page, "B-workbench-dark");
  await page.getByTestId("language").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await idle(page);
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "light" });
  await keepScreen(page, "D-workbench-zh");
});

test("dark follows the system and can be chosen", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await open(page);
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(background).not.toBe(dark);
  const light = await background();
  for (let i = 0; i < 4 && (await page.locator("html").getAttribute("data-theme")) !== "dark"; i++)
    await page.getByTestId("theme").click();
  await expect.poll(background).not.toBe(light);
});

test("every dialog has no serious accessibility fault and closes with Escape", async ({ page }) => {
  test.slow();
  await open(page);
  for (const [button, picture] of [
    ["pick-scenario", "T-gallery"],
    ["open-palette", "T-palette"],
    ["share", null],
    ["help", "T-help"],
    ["machine-chip", null],
  ] as const) {
    await page.getByTestId(button).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toBeVisible();
    await expect(dialog.locator(":focus").or(page.locator('[role="dialog"]:focus'))).toHaveCount(1);
    await expectAccessible(page);
    if (picture === "T-gallery")
      await expect(page.locator('[data-testid="thumbnail"]:has(rect)')).toHaveCount(builtinScenarios.length);
    if (picture !== null) await keepScreen(page, picture);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(page.getByTestId(button)).toBeFocused();
  }
});

test("Chinese is complete: no panel title but glibc's own names, no caption is left in English", async ({ page }) => {
  await open(page);
  await page.getByTestId("language").click();
  // The words are fetched first.
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await idle(page);
  for (const id of ["panel-code", "panel-space", "panel-heap", "panel-inspector", "transport"]) {
    expect(await page.getByTestId(id).getAttribute("aria-label"), id).toMatch(/[\u4e00-\u9fff]/);
  }
  await expect(page.getByTestId("caption")).toContainText(/[\u4e00-\u9fff]/);
  await page.reload();
  await idle(page);
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
});

test("a phone shows one panel and a tab bar, without scrolling sideways", async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await open(page);
  await expect(page.getByTestId("panel-heap")).toBeVisible();
  await expect(page.getByTestId("panel-code")).toBeHidden();
  await keepScreen(page, "E-phone");
  const before = await operation(page);
  await page.getByTestId("step").tap();
  await page.getByTestId("step").tap();
  await expect.poll(() => operation(page)).toBeGreaterThanOrEqual(before);
  await page.locator(".tab-bar").getByRole("radio").first().tap();
  await expect(page.getByTestId("panel-code")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await context.close();
});
