import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

/** What shared memory needs of the page's server. */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  base: "./",
  plugins: [
    react(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src/app",
      filename: "service-worker.ts",
      injectRegister: false,
      injectManifest: { globPatterns: ["**/*.{html,js,css,wasm,woff2,svg}"], maximumFileSizeToCacheInBytes: 8_000_000 },
      manifest: {
        name: "Heapglass",
        short_name: "Heapglass",
        description: "Step through malloc and free and see the heap, byte for byte.",
        display: "standalone",
        icons: [{ src: "icon.svg", sizes: "any", type: "image/svg+xml" }],
      },
    }),
  ],
  worker: { format: "es" },
  server: { headers: isolation },
  preview: { headers: isolation },
  build: { target: "es2022", sourcemap: true, chunkSizeWarningLimit: 900 },
});
