/**
 * Pictures of the interface in its states, with axe's word on each.
 * node tools/render_ui.mjs OUT [name…]   needs `npx vite --config tools/ui.vite.config.ts` at work. CHROMIUM: the browser; WEBGL=1: with the
 * mirror's true picture (slow without a graphics card). Bodies and the hall's picture come from assets/gltf.
 */
import { readFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const TABLET = { width: 1024, height: 700 };
/** A phone on its side. */
const LOW = { width: 844, height: 390 };
const SHOTS = {
  enter: ["state=enter", DESK],
  "enter-zh-phone": ["state=enter&lang=zh", PHONE],
  "enter-dark": ["state=enter&theme=dark", DESK],
  loading: ["state=loading", DESK],
  "loading-zh-phone": ["state=loading&lang=zh", PHONE],
  hall: ["state=hall&panel=chat", DESK],
  "hall-zh-phone": ["state=hall&lang=zh", PHONE],
  "chat-phone": ["state=hall&panel=chat", PHONE],
  first: ["state=first", DESK],
  "first-phone": ["state=first&lang=zh", PHONE],
  people: ["state=hall&panel=people&lang=zh", DESK],
  moderate: ["state=hall&role=librarian&panel=people&click=.plist li:nth-child(3) button,%23person-moderate", DESK],
  person: ["state=hall&role=librarian&panel=people&click=.plist li:nth-child(3) button&theme=dark", DESK],
  report: ["state=hall&panel=people&click=.plist li:nth-child(3) button,%23person-report&lang=zh", PHONE],
  settings: ["state=hall&panel=settings", DESK],
  "settings-phone": ["state=hall&panel=settings&lang=zh", PHONE],
  "settings-contrast": ["state=hall&panel=settings&contrast=more&theme=light", DESK],
  help: ["state=hall&panel=help", DESK],
  goto: ["state=hall&panel=goto&theme=dark", DESK],
  "goto-phone": ["state=hall&panel=goto&lang=zh", PHONE],
  "help-phone": ["state=hall&panel=help&lang=zh&theme=dark", PHONE],
  reactions: ["state=hall&panel=reactions", DESK],
  more: ["state=hall&panel=more", PHONE],
  headset: ["state=hall&headset=none&panel=headset&click=.headset .btn:last-child", DESK],
  "headset-phone": ["state=hall&headset=none&lang=zh&panel=headset&click=.headset .btn:last-child", PHONE],
  lost: ["state=lost&panel=goto", DESK],
  "lost-phone": ["state=lost&lang=zh", PHONE],
  notice: ["state=notice&panel=chat", DESK],
  "notice-phone": ["state=notice", PHONE],
  "notice-chat-phone": ["state=notice&panel=chat", PHONE],
  "hall-tablet": ["state=notice&panel=settings", TABLET],
  "hall-low": ["state=hall&panel=chat", LOW],
  "first-low": ["state=first", LOW],
  "lost-tablet": ["state=lost&panel=people", TABLET],
  "flat-tablet": ["state=flat&panel=people", TABLET],
  flat: ["state=flat&panel=chat", DESK],
  "flat-phone": ["state=flat&lang=zh", PHONE],
  full: ["state=failed:room_full", DESK],
  offline: ["state=failed:offline&lang=zh", PHONE],
  banned: ["state=closed:banned", DESK],
  taken: ["state=closed:taken_over&theme=dark&contrast=more", DESK],
};

/** Pieces of which none may lie over another. */
const PIECES = [
  ".place",
  ".hud-set",
  ".dock",
  ".minimap",
  ".sheet--panel",
  ".lost",
  ".toast",
  ".caps",
  ".first",
  ".flat",
];
function overlaps(pieces) {
  const boxes = pieces.flatMap((selector) =>
    [...document.querySelectorAll(selector)]
      .map((element) => [selector, element.getBoundingClientRect()])
      .filter(([, { width, height }]) => width > 2 && height > 2),
  );
  return boxes.flatMap(([a, one], at) =>
    boxes
      .slice(at + 1)
      .filter(
        ([, two]) =>
          one.left < two.right - 1 && two.left < one.right - 1 && one.top < two.bottom - 1 && two.top < one.bottom - 1,
      )
      .map(([b]) => `${a} over ${b}`),
  );
}

const [out = "shots", ...only] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const axe = readFileSync(fileURLToPath(new URL("../node_modules/axe-core/axe.min.js", import.meta.url)), "utf8");
const assets = fileURLToPath(new URL("../../assets", import.meta.url));
const drawing = process.env.WEBGL
  ? ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
  : ["--disable-gpu", "--disable-3d-apis"];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", ...drawing, "--no-first-run", "--disable-background-networking"],
});
let serious = 0;
for (const [name, [query, viewport]] of Object.entries(SHOTS)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const page = await browser.newPage({ viewport, hasTouch: viewport === PHONE, isMobile: viewport === PHONE });
  page.on("pageerror", (error) => console.log(name, "error", error.message));
  page.on("requestfailed", (request) => console.log(name, "failed", request.url()));
  await page.route("**/gltf/**", (route) =>
    route.fulfill({ path: assets + new URL(route.request().url()).pathname.replace(/^\/static/, "") }),
  );
  await page.goto(`http://localhost:5199/static/tools/ui_harness.html?${query}`);
  await page.waitForSelector("body[data-ready]", { state: "attached", timeout: 12000 });
  await page.waitForLoadState("networkidle");
  if (process.env.WEBGL && query.startsWith("state=enter"))
    await page.waitForSelector(".enter__glass.is-true", { timeout: 20000 });
  if (name.startsWith("loading")) await page.waitForSelector(".loading__slow:not(:empty)", { timeout: 8000 });
  await page.screenshot({ path: `${out}/${name}.png` });
  for (const found of await page.evaluate(overlaps, PIECES)) console.log(name, "overlap", found);
  await page.evaluate(axe);
  const { violations } = await page.evaluate("axe.run()");
  for (const { id, impact, nodes } of violations) {
    if (impact === "serious" || impact === "critical") serious += 1;
    console.log(
      name,
      impact,
      id,
      nodes
        .slice(0, 2)
        .map(({ html }) => html.slice(0, 140))
        .join(" | "),
    );
  }
  await page.close();
}
await browser.close();
console.log(`serious: ${serious}`);
