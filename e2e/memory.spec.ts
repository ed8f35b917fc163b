import { expect, test } from "@playwright/test";
import { expectAccessible, idle, keepScreen, linkTo, linkToProgram, open, toOperation } from "./app";

test("the memory hole: from a page to the chunk that pins it, and what malloc_trim would do", async ({ page }) => {
  await open(page, await linkTo("top-and-memory-hole"));
  // All blocks are free, pin is not.
  await toOperation(page, 17);
  await page.getByTestId("vma-tree").click();
  const panel = page.getByTestId("panel-pages");
  const held = page.getByTestId("panel-inspector").getByTestId("page-held");
  const grid = panel.getByTestId("page-grid");
  await expect(panel.getByTestId("pages-resident")).toHaveText("129 resident of 129");

  await page.locator('.vma[data-vma="heap"]').click();
  await grid.focus();
  await page.keyboard.press("Home");
  await expect(held).toContainText("tcache_perthread_struct");
  await page.keyboard.press("ArrowDown");
  await expect(grid.getByRole("option")).toHaveText("page 33 of 129, 0x555555579000, resident, own, dirty");
  await expect(panel.getByTestId("walk-address")).toHaveText("0x555555579000");
  await expect(panel.getByTestId("walk-PTE")).toContainText("PTE 377");
  await expect(panel.getByTestId("walk-frame")).toContainText("the process's own");
  await expect(held).toContainText("Free, but pin above it is not.");
  await expect(held).toContainText("madvise(DONTNEED) over 127 pages");

  await page.keyboard.press("End");
  await expect(held).toContainText("live bytes keep 4 096 resident.");
  await held.getByRole("button", { name: /^pin/ }).click();
  await expect(page.getByTestId("panel-inspector")).toContainText("in use");
  await expect(panel.getByTestId("walk-address")).toHaveText("0x5555555d9320");
  await page.getByTestId("find-address").fill("0x7fffe0000000");
  await expect(panel.getByTestId("walk-why")).toContainText("no VMA holds the address");
  await page.getByTestId("find-address").fill("0x5555555d9320");
  await expect(panel.getByTestId("walk-PTE")).toContainText("PTE 473");
  await expectAccessible(page);
  await keepScreen(page, "L-memory-pages");
});

test("pages as they are touched: untouched, own, zero page; the walk ends where the tables do", async ({ page }) => {
  const source = `#include <stdlib.h>
int main(void) {
  char *p = malloc(1 << 20);
  long s = 0;
  for (int i = 0; i < 8; i++) p[i << 12] = 1;
  for (int i = 8; i < 12; i++) s += p[i << 12];
  return s;
}
`;
  await open(page, await linkToProgram(source));
  await page.getByTestId("to-end").click();
  await idle(page);
  await page.getByTestId("vma-tree").click();
  await page.locator('.vma[data-vma="mmap"]').first().click();
  const panel = page.getByTestId("panel-pages");
  await expect(panel.getByTestId("pages-resident")).toHaveText("10 resident of 260");
  await expect(panel).toContainText("zero page 4");
  await panel.getByTestId("page-grid").focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < 9; i++) await page.keyboard.press("ArrowRight");
  await expect(panel.getByTestId("walk-why")).toContainText("the one zero page");
  await page.keyboard.press("ArrowDown");
  await expect(panel.getByTestId("walk-why")).toContainText("The PTE entry is empty");
  await expect(page.getByTestId("panel-inspector").getByTestId("page-held")).toContainText("no frame of its own");
});

test("parent and child of a fork: whose memory is shown is the reader's choice", async ({ page }) => {
  const source = `#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>
int main(void) {
  char *p = malloc(64 << 12);
  p[8192] = 1;
  if (fork() == 0) {
    p[8192] = 2;
    sleep(0);
    _exit(0);
  }
  wait(NULL);
  return 0;
}
`;
  await open(page, await linkToProgram(source));
  await page.getByTestId("to-end").click();
  await idle(page);
  await expect(page.getByTestId("process-of-strip")).toHaveCount(0);
  for (let i = 0; i < 30 && (await page.getByTestId("process-of-strip").count()) === 0; i++) {
    await page.keyboard.press("ArrowLeft");
    await idle(page);
  }
  const strip = page.getByTestId("process-of-strip");
  await expect(strip).toHaveValue("");
  await expect(strip.locator("option:checked")).toHaveText("1001 (runs)");
  await page.getByTestId("vma-tree").click();
  await idle(page);
  const top = page.getByTestId("panel-pages").getByText(/^CR3/);
  const child = await top.textContent();
  await page.keyboard.press("o");
  await idle(page);
  await expect(strip).toHaveValue("1000");
  const parent = await top.textContent();
  expect(parent).not.toBe(child);
  await expectAccessible(page);
  await page.getByTestId("memory-view").getByText("/proc").click();
  await expect(page.getByTestId("proc-text")).toContainText("[heap]");
  await expect(page.locator(".proc-command")).toContainText("cat /proc/1000/maps");
  await page.getByTestId("process").selectOption("");
  await expect(page.locator(".proc-command")).toContainText("cat /proc/1001/maps");
});
