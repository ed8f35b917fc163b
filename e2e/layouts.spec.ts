import { expect, test } from "@playwright/test";
import { expectAccessible, idle, keepScreen, linkTo, linkToProgram, open } from "./app";

test("the heap of 1 GiB under four layouts: what stops it, the same region in all, in both languages", async ({ page }) => {
  await open(page, await linkTo("one-gib-heap"));
  const panel = page.getByTestId("panel-layouts");
  await expect(panel.getByTestId("layout-classic32")).toHaveAttribute("data-current");
  await expect(panel.getByTestId("reach-classic32")).toHaveText("895.7 MiB, then ld.so");
  await expect(panel.getByTestId("reach-default32")).toHaveText(/^2813\.\d MiB, then anon/);
  await expect(panel.getByTestId("reach-legacy64")).toHaveText("42.7 TiB, then ld.so");
  await expect(panel.getByTestId("base-default64")).toHaveText("0x7ffff7fff000 ↓ downwards");
  // Pointing at libc in one column marks it in all.
  await panel.getByTestId("layout-legacy64").locator('g.vma[data-vma="lib"] .box').first().hover();
  await expect(panel.locator('g.vma[data-hovered="true"]')).toHaveCount(4);
  await expect(panel.getByTestId("region-default32")).toContainText(/^b7\w+-\w+ r/);
  // From there on with the keyboard: one stop a column, arrows between its mappings, Enter to choose.
  await panel.getByTestId("layout-default64").getByRole("gridcell").first().focus();
  await page.keyboard.press("Home");
  await expect(panel.locator('g.vma[data-selected="true"]')).toHaveCount(4);
  await expect(panel.getByTestId("region-classic32")).toContainText("bffdf000-c0000000 rw");
  await expectAccessible(page);
  await keepScreen(page, "N-layouts");

  // The same statement in each: behind the loop all have gone as far as they could.
  await expect(panel.getByTestId("layouts-moment")).toHaveText("Each at the same statement: line 22");
  await page.getByTestId("to-end").click();
  await idle(page);
  await expect(panel.getByTestId("layouts-moment")).toHaveText("Each at its end");
  await expect(panel.getByTestId("end-default64")).toHaveText("exit 0");

  await page.getByTestId("language").click();
  await idle(page);
  await expect(panel.getByTestId("layout-default32")).toContainText("32 位默认");
  await panel.getByTestId("use-default32").click();
  await idle(page);
  await expect(panel.getByTestId("current-default32")).toHaveText("当前机器");
  await expect(panel.getByTestId("layouts-moment")).toHaveText("各自在运行结束处");
});

test("a program that 32 bits do not take says so in its columns; the machine dialog leads to the layouts", async ({ page }) => {
  await open(
    page,
    await linkToProgram("int main(void) {\n  int wide[sizeof(long) == 8 ? 1 : -1];\n  wide[0] = 1;\n  return wide[0];\n}\n"),
  );
  await page.getByTestId("machine-chip").click();
  await page.getByTestId("compare-layouts").click();
  await idle(page);
  const panel = page.getByTestId("panel-layouts");
  await expect(panel.locator('[data-state="rejected"]')).toHaveCount(2);
  await expect(panel.getByTestId("layout-classic32")).toContainText("line 2:");
  await expect(panel.getByTestId("use-classic32")).toBeDisabled();
  await expect(panel.getByTestId("reach-default64")).toContainText("42.7 TiB");
});

test("runs under way can be stopped, and taken up again", async ({ page }) => {
  const loop = "for (int i = 0; i < 12000; i++) free(malloc(i % 900 + 1));";
  await open(page, await linkToProgram(`#include <stdlib.h>\nint main(void) {\n  ${loop}\n  return 0;\n}\n`));
  await page.getByTestId("machine-chip").click();
  await page.getByTestId("compare-layouts").click();
  const panel = page.getByTestId("panel-layouts");
  await panel.getByTestId("layouts-stop").click();
  await expect(panel.locator('[data-state="cancelled"]').last()).toBeVisible();
  await panel.getByTestId("layouts-start").click();
  await expect(panel.locator("[data-state]")).toHaveCount(0, { timeout: 40_000 });
  await expect(panel.getByTestId("reach-classic32")).toContainText("MiB, then");
});
