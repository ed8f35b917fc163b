import { expect, test } from "@playwright/test";
import { expectAccessible, idle, keepScreen, linkTo, open } from "./app";

test("physical memory: a frame leads to its page, entry, mapping and chunk; what a step took; sums agree; texts of /proc", async ({
  page,
}) => {
  await open(page, await linkTo("slab"));
  const ram = page.getByTestId("panel-physical");
  const card = ram.getByTestId("frame-card");
  // From the heap's first chunk to its frame, and from there to the table that maps it.
  await expect(card.getByTestId("frame-vma")).toHaveText("[heap]");
  await expect(card.getByTestId("frame-page")).toHaveText("0x555555559000");
  await card.getByTestId("frame-pte").click();
  await expect(card).toContainText("Page table (PTE)");
  await ram.getByTestId("frame-grid").focus();
  await page.keyboard.press("Home");
  await expect(ram.getByTestId("frame-line")).toContainText("frame 0x273, zero page");

  const rss = await ram.getByTestId("ledger-rss").innerText();
  await expect(ram.getByTestId("ram-ledger")).toContainText("= VmRSS");
  await expect(ram.getByTestId("ledger-ram")).toHaveText("24 684 084 kB");

  await expect(ram.getByTestId("slab-vm_area_struct")).toContainText("24 / 42");
  await page.keyboard.press("ArrowRight");
  await page.getByTestId("panel-physical").getByTestId("slab-vm_area_struct").click();
  await expect(ram.getByTestId("slab-objects").getByRole("button")).toHaveCount(21);
  await expect(ram.getByTestId("slab-freelist")).toContainText("freelist");
  await page.getByTestId("to-end").click();
  await idle(page);
  await expect(ram.getByTestId("slab-vm_area_struct")).toHaveAccessibleName(/5 free slabs; 23 .* objects in use/);
  await expect(ram.getByTestId("buddy-changes")).toContainText("Last step");
  await expectAccessible(page);
  await keepScreen(page, "M-physical");

  await page.getByTestId("memory-view").getByText("/proc", { exact: true }).click();
  const proc = page.getByTestId("panel-proc");
  await expect(proc.getByTestId("proc-text")).toContainText("[heap]");
  await proc.getByRole("button", { name: "status", exact: true }).click();
  await expect(proc.getByTestId("proc-text")).toContainText(`VmRSS:\t${rss.replaceAll(/[^0-9]/g, "").padStart(8)} kB`, {
    useInnerText: true,
  });
  await expectAccessible(page);
});

test("a page fault leads: the walk, the index and the page that waits for it follow; its VMA tells its numbers", async ({
  page,
}) => {
  await open(page, await linkTo("page-table-walk"));
  const panel = page.getByTestId("panel-pages");
  await page.keyboard.press("ArrowRight");
  await idle(page);
  await expect(panel.getByTestId("walk-address")).toHaveText("0x100000000000");
  await page.getByTestId("level").getByText("Line", { exact: true }).click();
  await page.keyboard.press("ArrowRight");
  await idle(page);
  await expect(panel.getByTestId("page-faulting")).toContainText("0x100000001000");
  await expect(page.getByTestId("find-address")).toHaveValue("0x100000001000");
  await panel.getByTestId("walk-PGD").getByRole("button").click();
  await expect(page.getByTestId("frame-card")).toContainText("Page table (PGD)");
  await page.getByTestId("memory-view").getByText("Virtual", { exact: true }).click();
  await page.locator('.vma[data-start="17592186044416"]').click();
  const card = page.getByTestId("panel-inspector").getByTestId("vma-card");
  await expect(card.getByTestId("vma-smaps")).toContainText(/Size4194304Rss4Pss4/);
  await card.getByRole("button", { name: /slab/ }).click();
  await expect(page.getByTestId("frame-card")).toContainText("A slab of vm_area_struct");
});

test("the history of a VMA leads to the steps that made it what it is", async ({ page }) => {
  await open(page, await linkTo("vma-merge"));
  await page.getByTestId("panel-space").getByRole("button").first().click();
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press("ArrowRight");
    await idle(page);
  }
  await page.locator('.vma[data-start="140737351647232"]').click();
  const history = page.getByTestId("vma-history");
  await expect(history.getByRole("listitem")).toHaveCount(7);
  await expect(history.locator('[aria-current="step"]')).toContainText("line 25");
  await history.getByRole("button", { name: /split.*line 21/ }).press("Enter");
  await idle(page);
  await expect(history.locator('[aria-current="step"]')).toContainText("line 21");
  await expect(page.getByTestId("vma-smaps")).toContainText("Size16");
  await history.getByRole("button", { name: /joins.*line 23/ }).click();
  await idle(page);
  await expect(page.getByTestId("vma-smaps")).toContainText("Size128");
});
