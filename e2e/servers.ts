import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { inRoot } from "../tools/lib/root.mjs";
import { serve } from "../tools/lib/serve.mjs";

/**
 * Serves the build twice, as `npm start` does and as a host that sends no headers, and a course page on a third host that shows the second
 * in a frame. Specs find the addresses in the environment.
 */
export default async function servers(): Promise<() => Promise<void>> {
  const folder = inRoot("dist");
  if (!existsSync(inRoot("dist", "index.html"))) throw new Error("no build: run `npm test -- page` first");
  const [isolated, plain] = await Promise.all([serve({ folder, port: 4300 }), serve({ folder, port: 4330, isolated: false })]);
  const pages = inRoot("artifacts", "course");
  mkdirSync(pages, { recursive: true });
  writeFileSync(
    inRoot("artifacts", "course", "index.html"),
    `<!doctype html><html lang="en"><title>Course</title><iframe src="${plain.url}" width="1280" height="800" title="Heap"></iframe></html>`,
  );
  const course = await serve({ folder: pages, port: 4345, isolated: false });
  process.env["HEAPGLASS_COURSE_URL"] = course.url.replace("localhost", "127.0.0.1");
  process.env["HEAPGLASS_URL"] = isolated.url;
  process.env["HEAPGLASS_PLAIN_URL"] = plain.url;
  return async () => {
    await Promise.all([isolated.close(), plain.close(), course.close()]);
  };
}
