import { expect, test } from "@playwright/test";
import { idle, instant, keepScreen, linkToProgram, open, operation, toOperation, typeProgram, url } from "./app";

const program =
  "#include <stdlib.h>\nint main(void) {\n  char *mine = malloc(777);\n  free(mine);\n  char *second = malloc(40);\n  free(second);\n  return 0;\n}\n";

test("a copied link opens the same program at the same step in a fresh browser", async ({ page, browser }) => {
  await open(page);
  await typeProgram(page, program);
  await page.getByTestId("run").click();
  await expect(page.getByTestId("op-count")).toContainText("/ 4");
  await page.getByTestId("to-start").click();
  await toOperation(page, 2);
  const here = await instant(page);
  await page.getByTestId("share").click();
  await expect(page.getByTestId("share-link")).toHaveValue(/#/);
  const link = await page.getByTestId("share-link").inputValue();
  await keepScreen(page, "T-share");
  expect(link).toContain("#");

  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const other = await context.newPage();
  await other.goto(link);
  await idle(other);
  await expect(other.getByTestId("editor")).toContainText("malloc(777)");
  await expect.poll(() => instant(other)).toBe(here);
  await context.close();
});

for (const [name, hash] of [
  ["damaged", "#s=1.AAAAnotdeflate"],
  ["cut short", "#s=1.q1YqU7"],
  ["too new", "#s=99.AAAA"],
  ["hostile", "#s=1.%3Cscript%3Ealert(1)%3C/script%3E"],
] as const) {
  test(`a ${name} link says what is wrong and offers a way out`, async ({ page }) => {
    await page.goto(`${url()}${hash}`);
    await expect(page.getByTestId("link-problem")).toBeVisible();
    await page.getByTestId("open-default").click();
    await idle(page);
    expect(await operation(page)).toBeGreaterThan(0);
  });
}

test("the editor's text survives a reload, and opening a link does not destroy it", async ({ page }) => {
  await open(page);
  await typeProgram(page, program);
  await page.getByTestId("run").click();
  await expect(page.getByTestId("op-count")).toContainText("/ 4");
  await page.goto("about:blank");
  await open(page, await linkToProgram("#include <stdlib.h>\nint main(void) {\n  free(malloc(1));\n  return 0;\n}\n"));
  await expect(page.getByTestId("op-count")).toContainText("/ 2");
  await page.getByTestId("restore-draft").click();
  await expect(page.getByTestId("editor")).toContainText("malloc(777)");
});
