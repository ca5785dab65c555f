/** Mouse and fingers on the canvas: look by dragging, walk by a left-hand stick, act and walk by a click or tap. */
import { Vector2 } from "three";
import { Cleanup } from "../hall/signal";
import type { Intent } from "./walker";

const RADIANS_PER_PIXEL = 0.0032;
const TOUCH_RADIANS_PER_PIXEL = 0.0048;
/** A press that moved less and was shorter is a click. */
const CLICK_PIXELS = 7;
const CLICK_MS = 450;
const STICK_PIXELS = 56;
/** The stick comes up where a finger goes down in this part of a narrow or touched screen. */
const STICK_SHARE_X = 0.45;
const STICK_SHARE_Y = 0.45;

export interface PointerListener {
  look(turn: number, tilt: number): void;
  /** Pointer at (x, y) in normalised device coordinates, −1 to 1; null when it left. */
  hover(at: Vector2 | null): void;
  click(at: Vector2): void;
  /** True when the press takes a thing by the hand: then `drag` and `drop` follow instead of looking. */
  press?(at: Vector2): boolean;
  drag?(at: Vector2): void;
  drop?(): void;
}

interface Press {
  id: number;
  x: number;
  y: number;
  moved: number;
  since_ms: number;
  touch: boolean;
}

export class Pointer {
  readonly #cleanup = new Cleanup();
  readonly #canvas: HTMLCanvasElement;
  readonly #listener: PointerListener;
  readonly #at = new Vector2();
  readonly #stick = document.createElement("div");
  readonly #knob = document.createElement("div");
  /** Marks the middle, where a locked pointer points. */
  readonly #cross = document.createElement("div");
  #look: Press | null = null;
  #walk: Press | null = null;
  /** The look's press has a thing by the hand. */
  #carries = false;
  #stick_x = 0;
  #stick_y = 0;

