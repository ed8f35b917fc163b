/** What a reader waits for, measured in Chromium on the production build. */
import { chromium, type Page } from "@playwright/test";
import { encodeHash } from "../src/scenario/link";
import { defaultMachine } from "../src/scenario/scenario";
import { chromiumArgs, findChromium } from "../tools/lib/chromium.mjs";
import { inRoot } from "../tools/lib/root.mjs";
import { serve } from "../tools/lib/serve.mjs";
import { percentile, rounded } from "./statistics";

export interface PageFigures {
  /**
   * Keyed by the number of chunks: from the key press until the frame that shows the new instant in map, bins, address space, program and
   * transport has been painted; `settled`: until listing and inspector, which follow it, have been painted too.
   */
  readonly paint: Readonly<
    Record<
      string,
      { readonly p50_ms: number; readonly p95_ms: number; readonly settled_p50_ms: number; readonly settled_p95_ms: number }
    >
  >;
  /**
   * From navigation in a fresh browser profile: until the first frame with the heap in it is painted; `idle`: until editor, listing and fonts
   * are there too and nothing is under way any more.
   */
  readonly start: { readonly first_picture_ms: number; readonly idle_ms: number };
}

const CHUNKS = 1000;
const STEPS = 200;
const STARTS = 5;

/** A heap of a thousand chunks, every third one free again, and then calls to step through. */
const program = `#include <stdlib.h>
char *held[${CHUNKS}];
int main(void) {
  for (int i = 0; i < ${CHUNKS}; i++) held[i] = malloc(24 + i % 40 * 16);
  for (int i = 0; i < ${CHUNKS}; i += 3) free(held[i]);
  for (int i = 0; i < ${CHUNKS}; i += 3) held[i] = malloc(100 + i % 7 * 200);
  return 0;
}
`;

/** Resolves when the page is idle. */
const untilIdle = (page: Page): Promise<unknown> =>
  page.waitForSelector('html[data-idle="true"]', { state: "attached", timeout: 60_000 });

/** Milliseconds between the page's last frame and a key press, as when somebody presses keys: frames that follow each other at once wait for the clock of the screen, which is no work of the page. */
const PAUSE = 40;

/**
 * One key press a sample, inside the page. The wait for a screen's next refresh is not counted (see PAUSE); style, layout and paint are: a
 * message posted in the frame callback after the change arrives when that frame is done.
 */
async function paintSamples(page: Page, steps: number): Promise<{ readonly painted: number; readonly settled: number }[]> {
  return page.evaluate(
    async ({ count, pause }) => {
      const afterPaint = (): Promise<void> =>
        new Promise((resolve) => {
          requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.addEventListener("message", () => resolve());
            channel.port1.start();
            channel.port2.postMessage(null);
          });
        });
      const changed = (attribute: string): Promise<void> =>
        new Promise((resolve) => {
          const observer = new MutationObserver(() => {
            observer.disconnect();
            resolve();
          });
          observer.observe(document.documentElement, { attributeFilter: [attribute] });
        });
      const idle = async (): Promise<void> => {
        while (document.documentElement.dataset["idle"] !== "true") await afterPaint();
      };
      const samples: { painted: number; settled: number }[] = [];
      for (let i = 0; i < count; i++) {
        await idle();
        await new Promise((resolve) => setTimeout(resolve, pause));
        const cursor = changed("data-cursor");
        const settled = changed("data-settled");
        const start = performance.now();
        window.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true }));
        await cursor;
        await afterPaint();
        const painted = performance.now() - start;
        await settled;
        await afterPaint();
        samples.push({ painted, settled: performance.now() - start });
      }
      return samples;
    },
    { count: steps, pause: PAUSE },
  );
}

/** Null when this machine has no Chromium or there is no build. */
export async function benchPage(): Promise<PageFigures | null> {
  const executablePath = await findChromium();
  if (executablePath === null) return null;
  const server = await serve({ folder: inRoot("dist"), port: 4360 });
  const browser = await chromium.launch({
    executablePath,
    args: [...chromiumArgs, "--disable-frame-rate-limit", "--disable-gpu-vsync"],
  });
  try {
    const first: number[] = [];
    const whole: number[] = [];
    for (let i = 0; i < STARTS; i++) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
      const page = await context.newPage();
      await page.addInitScript(() => {
        let drawn = false;
        new MutationObserver((_, observer) => {
          const { cursor = "-1", idle } = document.documentElement.dataset;
          if (!drawn && cursor !== "-1") {
            drawn = true;
            // The map is drawn in the frame that is due; a message posted there arrives when that frame is done.
            requestAnimationFrame(() => {
              const channel = new MessageChannel();
              channel.port1.addEventListener("message", () => Object.assign(window, { firstPicture: performance.now() }));
              channel.port1.start();
              channel.port2.postMessage(null);
            });
          }
          if (idle !== "true") return;
          observer.disconnect();
          Object.assign(window, { firstIdle: performance.now() });
        }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-cursor", "data-idle"] });
      });
      await page.goto(server.url);
      await untilIdle(page);
      first.push(Number(await page.evaluate("window.firstPicture")));
      whole.push(Number(await page.evaluate("window.firstIdle")));
      await context.close();
    }
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    // The runner's compiler wraps named functions in a helper that the page does not have.
    await page.addInitScript("globalThis.__name ??= (named) => named");
    const scenario = { version: 1, slug: null, title: null, source: program, machine: defaultMachine } as const;
    const hash = await encodeHash({ scenario, view: { cursor: null, level: "line", selection: null } });
    await page.goto(`${server.url}${hash}`);
    await untilIdle(page);
    await page.getByTestId("to-end").click();
    await untilIdle(page);
    // Into the last third of the run, where the heap is full and the bins are busy.
    for (let i = 0; i < 200; i++) await page.keyboard.press("Shift+ArrowLeft");
    await untilIdle(page);
    await paintSamples(page, 20); // warm
    const samples = await paintSamples(page, STEPS);
    const painted = samples.map((sample) => sample.painted);
    const settled = samples.map((sample) => sample.settled);
    return {
      paint: {
        [CHUNKS]: {
          p50_ms: rounded(percentile(painted, 0.5)),
          p95_ms: rounded(percentile(painted, 0.95)),
          settled_p50_ms: rounded(percentile(settled, 0.5)),
          settled_p95_ms: rounded(percentile(settled, 0.95)),
        },
      },
      start: { first_picture_ms: Math.round(percentile(first, 0.5)), idle_ms: Math.round(percentile(whole, 0.5)) },
    };
  } finally {
    await browser.close();
    await server.close();
  }
}
