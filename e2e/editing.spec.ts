import { expect, test } from "@playwright/test";
import { idle, keepScreen, linkToProgram, open, operation, typeProgram, url } from "./app";

const small = `#include <stdio.h>
#include <stdlib.h>
int main(void) {
  char *big = malloc(5000);
  char *other = malloc(100);
  free(big);
  printf("other at +%d\\n", (int)(other - big));
  free(other);
  return 3;
}
`;

test("a changed program runs: its operations and its output replace the old ones", async ({ page }) => {
  await open(page);
  await typeProgram(page, small);
  await page.getByTestId("run").click();
  await expect(page.getByTestId("op-count")).toContainText("/ 5"); // stdio's buffer is the fifth
  await page.getByTestId("to-end").click();
  await page.getByTestId("tab-output").click();
  await expect(page.getByTestId("stdout")).toHaveText("other at +5008\n");
  await expect(page.getByTestId("output")).toContainText("3");
});

test("a syntax error stands at its line and column in both languages, and the last good run stays", async ({ page }) => {
  await open(page);
  const before = await operation(page);
  await typeProgram(page, small.replace("malloc(100);", "malloc(100)"));
  await page.getByTestId("run").click();
  const problem = page.getByTestId("diagnostic").first();
  await expect(problem).toContainText("line 5");
  expect(await operation(page)).toBe(before);
  await expect(page.getByTestId("stale")).toBeVisible();
  await keepScreen(page, "S-edit-error");
  const english = await problem.innerText();
  await page.getByTestId("language").click();
  await expect(problem).toContainText(/[\u4e00-\u9fff]/);
  expect(await problem.innerText()).not.toBe(english);
  await expect(problem).toContainText("5");
});

test("what the C subset leaves out is named where it stands", async ({ page }) => {
  await open(page);
  await typeProgram(page, "struct flags {\n  int ready : 1;\n};\nint main(void) {\n  return 0;\n}\n");
  await page.getByTestId("run").click();
  await expect(page.getByTestId("diagnostic").first()).toContainText("line 2");
});

test("an endless loop ends at the budget, offers to go on, and can be stepped meanwhile", async ({ page }) => {
  await open(
    page,
    await linkToProgram("#include <stdlib.h>\nint main(void) {\n  char *p = malloc(24);\n  for (;;) p[0]++;\n}\n"),
  );
  await expect(page.getByTestId("budget")).toBeVisible({ timeout: 20_000 });
  await page.getByTestId("to-end").click();
  await page.getByTestId("step-back").click();
  await idle(page);
  await expect(page.getByTestId("budget")).toContainText("5,000,0");
  await page.getByTestId("continue").click();
  await expect(page.getByTestId("budget")).toContainText("10,000,0", { timeout: 20_000 });
  await expect(page.getByTestId("step-back")).toBeEnabled();
});

test("a running program can be stopped, and shows how far it came", async ({ page }) => {
  const source =
    "#include <stdlib.h>\n#include <string.h>\nint main(void) {\n  char *p = malloc(8192);\n  for (int i = 0;; i++) memset(p, i, 8192);\n}\n";
  await page.goto(`${url()}${await linkToProgram(source)}`);
  await page.getByTestId("cancel").click();
  await expect(page.getByTestId("running")).toBeHidden();
  await idle(page);
  await expect(page.getByTestId("continue")).toBeVisible();
  await page.getByTestId("to-end").click();
  await idle(page);
  await page.getByTestId("step-back").click();
  await expect(page.getByTestId("step")).toBeEnabled();
});

test("calls made by hand become statements of the program and can be undone", async ({ page }) => {
  await open(page);
  const total = async (): Promise<number> => Number(/\/ (\d+)/.exec(await page.getByTestId("op-count").innerText())?.[1]);
  const before = await total();
  await page.getByTestId("open-callbar").click();
  await page.getByTestId("callbar-input").fill("free a");
  await expect(page.getByTestId("callbar-effect")).toContainText("Would abort: free(): double free detected in tcache 2");
  await page.getByTestId("callbar-input").fill("malloc 72");
  await expect(page.getByTestId("callbar-effect")).toContainText(/Would return 0x\w+ \(top\)/);
  expect(await total()).toBe(before); // told, not done
  await page.getByTestId("callbar-input").press("Enter");
  await expect.poll(total).toBe(before + 1);
  await expect(page.getByTestId("editor")).toContainText("malloc(72)");
  await keepScreen(page, "S-callbar");
});
