/** The hall's icons on a 24 px grid, 1.5 px stroke. Each is a list of shapes: a path's `d`, or a circle or rectangle by its numbers. */
type Shape =
  string | readonly ["circle", number, number, number] | readonly ["rect", number, number, number, number, number];

export const ICONS = {
  alert: ["M12 4 2.800 20h18.400ZM12 10v4.500M12 17v.3"],
  arch: ["M5 20.5V11a7 7 0 0 1 14 0v9.5M3 20.5h18M9.5 20.5V12a2.5 2.5 0 0 1 5 0v8.5"],
  arrow: ["M4 12h15.500M13.500 6l6 6-6 6"],
  bot: [
    ["rect", 5, 8.5, 14, 11, 3],
    "M12 8.500V5M9.500 13.500v1M14.500 13.500v1M2.500 13v3M21.500 13v3",
    ["circle", 12, 4, 1],
  ],
  chat: ["M4 5.500h16v11h-8.500L7 20.500v-4H4Z"],
  check: ["m5 12.500 4.500 4.500L19 7.500"],
  clock: [["circle", 12, 12, 8.5], "M12 7v5.200l3.500 2"],
  close: ["m6 6 12 12M18 6 6 18"],
  flag: ["M6 21V4.500h11l-2 4 2 4H6"],
  gear: [
    "M4 7.500h8.500M17.500 7.500H20M4 16.500h2.500M11.500 16.500H20",
    ["circle", 15, 7.5, 2.5],
    ["circle", 9, 16.5, 2.5],
  ],
  hand: [
    "M8 13V6.200a1.300 1.300 0 0 1 2.600 0V11 4.800a1.300 1.300 0 0 1 2.600 0V11 5.800a1.300 1.300 0 0 1 2.600 0V12 8.800a1.300 1.300 0 0 1 2.600 0V15a6 6 0 0 1-6 6c-2.600 0-4.200-1-5.500-3.200l-2.400-4a1.300 1.300 0 0 1 2.200-1.400Z",
  ],
  headset: [
    "M4 9.500A2.500 2.500 0 0 1 6.500 7h11A2.500 2.500 0 0 1 20 9.500v5a2.500 2.500 0 0 1-2.500 2.500h-1.800c-.8 0-1.400-.4-1.900-1.100l-.6-.9a1.450 1.450 0 0 0-2.400 0l-.6.9c-.5.700-1.100 1.100-1.900 1.100H6.500A2.500 2.500 0 0 1 4 14.500Z",
    "M7.500 11h3M13.500 11h3",
  ],
  image: [["rect", 3.5, 5, 17, 14, 2], ["circle", 8.5, 10, 1.5], "m4 17.500 5-4.500 3.500 3 3.500-3.500 4.500 4"],
  info: [["circle", 12, 12, 8.5], "M12 11v5.500M12 7.500v.3"],
  lamp: ["M5 12a7 7 0 0 1 14 0ZM12 12v7M8 20h8M12 5V3.500"],
  left: ["M14.500 5.500 8 12l6.500 6.500"],
  map: ["M9 4.500 3.500 6.500v13L9 17.500l6 2 5.500-2v-13L15 6.500Zm0 0v13M15 6.500v13"],
  more: [
    ["circle", 5.5, 12, 0.9],
    ["circle", 12, 12, 0.9],
    ["circle", 18.5, 12, 0.9],
  ],
  move: [
    "M12 3.500v17M3.500 12h17M9.500 6 12 3.500 14.500 6M9.500 18l2.500 2.500 2.500-2.500M6 9.500 3.500 12 6 14.500M18 9.500l2.500 2.500-2.500 2.500",
  ],
  people: [
    ["circle", 9, 8.5, 3.25],
    "M3 19.500c0-3.600 2.400-5.500 6-5.500s6 1.900 6 5.500M15.500 5.600a3.250 3.250 0 0 1 0 5.900M17.500 14.500c2.300.6 3.500 2.300 3.500 5",
  ],
  person: [["circle", 12, 8, 3.5], "M5 20c0-4 2.800-6 7-6s7 2 7 6"],
  pin: [
    "M12 21c4-4.600 6.500-7.900 6.500-11a6.500 6.500 0 0 0-13 0c0 3.100 2.500 6.400 6.500 11Z",
    ["circle", 12, 10, 2.25],
  ],
  right: ["m9.500 5.500 6.500 6.500-6.500 6.500"],
  send: ["M4 12 20 4.500 15 20l-3.500-6.500Z", "m11.500 13.500 4-4.500"],
  shield: ["M12 3.500 5 6v5.500c0 4.300 2.800 7.300 7 9 4.200-1.700 7-4.700 7-9V6Z"],
  smile: [
    ["circle", 12, 12, 8.5],
    "M8.500 14c.8 1.400 2 2.100 3.500 2.100s2.700-.7 3.500-2.100M9 9.500v.5M15 9.500v.5",
  ],
  star: ["m12 4 2.400 5.200 5.600.6-4.200 3.800 1.200 5.600-5-2.900-5 2.900 1.200-5.600L4 9.800l5.600-.6Z"],
  table: ["M3 9.500h18M5.500 9.500V19M18.500 9.500V19M3 9.500l2.500-4h13l2.500 4"],
  eye: [
    "M2.500 12C5 7.700 8.200 5.500 12 5.500s7 2.200 9.500 6.500c-2.500 4.300-5.700 6.500-9.500 6.500S5 16.300 2.500 12Z",
    ["circle", 12, 12, 2.75],
  ],
  volume: ["M4 9.500v5h3.500l5 4v-13l-5 4ZM16 9a4 4 0 0 1 0 6M18.500 6.500a7.500 7.500 0 0 1 0 11"],
  walk: [
    ["circle", 13, 4.8, 1.6],
    "m8 20.500 2.500-5L10 11l-3 2M10 11l3-2.500 1.500 3L18 13M10.500 15.500l4-1 1.500 6",
  ],
  offline: [
    "M4 4l16 16M8.500 15a5 5 0 0 1 7 0M5.500 11.800a9.500 9.500 0 0 1 4-2.300M18.500 11.800a9.400 9.400 0 0 0-5-2.600M12 18.800v.2",
  ],
  lock: [["rect", 5, 10.5, 14, 10, 2], "M8 10.500V8a4 4 0 0 1 8 0v2.500"],
  pointer: ["m5.500 4 13.500 6-5.500 2.200L11 18Z"],
  down: ["m5.500 9.500 6.500 6.500 6.500-6.500"],
  applause: [
    "M11.200 20.500 5.400 15a2.600 2.600 0 0 1-.6-2.600l2.300-6.200a1.300 1.300 0 0 1 2.500.8l-.9 3.400",
    "M12.800 20.500l5.800-5.500a2.600 2.600 0 0 0 .6-2.600l-2.300-6.200a1.300 1.300 0 0 0-2.500.8l.9 3.400",
    "M8.700 10.400 12 15.500l3.300-5.100M12 2.500v2.800M9 3.200l.6 1.300M15 3.200l-.6 1.300",
  ],
  heart: [
    "M12 20.200C6.500 15.700 3.500 12.500 3.500 9a4.400 4.400 0 0 1 8.500-1.700A4.400 4.400 0 0 1 20.500 9c0 3.500-3 6.700-8.500 11.200Z",
  ],
  laugh: [
    ["circle", 12, 12, 8.5],
    "M7.800 13.300h8.400c-.3 2.700-1.900 4.200-4.200 4.200s-3.900-1.500-4.200-4.200Z",
    "M7.900 10c.5-1.100 1.900-1.100 2.400 0M13.700 10c.5-1.100 1.900-1.100 2.400 0",
  ],
  nod: [
    ["circle", 12, 9.5, 6.5],
    "M9.700 8.500v.4M14.300 8.500v.4M9.800 11.700c1.300 1 3.100 1 4.400 0",
    "M12 18v4M10 20.200l2 1.900 2-1.900",
  ],
  question: [
    ["circle", 12, 12, 8.5],
    "M9.600 9.700a2.400 2.400 0 1 1 3.700 2c-.9.600-1.300 1.100-1.300 2.100M12 16.600v.3",
  ],
  wave: [
    "M9.500 13.500V7.400a1.200 1.200 0 0 1 2.400 0V11.500 6.100a1.200 1.200 0 0 1 2.400 0v5.400V7a1.200 1.200 0 0 1 2.400 0v5.500V9.700a1.200 1.200 0 0 1 2.400 0v5.500a5.600 5.600 0 0 1-5.600 5.600c-2.400 0-3.900-.9-5.100-3l-2.200-3.700a1.200 1.200 0 0 1 2-1.300Z",
    "M5.800 9.500a5 5 0 0 1 1.700-4M3 9.200a8 8 0 0 1 2.700-6",
  ],
} as const satisfies Record<string, readonly Shape[]>;

export type IconName = keyof typeof ICONS;

const SVG = "http://www.w3.org/2000/svg";

/** A decorative picture beside a word: hidden from screen readers. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries(FRAME)) svg.setAttribute(key, value);
  for (const shape of ICONS[name] as readonly Shape[]) svg.append(draw(shape));
  return svg;
}

const FRAME = {
  class: "icon",
  viewBox: "0 0 24 24",
  fill: "none",
  stroke: "currentColor",
  "stroke-linecap": "round",
  "stroke-linejoin": "round",
  "aria-hidden": "true",
};

const NUMBERS = { circle: ["cx", "cy", "r"], rect: ["x", "y", "width", "height", "rx"] } as const;

function draw(shape: Shape): SVGElement {
  if (typeof shape === "string") {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape);
    return path;
  }
  const [kind, ...numbers] = shape;
  const element = document.createElementNS(SVG, kind);
  NUMBERS[kind].forEach((name, index) => element.setAttribute(name, String(numbers[index])));
  return element;
}
