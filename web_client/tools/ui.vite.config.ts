import { defineConfig } from "vite";

// For the interface's harness: the messages stand beside this folder, in server/i18n.
export default defineConfig({
  base: "/static/",
  publicDir: false,
  server: { port: 5199, strictPort: true, fs: { allow: [".."] } },
});
