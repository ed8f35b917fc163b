/** The page as a user meets it: what the specs ask of it, in one place. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Frame, type Page } from "@playwright/test";
import { builtinScenario } from "../src/scenario/builtin";
import type { BuiltinSlug } from "../src/scenario/builtin-list";
import { encodeHash } from "../src/scenario/link";
import { defaultMachine, type Scenario } from "../src/scenario/scenario";
import { inRoot } from "../tools/lib/root.mjs";

export const url = (): string => process.env["HEAPGLASS_URL"] ?? "http://localhost:4173/";
export const plainUrl = (): string => process.env["HEAPGLASS_PLAIN_URL"] ?? "http://localhost:4174/";

/** Waits until everything asked for has been drawn. */
export async function idle(page: Page | Frame): Promise<void> {
  await expect(page.locator('html[data-idle="true"]')).toBeAttached();
}

export async function open(page: Page, hash = ""): Promise<void> {
  await page.goto(`${url()}${hash}`);
  await idle(page);
}

const nowhere = { cursor: null, level: "statement", selection: null } as const;

export const linkTo = (slug: BuiltinSlug): Promise<string> => encodeHash({ scenario: builtinScenario(slug), view: nowhere });

export function linkToProgram(source: string): Promise<string> {
  const scenario: Scenario = { version: 1, slug: null, title: null, source, machine: defaultMachine };
  return encodeHash({ scenario, view: nowhere });
}

/** Number of the current operation, as the transport shows it. */
export async function operation(page: Page | Frame): Promise<number> {
  const text = await page.getByTestId("op-count").innerText();
  return Number(/op (\d+)/.exec(text)?.[1] ?? Number.NaN);
}

/** Goes on, operation by operation, until the given one has begun. */
export async function toOperation(page: Page, number: number): Promise<void> {
  // What was asked for before may still be under way: the number that is shown now would not be where it leads.
  await idle(page);
  for (let clicks = 0; (await operation(page)) < number && clicks < 2 * number + 2; clicks++) {
    await page.getByTestId("next-operation").click();
    await idle(page);
  }
  expect(await operation(page)).toBe(number);
}

/** Everything the page says about the instant it shows, to compare two of them. */
export async function instant(page: Page | Frame): Promise<string> {
  await idle(page);
  const texts = ["op-count", "caption", "panel-bins", "panel-inspector", "panel-space"].map((id) =>
    page.getByTestId(id).innerText(),
  );
  return (await Promise.all(texts)).join("\n---\n");
}

/** How many different colours the heap's canvas shows: an empty one has one. */
export function coloursOfHeap(page: Page | Frame): Promise<number> {
  return page.getByTestId("panel-heap").evaluate((panel) => {
    const seen = new Set<number>();
    for (const canvas of panel.querySelectorAll("canvas")) {
      const context = canvas.getContext("2d");
      if (context === null || canvas.width === 0 || canvas.height === 0) continue;
      const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
      for (let at = 0; at < pixels.length; at += 7) seen.add(pixels[at] ?? 0);
    }
    return seen.size;
  });
}

/** Replaces the program in the editor; does not run it. */
export async function typeProgram(page: Page, source: string): Promise<void> {
  if ((await page.getByTestId("editor").getAttribute("data-editing")) !== "true") await page.getByTestId("edit").click();
  const content = page.getByTestId("editor").locator(".cm-content");
  await expect(content).toBeVisible();
  await content.focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(source);
}

/** Keeps a picture of the whole page among the test's artefacts. */
export async function keepScreen(page: Page, name: string): Promise<void> {
  await idle(page);
  const folder = inRoot("artifacts", "screens");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: "disabled" });
}

/** What goes to the console as an error, or is thrown and not caught, while a test runs. */
export function watchErrors(page: Page): readonly string[] {
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  return errors;
}

/** Nothing that axe calls serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(" | ")}`)).toEqual([]);
}
