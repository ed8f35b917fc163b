import { expect, test } from "@playwright/test";
import { expectAccessible, idle, keepScreen, linkTo, open } from "./app";

test("the tree of VMAs beside the layout: find_vma step by step, on either kernel", async ({ page }) => {
  await open(page, await linkTo("first-malloc"));
  await page.getByTestId("to-end").click();
  await idle(page);
  await page.getByTestId("vma-tree").click();
  const panel = page.getByTestId("panel-memory");
  const answer = panel.getByTestId("find-answer");
  const at = panel.getByTestId("find-at");
  await expect(panel).toContainText("23 VMAs");
  await expect(panel).toContainText("maple_arange_64");
  await expect(answer).toHaveText("[heap] 0x555555559000–0x55555557a000 holds the address");
  await expect(at).toHaveText("2 of 2");

  await panel.getByTestId("find-address").fill("0x7fffe0000000");
  await expect(answer).toContainText("no VMA holds it; the next one above is anon 12 KiB");
  await expect(panel.getByTestId("find-steps")).toContainText("is the next one");
  await panel.getByRole("group", { name: /Maple tree of 23 VMAs/ }).focus();
  await page.keyboard.press("Home");
  await expect(at).toHaveText("0 of 3");
  await expect(answer).toBeHidden();
  await page.keyboard.press("ArrowRight");
  await expect(at).toHaveText("1 of 3");

  await panel.locator(".index-slot[data-kind=vma]", { hasText: ".text" }).first().click();
  await expect(panel.locator(".index-slot[data-selected=true]")).toHaveCount(1);
  await expect(page.getByTestId("panel-inspector")).toContainText("r-x");

  await panel.getByTestId("kernel-choice").getByText("rb-tree + list").click();
  await idle(page);
  await page.getByTestId("to-end").click();
  await idle(page);
  await expect(panel.getByRole("group", { name: /Red-black tree of 23 VMAs/ })).toBeVisible();
  await expect(panel.locator(".index-pill")).toHaveCount(23);
  await panel.getByTestId("find-address").fill("0x7ffffffff000");
  await expect(answer).toHaveText("NULL: no VMA ends above the address");
  await expectAccessible(page);
  await keepScreen(page, "L-memory-rbtree");
  await page.getByTestId("close-index").click();
  await expect(page.getByTestId("panel-heap")).toBeVisible();
});
