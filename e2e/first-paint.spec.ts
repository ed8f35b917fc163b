import { expect, test } from "@playwright/test";
import { coloursOfHeap, keepScreen, open, operation, watchErrors } from "./app";

test("the default scenario is on the page: program, address space, heap, bins, inspector, ledger", async ({ page }) => {
  const errors = watchErrors(page);
  await open(page);
  await expect(page.getByTestId("editor")).toContainText("malloc(24)");
  await expect(page.getByTestId("panel-space")).toContainText("[heap]");
  await expect(page.getByTestId("panel-space")).toContainText("[stack]");
  await expect(page.getByTestId("panel-bins")).toContainText("tcache");
  await expect(page.getByTestId("transport")).toBeVisible();
  await expect(page.getByTestId("scrubber")).toBeVisible();
  expect(await operation(page)).toBeGreaterThan(0);
  expect(await coloursOfHeap(page)).toBeGreaterThan(4);
  expect(errors).toEqual([]);
  await keepScreen(page, "A-workbench-light");
});

test("the page is isolated and shares the memory with its worker", async ({ page }) => {
  await open(page);
  expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
});

test("what a fresh visitor loads comes from here only", async ({ page }) => {
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (!/^(http:\/\/localhost:|data:|blob:)/.test(request.url())) elsewhere.push(request.url());
  });
  await open(page);
  expect(elsewhere).toEqual([]);
});
