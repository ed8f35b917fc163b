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
