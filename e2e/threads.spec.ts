import { expect, type Page, test } from "@playwright/test";
import { builtinScenario } from "../src/scenario/builtin";
import { encodeHash } from "../src/scenario/link";
import { expectAccessible, idle, keepScreen, linkTo, open, toOperation } from "./app";

const nowhere = { cursor: null, level: "statement", selection: null } as const;
async function openUnder(page: Page, glibc: string, abi: "amd64" | "i386"): Promise<void> {
  const { machine, ...rest } = builtinScenario("two-arenas");
  await open(page, await encodeHash({ scenario: { ...rest, machine: { ...machine, glibc, abi } }, view: nowhere }));
  await expect(page.getByTestId("caption")).toContainText("char *big");
  await expect(page.getByTestId("machine-chip")).toContainText(`glibc ${glibc}`);
}

test("the map follows the thread at work into its arena; any heap can be chosen, and left again", async ({ page }) => {
  await open(page, await linkTo("two-arenas"));
  const chips = page.getByTestId("heap-chip");
  const heap = page.getByTestId("panel-heap");
  await expect(chips).toHaveCount(2);
  await toOperation(page, 18);
  await expect(page.getByTestId("caption")).toContainText("T2");
  await expect(chips.nth(1)).toHaveAttribute("aria-pressed", "true");
  await expect(heap).toContainText("64 MiB reserved");
  await chips.nth(0).click();
  await expect(heap).toContainText("grows by brk");
  await heap.getByText("follow the program").click();
  await expect(chips.nth(1)).toHaveAttribute("aria-pressed", "true");
  await page.getByTestId("tcache-chip").filter({ hasText: "T1" }).click();
  await expect(page.getByTestId("panel-bins").locator(".bins-cell")).toHaveCount(7);
});

test("threads: lanes, who holds the lock, who waits for it, and the ring", async ({ page }) => {
  await open(page, await linkTo("two-arenas"));
  await page.getByTestId("workspace").getByText("Threads", { exact: true }).click();
  const panel = page.getByTestId("panel-threads");
  await expect(panel.getByTestId("thread-column")).toHaveCount(3);
  await toOperation(page, 18);
  await expect(panel.getByTestId("lock-badge").first()).toHaveText("held by main · T1 waits");
  await expect(panel).toContainText("waits for main_arena’s mutex");
  await expect(panel).toContainText("paused inside malloc, holds main_arena");
  await expectAccessible(page);
  await keepScreen(page, "Q-threads");
  await page.getByTestId("to-end").click();
  await idle(page);
  await expect(panel.getByTestId("lock-badge").first()).toHaveText("mutex free");
});

test("the tcache's struct as two releases lay it out, with what the step wrote", async ({ page }) => {
  const card = page.getByTestId("struct-card");
  for (const [glibc, field] of [
    ["2.36", "counts[7]"],
    ["2.43", "num_slots[7]"],
  ] as const) {
    await openUnder(page, glibc, "amd64");
    await toOperation(page, 13);
    await page.getByTestId("structures").click();
    await expect(card).toContainText("struct malloc_state");
    await card
      .getByRole("button", { name: /tcache/ })
      .last()
      .click();
    await expect(card.locator('tr[data-changed="true"]').first()).toContainText(field);
  }
});

test("structs of another width, and of a release without a tcache", async ({ page }) => {
  const card = page.getByTestId("struct-card");
  await openUnder(page, "2.42", "i386");
  await page.getByTestId("structures").click();
  await expect(card).toContainText("32-bit");
  await openUnder(page, "2.12.1", "amd64");
  await page.getByTestId("structures").click();
  await expect(card).toContainText("as in glibc 2.12.1");
  await expect(card.getByRole("button", { name: /tcache/ })).toHaveCount(0);
  await expect(page.getByTestId("panel-bins").locator(".legend")).not.toContainText("tcache");
});
