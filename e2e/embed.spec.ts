import { expect, test } from "@playwright/test";
import { coloursOfHeap, idle, instant, plainUrl, toOperation } from "./app";

test("in a frame of a page without isolation everything works on copies", async ({ page }) => {
  // The course page stands on another site and sends no headers; neither does the host of the embedded page.
  await page.goto(process.env["HEAPGLASS_COURSE_URL"] ?? "");
  const frame = await (await page.waitForSelector("iframe")).contentFrame();
  if (frame === null) throw new Error("no frame");
  await idle(frame);
  expect(await frame.evaluate(() => globalThis.crossOriginIsolated)).toBe(false);
  await expect(frame.getByTestId("panel-space")).toContainText("[heap]");
  expect(await coloursOfHeap(frame)).toBeGreaterThan(4);
  const before = await instant(frame);
  await frame.getByTestId("step").click();
  await expect.poll(() => instant(frame)).not.toBe(before);
  await frame.getByTestId("step-back").click();
  await expect.poll(() => instant(frame)).toBe(before);
  await frame.getByTestId("to-end").click();
  await expect(frame.getByTestId("step")).toBeDisabled();
  await page.screenshot({ path: "artifacts/screens/G-embed.png" });
});

test("shared memory and copies show the same instants", async ({ page }) => {
  const shown: string[][] = [];
  for (const address of [process.env["HEAPGLASS_URL"] ?? "", plainUrl()]) {
    await page.goto(address);
    await idle(page);
    const instants: string[] = [];
    await page.getByTestId("to-start").click();
    for (let i = 0; i < 4; i++) {
      await toOperation(page, i + 1);
      instants.push(await instant(page));
    }
    shown.push(instants);
  }
  expect(shown[1]).toEqual(shown[0]);
});
