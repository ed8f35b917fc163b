import { expect, test } from "@playwright/test";
import { idle, instant, keepScreen, open, operation } from "./app";

test("the whole page without a mouse: step, change level, jump, search, edit, run, choose a scenario", async ({ page }) => {
  await open(page);
  const start = await instant(page);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => instant(page)).not.toBe(start);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => instant(page)).toBe(start);

  await page.keyboard.press("Home");
  await expect.poll(() => operation(page)).toBe(0);
  await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(() => operation(page)).toBe(1);
  await page.keyboard.press("End");
  await expect(page.getByTestId("step")).toBeDisabled();

  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.getByTestId("level").getByRole("radio", { checked: true })).toHaveText(/Phase/);

  await page.keyboard.press("g");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.type("2");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect.poll(() => operation(page)).toBe(2);

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();

  await page.keyboard.press("e");
  await expect(page.getByTestId("editor")).toHaveAttribute("data-editing", "true");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText("#include <stdlib.h>\nint main(void) {\n  char *p = malloc(1);\n  free(p);\n  return 0;\n}\n");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByTestId("op-count")).toContainText("/ 2");
  await keepScreen(page, "keyboard-edit");

  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.type("double free");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await idle(page);
  await expect(page.getByTestId("editor")).toContainText("free(a->next)");
});

test("Tab reaches every control and the focus can always be seen", async ({ page }) => {
  await open(page);
  const reached = new Set<string>();
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    const id = await page.evaluate(() => document.activeElement?.closest("[data-testid]")?.getAttribute("data-testid") ?? "");
    reached.add(id);
  }
  for (const id of ["pick-scenario", "share", "language", "edit", "step", "level", "scrubber"])
    expect([...reached], id).toContain(id);
});

test("on a narrow desk 3 unfolds the address space, Escape folds it, and dividers have names", async ({ page }) => {
  await page.setViewportSize({ width: 1100, height: 800 });
  await open(page);
  const strip = page.locator(".space-fly");
  await expect(strip).toBeHidden();
  await page.keyboard.press("3");
  await expect(strip).toContainText("[heap]");
  await page.keyboard.press("Escape");
  await expect(strip).toBeHidden();
  await expect(page.getByRole("button", { name: "Show the address space" })).toBeFocused();
  await page.keyboard.press("3");
  await expect(strip).toBeVisible();
  await page.getByTestId("share").focus();
  await expect(strip).toBeHidden();
  for (const divider of await page.getByRole("separator").all()) await expect(divider).toHaveAccessibleName(/Divider: \S+/);
});
