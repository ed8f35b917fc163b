import { expect, type Page, test } from "@playwright/test";
import { historyTexts } from "../src/i18n/history";
import { lessonTexts } from "../src/i18n/lessons";
import { fifteenYearsSteps } from "../src/scenario/history/fifteen-years";
import { expectAccessible, idle, instant, keepScreen, linkTo, linkToProgram, open, operation, url, watchErrors } from "./app";

const machine = async (page: Page): Promise<void> => {
  await page.getByTestId("machine-chip").click();
  await expect(page.getByTestId("machine")).toBeVisible();
};

const apply = async (page: Page): Promise<void> => {
  await page.getByTestId("apply-machine").click();
  await expect(page.getByTestId("machine")).toBeHidden();
  await idle(page);
};

/** The comparison is over and both heaps are drawn. */
const compared = (page: Page) =>
  expect(page.locator('[data-testid="compared"][data-shown="true"]')).toBeVisible({ timeout: 20_000 });

test("machine settings rerun the program, survive a link, and choosing back undoes them", async ({ page, browser }) => {
  test.slow();
  await open(page, await linkTo("tcache-seven"));
  const before = await instant(page);
  await machine(page);
  await page.getByTestId("glibc").selectOption("2.31");
  await page.getByTestId("cores").fill("4");
  await page.getByTestId("seed").fill("77");
  await page.getByTestId("schedule").getByRole("radio", { name: "Round robin" }).click();
  await page.getByTestId("schedule-text").fill("3");
  await page.getByTestId("tunable-tcache_count").fill("2");
  await page.getByTestId("environment").fill("MALLOC_NOTE=kept");
  await apply(page);
  await expect(page.getByTestId("machine-chip")).toContainText("glibc 2.31");
  await expect(page.getByTestId("machine-chip")).toContainText("4 cores");
  expect(await instant(page)).not.toBe(before);
  const here = await instant(page);

  await page.getByTestId("share").click();
  await expect(page.getByTestId("share-link")).toHaveValue(/#/);
  const link = await page.getByTestId("share-link").inputValue();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const other = await context.newPage();
  await other.goto(link);
  await idle(other);
  await expect.poll(() => instant(other)).toBe(here);
  await machine(other);
  await expect(other.getByTestId("glibc")).toHaveValue("2.31");
  await expect(other.getByTestId("cores")).toHaveValue("4");
  await expect(other.getByTestId("seed")).toHaveValue("77");
  await expect(other.getByTestId("schedule-text")).toHaveValue("3");
  await expect(other.getByTestId("tunable-tcache_count")).toHaveValue("2");
  await expect(other.getByTestId("environment")).toHaveValue("MALLOC_NOTE=kept");
  await context.close();

  await page.keyboard.press("Escape");
  await machine(page);
  await page.getByTestId("default-machine").click();
  await apply(page);
  await expect.poll(() => instant(page)).toBe(before);
});

test("settings say what stands behind a release, what is wrong, and how tunables hang together", async ({ page }) => {
  await open(page);
  await machine(page);
  await expect(page.getByTestId("standing")).toContainText("Recorded");
  await page.getByTestId("glibc").selectOption("2.40");
  await expect(page.getByTestId("standing")).toContainText("no difference from 2.39");
  await expect(page.getByTestId("glibc").locator("option")).toHaveCount(21);
  await page.getByTestId("tunable-trim_threshold").fill("0x40000");
  await expect(page.getByTestId("coupling")).toContainText("dynamic threshold is off");
  await page.getByTestId("tunable-perturb").fill("300");
  await expect(page.getByTestId("machine")).toContainText("glibc ignores it: it takes 0 to 255");
  // 2.12.1 has older variables only, and no tcache.
  await page.getByTestId("tunable-tcache_count").fill("1");
  await page.getByTestId("glibc").selectOption("2.12.1");
  await expect(page.getByTestId("unread-tunables")).toContainText("tcache_count");
  await expect(page.getByTestId("tunable-tcache_count")).toHaveCount(0);
  await page.getByTestId("cores").fill("none");
  await expect(page.getByTestId("machine")).toContainText("A whole number from 1 to 1024");
  await expect(page.getByTestId("apply-machine")).toBeDisabled();
  await expectAccessible(page);
});

test("a 32-bit process is chosen by keyboard where there is one", async ({ page }) => {
  await open(page, await linkTo("tcache-seven"));
  await machine(page);
  await page
    .getByTestId("width")
    .getByRole("radio", { name: /x86-64/ })
    .focus();
  await page.keyboard.press("ArrowRight");
  await page.getByTestId("apply-machine").focus();
  await page.keyboard.press("Enter");
  await idle(page);
  await expect(page.getByTestId("machine-chip")).toContainText("i386");
  expect(await operation(page)).toBeGreaterThan(0);
});

test("two versions stand side by side where they part, and either opens there", async ({ page }) => {
  test.slow();
  const errors = watchErrors(page);
  await open(page, await linkTo("tcache-seven"));
  await page.keyboard.press("v");
  await compared(page);
  await expect(page.getByTestId("divergence")).toHaveAttribute("data-aspect", "decision");
  await expect(page.getByTestId("divergence")).toContainText("call 17, free(t[7])");
  await expect(page.locator('[data-change="fill-sixteen"]')).toContainText("0b9210bd76");
  await expect(page.getByTestId("outcome-A")).toHaveText("fastbin");
  await expect(page.getByTestId("outcome-B")).toHaveText("tcache");
  await expect(page.getByTestId("side-B")).toContainText("8/16");
  await keepScreen(page, "O-versions");
  await expectAccessible(page);

  await page.getByTestId("compared-calls").focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByTestId("side-B")).toContainText("9/16");
  await page.getByTestId("go-divergence").click();
  await page.getByTestId("open-B").click();
  await expect(page.getByTestId("compare")).toBeHidden();
  await idle(page);
  await expect(page.getByTestId("machine-chip")).toContainText("glibc 2.43");
  expect(await operation(page)).toBe(17);
  expect(errors).toEqual([]);
});

