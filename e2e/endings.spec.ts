import { expect, test } from "@playwright/test";
import { idle, instant, keepScreen, linkTo, linkToProgram, open, operation } from "./app";

test("a double free aborts with glibc's message, and time travel goes on working", async ({ page }) => {
  await open(page, await linkTo("double-free"));
  await page.getByTestId("to-end").click();
  await idle(page);
  await expect(page.getByText("free(): double free detected in tcache 2").first()).toBeVisible();
  await keepScreen(page, "F-abort");
  const end = await instant(page);
  const last = await operation(page);
  await page.getByTestId("previous-operation").click();
  await page.getByTestId("previous-operation").click();
  await expect.poll(() => operation(page)).toBeLessThan(last);
  await page.getByTestId("to-end").click();
  await expect.poll(() => instant(page)).toBe(end);
});

test("a write to nowhere names the address and what is there", async ({ page }) => {
  await open(
    page,
    await linkToProgram(
      "#include <stdlib.h>\nint main(void) {\n  char *p = malloc(8);\n  int *q = NULL;\n  *q = 1;\n  return 0;\n}\n",
    ),
  );
  await page.getByTestId("to-end").click();
  await expect(page.getByTestId("caption")).toContainText("0x0");
  await page.getByTestId("step-back").click();
  await idle(page);
  await expect(page.getByTestId("step")).toBeEnabled();
});

test("when the worker dies the page says so and starts again from the scenario", async ({ page }) => {
  await open(page);
  const before = await operation(page);
  const worker = page.workers()[0];
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error("planted");
    });
  });
  await expect(page.getByTestId("dead")).toBeVisible();
  await page.getByTestId("restart").click();
  await expect(page.getByTestId("dead")).toBeHidden();
  await expect.poll(() => operation(page)).toBe(before);
});
