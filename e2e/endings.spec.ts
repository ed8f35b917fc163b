import { expect, test } from "@playwright/test";
import { expectAccessible, idle, instant, keepScreen, linkTo, linkToProgram, open, operation } from "./app";

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
  test.slow(); // axe looks at every node
  await open(
    page,
    await linkToProgram(
      "#include <stdlib.h>\nint main(void) {\n  char *p = malloc(8);\n  int *q = NULL;\n  *q = 1;\n  return 0;\n}\n",
    ),
  );
  await page.getByTestId("to-end").click();
  await expect(page.getByTestId("caption")).toContainText("0x0");
  const card = page.getByTestId("signal");
  await expect(card).toContainText("SIGSEGV");
  await expect(card).toContainText("q = 0x0");
  await expect(card).toContainText("page 0 is never mapped");
  await keepScreen(page, "F-segmentation-fault");
  await expectAccessible(page);
  await page.getByTestId("language").click();
  await expect(card).toContainText("第 0 页从不映射");
  await page.getByTestId("jump-culprit").click();
  await expect(card).toBeHidden();
  await expect(page.getByTestId("caption")).toContainText("int *q = NULL;");
  await expect(page.getByTestId("step")).toBeEnabled();
});

test("a write to read-only memory names the mapping and its permissions", async ({ page }) => {
  await open(page, await linkToProgram('int main(void) {\n  char *text = "fixed";\n  text[0] = 70;\n  return 0;\n}\n'));
  await page.keyboard.press("End");
  const card = page.getByTestId("signal");
  await expect(card).toContainText("a.out .rodata");
  await expect(card).toContainText("may not be written");
  await page.keyboard.press("j");
  await expect(page.getByTestId("caption")).toContainText("char *text");
});

test("a NULL link that is followed is named, and where it was written", async ({ page }) => {
  const lines = [
    "#include <stdlib.h>",
    "struct node { int value; struct node *next; };",
    "int main(void) {",
    "  struct node *list = malloc(sizeof *list);",
    "  list->next = NULL;",
    "  list->value = 1;",
    "  list->next->value = 2;",
    "}",
  ];
  await open(page, await linkToProgram(`${lines.join("\n")}\n`));
  await page.keyboard.press("End");
  await expect(page.getByTestId("signal")).toContainText("list->next = 0x0");
  await page.keyboard.press("j");
  await expect(page.getByTestId("signal")).toBeHidden();
});

for (const [what, source, told] of [
  [
    "endless recursion",
    "int deep(int n) {\n  char pad[4096];\n  pad[0] = n;\n  return deep(n + 1) + pad[0];\n}\nint main(void) {\n  return deep(0);\n}\n",
    "The stack is full",
  ],
  ["a division by zero", "int main(void) {\n  int none = 0;\n  return 7 / none;\n}\n", "divided by zero"],
  ["a call of abort", "#include <stdlib.h>\nint main(void) {\n  abort();\n}\n", "called abort"],
] as const)
  test(`${what} says why the program ended`, async ({ page }) => {
    await open(page, await linkToProgram(source));
    await page.keyboard.press("End");
    await expect(page.getByTestId("signal")).toContainText(told);
    await expect(page.getByTestId("caption")).toContainText("SIG");
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
