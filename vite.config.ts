import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** What shared memory needs of the page's server. */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  base: "./",
  plugins: [react()],
  worker: { format: "es" },
  server: { headers: isolation },
  preview: { headers: isolation },
  build: { target: "es2022", sourcemap: true, chunkSizeWarningLimit: 900 },
});
