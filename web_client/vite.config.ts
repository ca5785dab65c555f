import { defineConfig } from "vite";

// Every page is rendered by the server; Vite builds the modules they name and a manifest of hashed file names.
export default defineConfig({
  base: "/static/",
  publicDir: false,
  build: {
    manifest: "manifest.json",
    target: "es2023",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      input: { hall: "src/hall/main.ts", pages: "src/pages/main.ts", ledger: "src/ledger/page/main.ts" },
    },
  },
  worker: { format: "es" },
});
