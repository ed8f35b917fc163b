import { existsSync } from "node:fs";
import { inRoot } from "../tools/lib/root.mjs";
import { serve } from "../tools/lib/serve.mjs";

/** Serves the build twice: as `npm start` does, and as a host that sends no headers. Workers find the addresses in the environment. */
export default async function servers(): Promise<() => Promise<void>> {
  const folder = inRoot("dist");
  if (!existsSync(inRoot("dist", "index.html"))) throw new Error("no build: run `npm test -- page` first");
  const [isolated, plain] = await Promise.all([serve({ folder, port: 4300 }), serve({ folder, port: 4330, isolated: false })]);
  process.env["HEAPGLASS_URL"] = isolated.url;
  process.env["HEAPGLASS_PLAIN_URL"] = plain.url;
  return async () => {
    await Promise.all([isolated.close(), plain.close()]);
  };
}
