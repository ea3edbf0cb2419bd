import { defineConfig } from "vite";

// Addresses are relative, so that the page works in any folder of any bucket.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../pipeline/explorer_page",
    emptyOutDir: true,
    target: "es2022",
    // Of the libraries that travel in the page.
    license: { fileName: "licences.md" },
    modulePreload: { polyfill: false },
    // Data in the address of an image would need another rule of the page's content policy.
    assetsInlineLimit: 0,
  },
  server: { host: "127.0.0.1" },
});
