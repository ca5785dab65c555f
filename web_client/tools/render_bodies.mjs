// node tools/render_bodies.mjs OUT_FOLDER "name=view=lineup&who=ada,mei" …: pictures of the bodies page, by headless Chromium with software GL.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build } from "vite";

const here = path.dirname(fileURLToPath(import.meta.url));
const [folder, ...shots] = process.argv.slice(2);
if (!folder) throw new Error("Name a folder for the pictures.");
fs.mkdirSync(folder, { recursive: true });
const made = path.join(folder, ".page");
await build({
  root: here,
  configFile: false,
  logLevel: "error",
  base: "/",
  build: {
    outDir: made,
    emptyOutDir: true,
    target: "es2023",
    rollupOptions: { input: path.join(here, "bodies.html") },
  },
});
const avatars = path.resolve(here, "../../assets/gltf/avatars");
const types = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json" };
const server = http.createServer((request, answer) => {
  const name = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  const file = name.startsWith("/gltf/avatars/") ? path.join(avatars, path.basename(name)) : path.join(made, name);
  fs.readFile(file, (error, data) => {
    answer.writeHead(error ? 404 : 200, { "content-type": types[path.extname(file)] ?? "application/octet-stream" });
    answer.end(error ? "" : data);
  });
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const flags =
  "--no-sandbox --use-angle=swiftshader --enable-unsafe-swiftshader --ignore-gpu-blocklist --disable-quic --no-first-run";
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: [...flags.split(" "), "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 760 } });
page.on("console", (m) => m.type() === "error" && console.log("console:", m.text().slice(0, 600)));
page.on("pageerror", (e) => console.log("page error:", e.message));
for (const shot of shots) {
  const cut = shot.indexOf("=");
  await page.goto(`http://localhost:${server.address().port}/bodies.html?${shot.slice(cut + 1)}`);
  await page.waitForFunction(() => document.title.startsWith("ready"), null, { timeout: 60_000 });
  console.log(shot.slice(0, cut), await page.title());
  await page.screenshot({ path: path.join(folder, `${shot.slice(0, cut)}.png`) });
}
await browser.close();
server.close();
