import { expect, test } from "@playwright/test";
import { idle, operation, plainUrl } from "./app";

test.use({ serviceWorkers: "allow" });

test("on a host without headers the second visit is isolated, and then the page works without a network", async ({
  page,
  context,
}) => {
  await page.goto(plainUrl());
  await idle(page);
  expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(false);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await page.reload();
  await idle(page);
  expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
  await context.setOffline(true);
  await page.reload();
  await idle(page);
  expect(await operation(page)).toBeGreaterThan(0);
});
