/** A curved sheet at reading distance, painted by Canvas2D with the system's fonts; rays press its buttons. */
import { CanvasTexture, Mesh, MeshBasicMaterial, type Object3D, PlaneGeometry, SRGBColorSpace, Vector3 } from "three";
import { meet, type Meeting, type Sheet } from "./curve";

export interface PanelButton {
  x: number;
  y: number;
  width: number;
  height: number;
  label: string;
  /** Smaller words at the right. */
  note?: string;
  kind?: "tab" | "row" | "action" | "danger";
  chosen?: boolean;
  press: () => void;
}

export interface PanelPage {
  title: string;
  buttons: PanelButton[];
  /** Plain lines of text. */
  lines: { x: number; y: number; text: string; faint?: boolean }[];
}

export const PANEL = { width: 1024, height: 640 } as const;
const RADIUS_METRES = 1.25;
const WIDTH_METRES = 1.15;
const SHEET: Sheet = {
  radius_metres: RADIUS_METRES,
  width_metres: WIDTH_METRES,
  height_metres: (WIDTH_METRES * PANEL.height) / PANEL.width,
};
const PAPER = "#f6efe0";
const INK = "#2a2018";
const INK_2 = "#6b5d4d";
const LINE = "#cbb994";
const WALNUT = "#3b2a1e";
const BRASS = "#e6c98b";
const GREEN = "#1f4d3a";
const DANGER = "#8c2f22";
const SERIF = 'Georgia, "Noto Serif", "Noto Serif CJK SC", "Songti SC", serif';
const SANS = 'system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", sans-serif';

export class Panel {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;
  readonly #texture: CanvasTexture;
  readonly #meeting: Meeting = { metres: 0, across: 0, down: 0 };
  #page: PanelPage = { title: "", buttons: [], lines: [] };
  #hovered: PanelButton | null = null;

  constructor(parent: Object3D) {
    this.#canvas.width = PANEL.width;
    this.#canvas.height = PANEL.height;
    const context = this.#canvas.getContext("2d");
    if (!context) throw new Error("this browser cannot draw panels");
    this.#context = context;
    this.#texture = new CanvasTexture(this.#canvas);
    this.#texture.colorSpace = SRGBColorSpace;
    this.#texture.anisotropy = 4;
    this.mesh = new Mesh(curved(), new MeshBasicMaterial({ map: this.#texture, fog: false, toneMapped: false }));
    this.mesh.visible = false;
    this.mesh.renderOrder = 40;
    parent.add(this.mesh);
  }

  show(page: PanelPage): void {
    this.#page = page;
    const before = this.#hovered?.label;
    this.#hovered = page.buttons.find(({ label }) => label === before) ?? null;
    this.#paint();
  }

  /** In front of somebody who looks along `heading` from `head`, a little below the eyes. */
  place(head: Vector3, heading: number): void {
    this.mesh.position.set(head.x, head.y - 0.18, head.z);
    this.mesh.rotation.set(-0.12, heading, 0, "YXZ");
    this.mesh.updateMatrixWorld(true);
  }

  /** Where a ray meets the panel, or null. Read it before the next call. */
  meet(origin: Vector3, direction: Vector3): Meeting | null {
    return this.mesh.visible && meet(this.mesh, SHEET, origin, direction, this.#meeting) ? this.#meeting : null;
  }

  /** The button at a meeting. */
  button({ across, down }: Meeting): PanelButton | null {
    return this.#at(across * PANEL.width, down * PANEL.height);
  }

  /** Shows which button is pointed at. */
  light(button: PanelButton | null): void {
    if (button === this.#hovered) return;
    this.#hovered = button;
    this.#paint();
  }

  #at(x: number, y: number): PanelButton | null {
    return this.#page.buttons.find((b) => x >= b.x && x <= b.x + b.width && y >= b.y && y <= b.y + b.height) ?? null;
  }

  #paint(): void {
    const g = this.#context;
    g.fillStyle = WALNUT;
    g.fillRect(0, 0, PANEL.width, PANEL.height);
    g.fillStyle = PAPER;
    g.fillRect(14, 14, PANEL.width - 28, PANEL.height - 28);
    g.strokeStyle = BRASS;
    g.lineWidth = 3;
    g.strokeRect(14, 14, PANEL.width - 28, PANEL.height - 28);
    g.textBaseline = "middle";
    g.fillStyle = INK;
    g.font = `500 38px ${SERIF}`;
    g.fillText(this.#page.title, 44, 62, 560);
    for (const { x, y, text, faint } of this.#page.lines) {
      g.font = `25px ${SANS}`;
      g.fillStyle = faint ? INK_2 : INK;
      g.fillText(text, x, y, PANEL.width - x - 44);
    }
    for (const button of this.#page.buttons) this.#button(button);
    this.#texture.needsUpdate = true;
  }

  #button(b: PanelButton): void {
    const g = this.#context;
    const lit = b === this.#hovered;
    const solid = b.kind === "action" || b.chosen === true || (b.kind === "danger" && lit);
    g.beginPath();
    g.roundRect(b.x, b.y, b.width, b.height, 8);
    g.fillStyle = solid ? (b.kind === "danger" ? DANGER : GREEN) : lit ? "#e8dcc2" : PAPER;
    g.fill();
    g.lineWidth = lit ? 4 : 1.5;
    g.strokeStyle = lit ? BRASS : b.kind === "danger" ? DANGER : LINE;
    g.stroke();
    g.fillStyle = solid ? PAPER : b.kind === "danger" ? DANGER : INK;
    g.font = `${b.kind === "tab" ? 600 : 500} 26px ${SANS}`;
    const noted = b.note ? 150 : 0;
    const centred = b.kind !== "row";
    g.textAlign = centred ? "center" : "left";
    g.fillText(b.label, centred ? b.x + b.width / 2 : b.x + 20, b.y + b.height / 2 + 1, b.width - 32 - noted);
    g.textAlign = "right";
    g.font = `22px ${SANS}`;
    g.fillStyle = solid ? PAPER : INK_2;
    if (b.note) g.fillText(b.note, b.x + b.width - 18, b.y + b.height / 2 + 1, noted);
    g.textAlign = "left";
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.#texture.dispose();
  }
}

/** Part of a cylinder round the reader, whose eyes are at the middle. */
function curved(): PlaneGeometry {
  const geometry = new PlaneGeometry(SHEET.width_metres, SHEET.height_metres, 24, 1);
  const at = geometry.getAttribute("position");
  for (let i = 0; i < at.count; i++) {
    const angle = at.getX(i) / RADIUS_METRES;
    at.setXYZ(i, Math.sin(angle) * RADIUS_METRES, at.getY(i), -Math.cos(angle) * RADIUS_METRES);
  }
  geometry.computeBoundingSphere();
  return geometry;
}
