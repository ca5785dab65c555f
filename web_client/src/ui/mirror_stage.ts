/**
 * The mirror's silver: draws one real body, as others will see it, in a small picture of its own. It breathes, blinks and turns
 * with a finger; for who wants less motion it stands still, one frame for each change.
 * Loaded only at the entrance and only where pictures are drawn (`mirror.ts`).
 */
import {
  ACESFilmicToneMapping,
  Group,
  PerspectiveCamera,
  Quaternion,
  Scene,
  SRGBColorSpace,
  Vector3,
  WebGLRenderer,
} from "three";
import { makePose, POSE } from "../net/pose";
import type { Look } from "../net/protocol.gen";
import { type Ambient, Body, LookLibrary } from "../world/bodies";
import { loadOwn } from "../world/bodies/own_models";
import { disposeTree, type NearModel } from "../world/bodies/look";
import { writePalette } from "../world/bodies/palette";

/** Half a turn towards the glass, and a little to the side: nobody stands before a mirror like a post. */
const FACING_RAD = Math.PI + 0.22;
const EYES_SHARE = 0.93;
const SEATED_EYES_M = 1.22;
/** Metres of the body in the picture: to the hips in the tall glass, the bust in a phone's small one. */
const SPAN_M = { tall: 0.9, small: 0.6 } as const;
const SMALL_PX = 150;
const AIR_M = 0.1;
const LENS_DEGREES = 20;
/** Enough time for a body to come to rest, in steps that its joints follow; no blink falls into it. */
const SETTLE = { steps: 8, step_s: 0.2, seed: 0.6 } as const;
const MOST_RATIO = 2;
/** Often enough for a breath, seldom enough for a small machine. */
const FRAME_S = 1 / 24;
const TURN_PER_PX = 0.012;

/** Daylight from a window at the person's right, lamps above, wood below. */
function daylight(_at: Vector3, out: Ambient): void {
  out.above.setRGB(0.62, 0.58, 0.53);
  out.below.setRGB(0.3, 0.22, 0.16);
  out.towards.set(-0.5, 0.55, 0.67).normalize();
  out.key.setRGB(1.35, 1.2, 1);
}

export class MirrorStage {
  readonly canvas = document.createElement("canvas");
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(LENS_DEGREES, 1, 0.1, 20);
  readonly #library: LookLibrary;
  readonly #crown = new Vector3();
  readonly #stand = new Group();
  #body: Body | null = null;
  /** A body of the person's own, which nobody else here holds. */
  #own: NearModel | null = null;
  readonly #pose = makePose();
  #moves = false;
  #last_ms = 0;
  #next = 0;
  #shown = "";
  #asked = 0;
  #gone = false;

  /** Rejects where the list of looks cannot be had or no picture can be drawn. */
  static async open(): Promise<MirrorStage> {
    return new MirrorStage(await LookLibrary.open());
  }

