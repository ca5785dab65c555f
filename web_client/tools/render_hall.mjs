// Pictures of a built hall in software GL, and what each view costs:
//   node tools/render_hall.mjs HALL.glb FOLDER [view,view|all] [query]      WIDTH, HEIGHT, FORMAT (png|jpeg) from the environment
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build } from "vite";

const here = path.dirname(fileURLToPath(import.meta.url));
const [hall, folder, list = "all", query = ""] = process.argv.slice(2);
if (!hall || !folder) throw new Error("usage: node tools/render_hall.mjs HALL.glb FOLDER [view,view|all] [query]");
const format = process.env.FORMAT ?? "png";
const out = fs.mkdtempSync(path.join(os.tmpdir(), "hall-viewer-"));

await build({
  configFile: false,
  root: here,
  logLevel: "error",
  build: {
    outDir: out,
    target: "es2023",
    lib: { entry: path.join(here, "hall_viewer.ts"), formats: ["es"], fileName: () => "viewer.js" },
  },
});
const page_html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><style>html,body{margin:0;overflow:hidden}canvas{display:block}</style><script type="module" src="/viewer.js"></script>`;
const server = http.createServer((request, response) => {
  const name = new URL(request.url, "http://x").pathname;
  if (name === "/") return response.writeHead(200, { "content-type": "text/html" }).end(page_html);
  // The tables of its books lie beside a hall: hall.glb, hall.books.bin, hall.titles.bin.
  const beside = hall.replace(/\.glb$/, path.extname(name) === ".bin" ? name.replace(/^\/great_hall/, "") : ".glb");
  const source = name.startsWith("/great_hall.") ? beside : path.join(out, path.basename(name));
  fs.readFile(source, (error, data) => {
    const type = source.endsWith(".js") ? "text/javascript" : "model/gltf-binary";
    response.writeHead(error ? 404 : 200, { "content-type": type }).end(error ? "" : data);
  });
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

const flags =
  "--no-sandbox --use-angle=swiftshader --enable-unsafe-swiftshader --ignore-gpu-blocklist --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: flags.split(" "),
});
const viewport = { width: Number(process.env.WIDTH ?? 1440), height: Number(process.env.HEIGHT ?? 900) };
const page = await browser.newPage({ viewport });
page.on("console", (line) => ["error", "warning"].includes(line.type()) && console.log(line.text().slice(0, 600)));
page.on("pageerror", (error) => console.log("page error:", error.message));
try {
  await page.goto(`http://127.0.0.1:${server.address().port}/?${query}`);
  await page.waitForFunction(() => document.title === "ready", null, { timeout: 120_000 });
  const views = list === "all" ? await page.evaluate(() => window.hall.views) : list.split(",");
  fs.mkdirSync(folder, { recursive: true });
  for (const view of views) {
    console.log(JSON.stringify(await page.evaluate((name) => window.hall.shoot(name), view)));
    const options = format === "jpeg" ? { type: "jpeg", quality: 92 } : { type: "png" };
    await page.screenshot({ path: path.join(folder, `${view}.${format}`), timeout: 120_000, ...options });
  }
} finally {
  await browser.close();
  server.close();
  fs.rmSync(out, { recursive: true });
}
