import { expect, test } from "@playwright/test";
import { expectAccessible, idle, keepScreen, linkTo, linkToProgram, open } from "./app";

test("hits and misses: counted when asked, for the address in sight, at every step", async ({ page }) => {
  await open(page, await linkTo("page-table-walk"));
  const tlb = page.getByTestId("tlb");
  await expect(tlb).toContainText("Runs the program once more");
  await page.getByTestId("tlb-ask").click();
  await idle(page);
  await expect(page.getByTestId("tlb-verdict")).toContainText("Hit in L1");
  await expect(page.getByTestId("tlb-set-small")).toHaveAttribute("data-hit", "true");

  // p[0] = 1: a miss, a fault, and the access again.
  await page.keyboard.press("ArrowRight");
  await idle(page);
  await tlb.getByRole("radio", { name: "This step" }).click();
  const accesses = page.getByTestId("tlb-accesses");
  await expect(accesses).toContainText("W 1");
  await expect(accesses.locator('[data-found="fault"]')).toHaveText(/0x100000000000.*miss → walk → fault/);
  await expect(tlb.locator('[data-since="step"] [data-count="faults"]')).toHaveText("1");
  await expect(page.getByTestId("tlb-flushes")).toContainText("nothing");
  const counts = await page.getByTestId("tlb-counts").innerText();

  // On to the end of munmap(q), and back: the same counts.
  for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowRight");
  await idle(page);
  await expect(page.getByTestId("tlb-flushes")).toContainText("munmap: 1 page. 2 entries forgotten.");
  for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowLeft");
  await idle(page);
  expect((await page.getByTestId("tlb-counts").innerText()).replaceAll(/this step.*\n/g, "")).toBe(
    counts.replaceAll(/this step.*\n/g, ""),
  );

  await tlb.getByRole("radio", { name: "Sets and ways" }).click();
  await page.getByTestId("tlb-grid-small").focus();
  await page.keyboard.press("Home");
  await expect(page.getByTestId("tlb-grid-small").getByRole("option")).toContainText(
    "set 0 of 16: 2 of 4 ways. 0x100000000000 →",
  );
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("walk-address")).toHaveText("0x100000000000");
  await expectAccessible(page);
  await keepScreen(page, "L-memory-tlb");

  await page.getByTestId("tlb-close").click();
  await expect(page.getByTestId("tlb-ask")).toBeVisible();
});

test("where the counting engine cannot be had, the view says so, and tries again when asked", async ({ page, context }) => {
  await context.route("**/engine-counted-*.wasm", (route) => route.abort());
  await open(page, await linkTo("page-table-walk"));
  await page.getByTestId("tlb-ask").click();
  await expect(page.getByTestId("tlb-problem")).toContainText("its engine could not be fetched");
  await context.unroute("**/engine-counted-*.wasm");
  await page.getByTestId("tlb-again").click();
  await expect(page.getByTestId("tlb-verdict")).toContainText("Hit in L1");
});

test("counting a long run can be cancelled and begun again", async ({ page }) => {
  await open(page, await linkToProgram("int main(void) { int n = 0; for (;;) n++; }"));
  await page.getByTestId("to-end").click();
  await idle(page);
  await page.getByTestId("vma-tree").click();
  await page.getByTestId("tlb-ask").click();
  await page.getByTestId("tlb-cancel").click();
  await expect(page.getByTestId("tlb-problem")).toContainText("Cancelled.");
  await page.getByTestId("tlb-again").click();
  await expect(page.getByTestId("tlb-counts")).toBeVisible({ timeout: 60_000 });
});