  private constructor(library: LookLibrary) {
    this.#library = library;
    this.#renderer = new WebGLRenderer({
      canvas: this.canvas,
      antialias: true,
      alpha: true,
      powerPreference: "low-power",
    });
    this.#renderer.outputColorSpace = SRGBColorSpace;
    this.#renderer.toneMapping = ACESFilmicToneMapping;
    this.#renderer.toneMappingExposure = 1.1;
    this.canvas.setAttribute("aria-hidden", "true");
    this.#scene.add(this.#stand);
    this.#turnByDrag();
  }

  /** Whether it moves by itself. */
  set moves(moves: boolean) {
    this.#moves = moves;
    if (moves && !this.#next) this.#next = requestAnimationFrame(this.#frameOn);
  }

  /** Turns who is seen, radians to their left. */
  turn(by: number): void {
    this.#stand.rotation.y += by;
    if (!this.#moves) this.#draw();
  }

  /** Draws `look` at the size of the glass (CSS pixels). False when somebody asked for another look meanwhile. */
  async show(look: Look, width_px: number, height_px: number): Promise<boolean> {
    const asked = ++this.#asked;
    const worn = this.#library.look(look.id ?? "");
    const wanted = look.model?.url ?? worn.id;
    if (this.#shown !== wanted) {
      const model = await (look.model ? loadOwn(look.model.url) : this.#library.near(worn));
      if (this.#gone || asked !== this.#asked) return false;
      this.#body?.dispose();
      if (this.#own) disposeTree(this.#own.scene);
      this.#own = look.model ? model : null;
      this.#body = new Body(worn, model, daylight, SETTLE.seed);
      this.#stand.add(this.#body.root);
      this.#shown = wanted;
      const seated = worn.wheelchair && !look.model;
      this.#settle(this.#body, seated ? SEATED_EYES_M : (model.height_m ?? worn.height_m) * EYES_SHARE);
    }
    const body = this.#body!;
    writePalette(body.palette, 0, this.#library.list.slots, worn.colours, look.colours ?? {}, worn.tints);
    body.repaint();
    this.#frame(body, Math.max(1, width_px), Math.max(1, height_px));
    this.#draw();
    return true;
  }

  #draw(): void {
    if (!this.#gone) this.#renderer.render(this.#scene, this.#camera);
  }

  readonly #frameOn = (now_ms: number): void => {
    if (this.#gone || !this.#moves) {
      this.#next = 0;
      return;
    }
    this.#next = requestAnimationFrame(this.#frameOn);
    const dt = (now_ms - this.#last_ms) / 1000;
    if (dt < FRAME_S || !this.#body || document.hidden || !this.canvas.isConnected) return;
    this.#last_ms = now_ms;
    this.#body.setPose(this.#pose, 0, 0, 0, Math.min(dt, SETTLE.step_s));
    this.#body.update(Math.min(dt, SETTLE.step_s));
    this.#draw();
  };

  #turnByDrag(): void {
    let from: number | null = null;
    const { canvas } = this;
    canvas.style.touchAction = "pan-y";
    canvas.addEventListener("pointerdown", (event) => {
      from = event.clientX;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (from === null) return;
      this.turn((event.clientX - from) * TURN_PER_PX);
      from = event.clientX;
    });
    for (const end of ["pointerup", "pointercancel"] as const) canvas.addEventListener(end, () => (from = null));
  }

  dispose(): void {
    this.#gone = true;
    cancelAnimationFrame(this.#next);
    this.#body?.dispose();
    if (this.#own) disposeTree(this.#own.scene);
    this.#library.dispose();
    this.#renderer.dispose();
    // A page may hold few contexts, and the hall wants one.
    this.#renderer.forceContextLoss();
    this.canvas.remove();
  }

  #settle(body: Body, eyes_m: number): void {
    const pose = this.#pose;
    pose.set([0, eyes_m, 0], POSE.head);
    const turn = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), FACING_RAD);
    pose.set(turn.toArray(), POSE.rotation);
    for (let step = 0; step < SETTLE.steps; step++) {
      body.setPose(pose, 0, 0, 0, SETTLE.step_s);
      body.update(SETTLE.step_s);
    }
    body.root.updateMatrixWorld(true);
  }

  /** The crown stands under the arch with some air; the lens is long, as a painter would stand. */
  #frame(body: Body, width_px: number, height_px: number): void {
    const top = body.crown(this.#crown).y + AIR_M;
    const span = height_px < SMALL_PX ? SPAN_M.small : SPAN_M.tall;
    const away = span / 2 / Math.tan((LENS_DEGREES * Math.PI) / 360);
    this.#camera.aspect = width_px / height_px;
    this.#camera.position.set(body.heading.ground.x, top - span / 2, body.heading.ground.z + away);
    this.#camera.lookAt(body.heading.ground.x, top - span / 2, body.heading.ground.z);
    this.#camera.updateProjectionMatrix();
    this.#renderer.setPixelRatio(Math.min(devicePixelRatio, MOST_RATIO));
    this.#renderer.setSize(width_px, height_px, false);
  }
}
