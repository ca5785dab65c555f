/** The seals and signs of the ledger's pages, as the server draws them too. */
const SEAL =
  "m12 2.8 2.3 1.9 3-.2.9 2.9 2.5 1.6-1 2.8 1 2.8-2.5 1.7-.9 2.8-3-.1L12 20.8 9.7 19l-3 .1-.9-2.8-2.5-1.7 1-2.8-1-2.8 2.5-1.6.9-2.9 3 .2Z";
const SHAPES = {
  alert: ["M12 4 2.8 20h18.4ZM12 10v4.5M12 17v.3"],
  check: ["m5 12.5 4.5 4.5L19 7.5"],
  close: ["m6 6 12 12M18 6 6 18"],
  download: ["M12 4v11M7 10.5l5 5 5-5M4.5 20h15"],
  key: ["M14.5 4.5a5 5 0 1 1 0 10 5 5 0 0 1 0-10ZM11 13l-7 7M6.5 17.5 9 20"],
  minus: ["M5 12h14"],
  seal: [SEAL, "m8.5 12 2.5 2.5 4.5-5"],
  sealbroken: [SEAL, "m9.2 9.2 5.6 5.6M14.8 9.2l-5.6 5.6"],
  sealidle: [SEAL, "M9 12h6"],
} as const;

export type Sign = keyof typeof SHAPES;

/** Decorative: words stand beside it. */
export function sign(name: Sign): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const attributes = { class: "icon", viewBox: "0 0 24 24", fill: "none", stroke: "currentColor" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  svg.setAttribute("stroke-linecap", "round");
  svg.setAttribute("stroke-linejoin", "round");
  svg.setAttribute("aria-hidden", "true");
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}
