/** Draws name plates and reactions into an atlas canvas: a walnut chip, a serif name, a brass badge, small marks; icons are our own paths. */

export const CELL = { width: 512, height: 128, columns: 2, rows: 16 } as const;
export const ICON = 128;
export const ATLAS = { width: CELL.width * CELL.columns, height: CELL.height * CELL.rows + ICON } as const;

export interface PlateText {
  readonly name: string;
  /** What the badge says ("Librarian", "馆员"); empty for none. */
  readonly badge: string;
  readonly away: boolean;
  /** What an away plate says after the name ("away", "离开"). */
  readonly awayWord: string;
  readonly handRaised: boolean;
  readonly speaking: boolean;
}

export const REACTIONS = ["applause", "heart", "laugh", "nod", "question", "wave"] as const;
export type Reaction = (typeof REACTIONS)[number];

const COLOUR = {
  walnut: "#3a281c",
  walnutLine: "#6a4c34",
  ink: "#f6eee1",
  faint: "#d9cab4",
  brass: "#c89b4b",
  brassInk: "#2b1d10",
  paper: "#fffdf8",
  line: "#3a281c",
  green: "#7fc29a",
} as const;

const NAME_FONT = '600 50px Georgia, "Noto Serif", "Songti SC", "Noto Serif CJK SC", "SimSun", serif';
const BADGE_FONT = '600 34px system-ui, "Noto Sans", "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
const NAME_MAX = 300;

type Context = CanvasRenderingContext2D;

/** Shortens text to a width with an ellipsis; whole characters only, so that no surrogate pair is cut. */
export function fit(text: string, max: number, measure: (text: string) => number): string {
  if (measure(text) <= max) return text;
  const letters = [...text];
  while (letters.length > 1 && measure(`${letters.join("")}…`) > max) letters.pop();
  return `${letters.join("")}…`;
}

function chip(g: Context, x: number, y: number, w: number, h: number, r: number): void {
  g.beginPath();
  g.roundRect(x, y, w, h, r);
}

/** Draws one plate into its cell, centred; answers the width that it takes, in pixels. */
export function paintPlate(g: Context, x: number, y: number, plate: PlateText): number {
  g.clearRect(x, y, CELL.width, CELL.height);
  g.textBaseline = "middle";
  g.font = NAME_FONT;
  const badge = plate.away ? plate.awayWord : plate.badge;
  const name = fit(plate.name, badge ? NAME_MAX - 60 : NAME_MAX + 60, (t) => g.measureText(t).width);
  const nameWidth = g.measureText(name).width;
  g.font = BADGE_FONT;
  const badgeText = badge ? fit(badge, 190, (t) => g.measureText(t).width) : "";
  const badgeWidth = badgeText ? g.measureText(badgeText).width + 28 : 0;
  const marks = (plate.handRaised ? 1 : 0) + (plate.speaking ? 1 : 0);
  const pad = 26;
  const width = Math.min(CELL.width - 8, pad * 2 + nameWidth + (badgeWidth ? badgeWidth + 16 : 0) + marks * 46);
  const left = x + (CELL.width - width) / 2;
  const middle = y + CELL.height / 2;
  chip(g, left, y + 20, width, CELL.height - 40, 22);
  g.globalAlpha = plate.away ? 0.72 : 0.94;
  g.fillStyle = COLOUR.walnut;
  g.fill();
  g.globalAlpha = 1;
  g.lineWidth = 3;
  g.strokeStyle = plate.speaking ? COLOUR.green : COLOUR.walnutLine;
  g.stroke();
  let at = left + pad;
  g.font = NAME_FONT;
  g.fillStyle = plate.away ? COLOUR.faint : COLOUR.ink;
  g.fillText(name, at, middle + 2);
  at += nameWidth + 16;
  if (badgeText) {
    chip(g, at, middle - 25, badgeWidth, 50, 12);
    if (plate.away) {
      g.strokeStyle = COLOUR.faint;
      g.lineWidth = 2;
      g.stroke();
    } else {
      g.fillStyle = COLOUR.brass;
      g.fill();
    }
    g.font = BADGE_FONT;
    g.fillStyle = plate.away ? COLOUR.faint : COLOUR.brassInk;
    g.fillText(badgeText, at + 14, middle + 2);
    at += badgeWidth + 14;
  }
  if (plate.speaking) {
    speaking(g, at + 18, middle);
    at += 46;
  }
  if (plate.handRaised) hand(g, at + 18, middle, 17, COLOUR.brass);
  return width;
}

function speaking(g: Context, x: number, y: number): void {
  g.strokeStyle = COLOUR.green;
  g.lineCap = "round";
  g.lineWidth = 6;
  for (const [dx, half] of [
    [-14, 8],
    [-2, 18],
    [10, 12],
  ] as const) {
    g.beginPath();
    g.moveTo(x + dx, y - half);
    g.lineTo(x + dx, y + half);
    g.stroke();
  }
}