  constructor(canvas: HTMLCanvasElement, listener: PointerListener) {
    this.#canvas = canvas;
    this.#listener = listener;
    this.#stick.className = "hall-stick";
    this.#knob.className = "hall-stick-knob";
    this.#stick.setAttribute("aria-hidden", "true");
    this.#stick.append(this.#knob);
    styleStick(this.#stick, this.#knob);
    this.#cross.className = "hall-cross";
    this.#cross.setAttribute("aria-hidden", "true");
    styleCross(this.#cross);
    canvas.after(this.#stick, this.#cross);
    const { listen } = this.#cleanup;
    const on = listen.bind(this.#cleanup);
    on(canvas, "pointerdown", (event: PointerEvent) => this.#down(event));
    on(canvas, "pointermove", (event: PointerEvent) => this.#move(event));
    on(canvas, "pointerup", (event: PointerEvent) => this.#up(event));
    on(canvas, "pointercancel", (event: PointerEvent) => this.#end(event));
    on(canvas, "pointerleave", () => listener.hover(null));
    on(canvas, "contextmenu", (event: Event) => event.preventDefault());
    on(document, "pointerlockchange", () => this.#locked());
    // Somebody who opens a panel needs the pointer again.
    on(document, "focusin", (event: FocusEvent) => {
      if (this.locked && event.target !== canvas) document.exitPointerLock();
    });
  }

  get locked(): boolean {
    return document.pointerLockElement === this.#canvas;
  }

  /** Look by moving the mouse alone, until called again or Escape. */
  toggleLock(): void {
    if (this.locked) return document.exitPointerLock();
    this.#canvas.focus({ preventScroll: true });
    // The browser may say no (too soon after Escape): then dragging still works.
    void Promise.resolve(this.#canvas.requestPointerLock()).catch(() => undefined);
  }

  #locked(): void {
    this.#cross.style.display = this.locked ? "block" : "none";
    this.#look = null;
    this.#listener.hover(this.locked ? this.#at.set(0, 0) : null);
  }

  add(intent: Intent): void {
    intent.forward -= this.#stick_y;
    intent.sideways += this.#stick_x;
  }

  dispose(): void {
    this.#cleanup.dispose();
    if (this.locked) document.exitPointerLock();
    this.#stick.remove();
    this.#cross.remove();
  }

  #down(event: PointerEvent): void {
    this.#canvas.focus({ preventScroll: true });
    const touch = event.pointerType === "touch";
    const press = {
      id: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      moved: 0,
      since_ms: event.timeStamp,
      touch,
    };
    if (touch && !this.#walk && this.#inStickArea(event)) {
      this.#walk = press;
      this.#stick.style.display = "block";
      this.#stick.style.transform = `translate(${event.clientX}px, ${event.clientY}px)`;
    } else if (!this.#look) {
      this.#look = press;
      this.#carries = !this.locked && this.#listener.press?.(this.#place(event)) === true;
    } else return;
    try {
      this.#canvas.setPointerCapture(event.pointerId);
    } catch {
      // A pointer that is already gone cannot be captured; nothing is lost.
    }
  }

  #inStickArea({ clientX, clientY }: PointerEvent): boolean {
    return clientX < innerWidth * STICK_SHARE_X && clientY > innerHeight * (1 - STICK_SHARE_Y);
  }

  #move(event: PointerEvent): void {
    if (this.locked) {
      this.#listener.look(-event.movementX * RADIANS_PER_PIXEL, -event.movementY * RADIANS_PER_PIXEL);
      return this.#listener.hover(this.#at.set(0, 0));
    }
    if (event.pointerId === this.#walk?.id) return this.#push(event, this.#walk);
    if (event.pointerId !== this.#look?.id) {
      if (event.pointerType !== "touch") this.#listener.hover(this.#place(event));
      return;
    }
    const press = this.#look;
    const dx = event.clientX - press.x;
    const dy = event.clientY - press.y;
    press.moved += Math.abs(dx) + Math.abs(dy);
    press.x = event.clientX;
    press.y = event.clientY;
    if (press.moved < CLICK_PIXELS) return;
    if (this.#carries) return this.#listener.drag?.(this.#place(event));
    // The scene is taken by the hand: it follows the pointer.
    const radians = press.touch ? TOUCH_RADIANS_PER_PIXEL : RADIANS_PER_PIXEL;
    this.#listener.look(dx * radians, dy * radians);
    this.#listener.hover(null);
  }

  #push(event: PointerEvent, press: Press): void {
    const dx = event.clientX - press.x;
    const dy = event.clientY - press.y;
    const far = Math.hypot(dx, dy);
    press.moved = Math.max(press.moved, far);
    const scale = Math.min(1, STICK_PIXELS / (far || 1));
    this.#stick_x = (dx * scale) / STICK_PIXELS;
    this.#stick_y = (dy * scale) / STICK_PIXELS;
    this.#knob.style.transform = `translate(${dx * scale}px, ${dy * scale}px)`;
  }

  #up(event: PointerEvent): void {
    const press =
      event.pointerId === this.#walk?.id ? this.#walk : event.pointerId === this.#look?.id ? this.#look : null;
    this.#end(event);
    if (!press || press.moved >= CLICK_PIXELS || event.timeStamp - press.since_ms > CLICK_MS) return;
    this.#listener.click(this.locked ? this.#at.set(0, 0) : this.#place(event));
  }

  #end(event: PointerEvent): void {
    if (event.pointerId === this.#look?.id) {
      this.#look = null;
      if (this.#carries) this.#listener.drop?.();
      this.#carries = false;
    }
    if (event.pointerId !== this.#walk?.id) return;
    this.#walk = null;
    this.#stick_x = this.#stick_y = 0;
    this.#stick.style.display = "none";
    this.#knob.style.transform = "";
  }

  #place(event: PointerEvent): Vector2 {
    const box = this.#canvas.getBoundingClientRect();
    return this.#at.set(
      ((event.clientX - box.left) / box.width) * 2 - 1,
      1 - ((event.clientY - box.top) / box.height) * 2,
    );
  }
}

function styleCross(cross: HTMLElement): void {
  Object.assign(cross.style, {
    position: "absolute",
    left: "calc(50% - 4px)",
    top: "calc(50% - 4px)",
    width: "8px",
    height: "8px",
    borderRadius: "50%",
    background: "rgb(246 239 224 / 85%)",
    boxShadow: "0 0 0 1.5px rgb(25 20 16 / 55%)",
    display: "none",
    pointerEvents: "none",
  });
}

/** Where nothing else styles it, the stick still looks like one. */
function styleStick(stick: HTMLElement, knob: HTMLElement): void {
  Object.assign(stick.style, {
    position: "fixed",
    left: "-56px",
    top: "-56px",
    width: "112px",
    height: "112px",
    borderRadius: "50%",
    border: "1.5px solid rgb(230 201 139 / 70%)",
    background: "rgb(25 20 16 / 30%)",
    display: "none",
    pointerEvents: "none",
  });
  Object.assign(knob.style, {
    position: "absolute",
    left: "34px",
    top: "34px",
    width: "44px",
    height: "44px",
    borderRadius: "50%",
    background: "rgb(230 201 139 / 75%)",
  });
}