test("releases without a difference say so, and one release has none with itself", async ({ page }) => {
  await open(page, await linkTo("tcache-seven"));
  await page.keyboard.press("v");
  await compared(page);
  await page.getByTestId("choose-A").selectOption("2.39");
  await page.getByTestId("choose-B").selectOption("2.40");
  await expect(page.getByTestId("no-divergence")).toContainText("all 26 calls");
  await page.getByTestId("release-2.39").click();
  await expect(page.getByTestId("compare")).toContainText("Both sides are glibc 2.39");
});

test("a comparison can be stopped and made again", async ({ page }) => {
  test.slow();
  const long = "#include <stdlib.h>\nint main(void) {\n  for (int i = 0; i < 2000; i++) free(malloc(40));\n  return 0;\n}\n";
  await open(page, await linkToProgram(long));
  await page.keyboard.press("v");
  await page.getByTestId("cancel-compare").click();
  await expect(page.getByTestId("compare")).toContainText("Stopped before");
  await page.getByTestId("compare-again").click();
  await expect(page.getByTestId("compare-running")).toBeVisible();
  await compared(page);
});

for (const locale of ["en", "zh-CN"] as const) {
  test(`fifteen years: nine releases are walked with the keyboard, each divergence explained (${locale})`, async ({ page }) => {
    test.slow();
    await page.goto(`${url()}?lang=${locale}`);
    await idle(page);
    await page.getByTestId("pick-scenario").click();
    await page.getByTestId("scenario-fifteen-years").click();
    await expect(page.getByTestId("fifteen-years")).toBeVisible();
    for (const [index, { before, release, statement, change }] of fifteenYearsSteps.entries()) {
      await expect(page.getByTestId("hop")).toHaveText(`${before} → ${release}`);
      await compared(page);
      const card = page.getByTestId("divergence");
      await expect(card).toContainText(lessonTexts[locale].steps[release]);
      await expect(card.locator(`[data-change="${change}"]`)).toContainText(historyTexts[locale][change].reason);
      await expect(page.locator(".compare-source [data-now]")).toContainText(statement);
      await expect(page.getByTestId("side-A")).toContainText(`glibc ${before}`);
      await expect(page.getByTestId("side-B")).toContainText(`glibc ${release}`);
      if (index === 2) await keepScreen(page, `fifteen-years-${locale}`);
      await page.keyboard.press("ArrowRight");
    }
    await expect(page.getByTestId("next-hop")).toBeDisabled();
    await page.keyboard.press("ArrowLeft");
    await expect(page.getByTestId("hop")).toHaveText("2.41 → 2.42");
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("fifteen-years")).toBeHidden();
  });
}