/** A raised hand: palm and five fingers as rounded strokes. */
function hand(g: Context, x: number, y: number, r: number, colour: string): void {
  g.strokeStyle = colour;
  g.fillStyle = colour;
  g.lineCap = "round";
  g.lineWidth = r * 0.36;
  const fingers = [
    [-0.62, -0.75],
    [-0.2, -1.15],
    [0.22, -1.1],
    [0.62, -0.8],
  ] as const;
  for (const [fx, fy] of fingers) {
    g.beginPath();
    g.moveTo(x + fx * r * 0.8, y + r * 0.2);
    g.lineTo(x + fx * r, y + fy * r);
    g.stroke();
  }
  g.beginPath();
  g.moveTo(x - r * 0.4, y + r * 0.6);
  g.lineTo(x - r * 1.1, y + r * 0.05);
  g.stroke();
  g.beginPath();
  g.roundRect(x - r * 0.72, y - r * 0.1, r * 1.45, r * 1.15, r * 0.5);
  g.fill();
}

function heart(g: Context, x: number, y: number, r: number): void {
  g.fillStyle = "#a8483a";
  g.beginPath();
  g.moveTo(x, y + r);
  g.bezierCurveTo(x - 2 * r, y - r * 0.3, x - r * 0.9, y - 1.5 * r, x, y - r * 0.45);
  g.bezierCurveTo(x + r * 0.9, y - 1.5 * r, x + 2 * r, y - r * 0.3, x, y + r);
  g.fill();
}

function face(g: Context, x: number, y: number, r: number, laughing: boolean): void {
  g.fillStyle = "#e9bd62";
  g.beginPath();
  g.arc(x, y, r, 0, 2 * Math.PI);
  g.fill();
  g.strokeStyle = COLOUR.line;
  g.lineWidth = r * 0.13;
  g.lineCap = "round";
  for (const s of [-1, 1]) {
    g.beginPath();
    g.arc(x + s * r * 0.38, y - r * 0.14, r * 0.16, Math.PI, 2 * Math.PI);
    g.stroke();
  }
  g.beginPath();
  if (laughing) {
    g.fillStyle = COLOUR.line;
    g.arc(x, y + r * 0.12, r * 0.5, 0, Math.PI);
    g.fill();
  } else {
    g.arc(x, y + r * 0.08, r * 0.48, 0.15 * Math.PI, 0.85 * Math.PI);
    g.stroke();
  }
}

function nod(g: Context, x: number, y: number, r: number): void {
  g.strokeStyle = "#2f6a50";
  g.lineWidth = r * 0.34;
  g.lineCap = "round";
  g.lineJoin = "round";
  g.beginPath();
  g.moveTo(x - r * 0.8, y + r * 0.05);
  g.lineTo(x - r * 0.2, y + r * 0.65);
  g.lineTo(x + r * 0.9, y - r * 0.65);
  g.stroke();
}

function question(g: Context, x: number, y: number, r: number): void {
  g.strokeStyle = "#26374f";
  g.lineWidth = r * 0.3;
  g.lineCap = "round";
  g.beginPath();
  g.arc(x, y - r * 0.42, r * 0.5, Math.PI, 2.35 * Math.PI);
  g.quadraticCurveTo(x, y + r * 0.1, x, y + r * 0.38);
  g.stroke();
  g.fillStyle = "#26374f";
  g.beginPath();
  g.arc(x, y + r * 0.92, r * 0.19, 0, 2 * Math.PI);
  g.fill();
}

function applause(g: Context, x: number, y: number, r: number): void {
  hand(g, x - r * 0.32, y + r * 0.25, r * 0.62, "#b07a4a");
  hand(g, x + r * 0.42, y + r * 0.1, r * 0.62, "#d6a680");
  g.strokeStyle = COLOUR.brass;
  g.lineWidth = r * 0.12;
  for (const a of [-2.2, -1.57, -0.95]) {
    g.beginPath();
    g.moveTo(x + Math.cos(a) * r * 0.95, y + Math.sin(a) * r * 0.95);
    g.lineTo(x + Math.cos(a) * r * 1.25, y + Math.sin(a) * r * 1.25);
    g.stroke();
  }
}

const ICONS: Readonly<Record<Reaction, (g: Context, x: number, y: number, r: number) => void>> = {
  applause,
  heart,
  laugh: (g, x, y, r) => face(g, x, y, r, true),
  nod,
  question,
  wave: (g, x, y, r) => hand(g, x, y, r * 0.85, "#c08a58"),
};

/** Draws all reaction bubbles into the atlas's last row, in the order of `REACTIONS`. */
export function paintIcons(g: Context): void {
  REACTIONS.forEach((reaction, i) => {
    const x = i * ICON + ICON / 2;
    const y = CELL.height * CELL.rows + ICON / 2 - 6;
    g.fillStyle = COLOUR.paper;
    g.strokeStyle = COLOUR.line;
    g.lineWidth = 3;
    g.beginPath();
    g.arc(x, y, 50, 0.62 * Math.PI, 2.38 * Math.PI);
    g.lineTo(x, y + 66);
    g.closePath();
    g.fill();
    g.stroke();
    ICONS[reaction](g, x, y, 27);
  });
}
