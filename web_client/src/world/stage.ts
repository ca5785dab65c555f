/** Canvas, renderer, camera and the rig it stands on; the loop that draws them and the figures of what was drawn. */
import { ACESFilmicToneMapping, Color, Group, PerspectiveCamera, Scene, SRGBColorSpace, WebGLRenderer } from "three";
import { Cleanup } from "../hall/signal";

export type Quality = "high" | "low";

export interface StageOptions {
  quality: Quality;
  /** False keeps network and state going without drawing anything. */
  draws: boolean;
  /** True when nobody chose the quality: then it falls when the first frames are slow. */
  guessed?: boolean;
}

const FIELD_OF_VIEW = 62;
/** A person standing in a portrait window needs more height to see as much to the sides. */
const PORTRAIT_FIELD_OF_VIEW = 74;
const LONGEST_STEP_S = 0.1;
const PIXEL_RATIO_MOST = { high: 2, low: 1 } as const;
/** Who has the high tier keeps every pixel: name plates must stay legible. */
const PIXEL_RATIO_LEAST = { high: 1, low: 0.6 } as const;
/** Below and above these the picture is made coarser or finer, step by step. */
const SLOW_FPS = 32;
const QUICK_FPS = 57;
const ADAPT_S = 2;
/** A whole frame that takes longer is not made by a graphics card that could do more than the low tier. */
const SLOW_FRAME_MS = 70;
const TRIED_FRAMES = 2;

export class Stage {
  readonly renderer: WebGLRenderer | null;
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.05, 160);
  /** The floor under a person: moved by walking; the camera (or the headset) is inside it. */
  readonly rig = new Group();
  readonly canvas: HTMLCanvasElement;
  quality: Quality;
  /** While true nothing is drawn: something else covers the canvas. */
  asleep = false;
  readonly info = { calls: 0, triangles: 0, fps: 0 };
  rendered = 0;
  readonly #cleanup = new Cleanup();
  readonly #container: HTMLElement;
  #last_ms = 0;
  #counted = 0;
  #since_ms = 0;
  #ratio: number;
  #guessed: boolean;
  #timer = 0;

  /** Throws when there is no WebGL 2. */
  constructor(container: HTMLElement, { quality, draws, guessed }: StageOptions) {
    this.#container = container;
    this.quality = quality;
    this.#guessed = guessed === true;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "hall-canvas";
    this.canvas.tabIndex = 0;
    Object.assign(this.canvas.style, { position: "absolute", inset: "0", width: "100%", height: "100%" });
    this.canvas.style.touchAction = "none";
    this.canvas.style.display = "block";
    container.prepend(this.canvas);
    this.#ratio = Math.min(devicePixelRatio, PIXEL_RATIO_MOST[quality]);
    this.renderer = draws ? this.#makeRenderer(quality) : null;
    this.scene.background = new Color(0.02, 0.016, 0.012);
    this.rig.add(this.camera);
    this.scene.add(this.rig);
    this.camera.rotation.order = "YXZ";
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(container);
    this.#cleanup.add(() => observer.disconnect());
    this.#resize();
  }

  #makeRenderer(quality: Quality): WebGLRenderer {
    const renderer = new WebGLRenderer({
      canvas: this.canvas,
      antialias: quality === "high",
      powerPreference: "high-performance",
    });
    renderer.outputColorSpace = SRGBColorSpace;
    renderer.toneMapping = ACESFilmicToneMapping;
    renderer.xr.enabled = true;
    renderer.info.autoReset = true;
    return renderer;
  }

  #resize(): void {
    const width = Math.max(1, this.#container.clientWidth);
    const height = Math.max(1, this.#container.clientHeight);
    this.camera.aspect = width / height;
    this.camera.fov = this.camera.aspect < 1 ? PORTRAIT_FIELD_OF_VIEW : FIELD_OF_VIEW;
    this.camera.updateProjectionMatrix();
    if (!this.renderer || this.renderer.xr.isPresenting) return;
    this.renderer.setPixelRatio(this.#ratio);
    this.renderer.setSize(width, height, false);
  }

  get presenting(): boolean {
    return this.renderer?.xr.isPresenting ?? false;
  }

  /** Calls `update` before every drawing, with seconds since the last one and the frame of the headset when there is one. */
  run(update: (dt: number, now_ms: number, frame: XRFrame | null) => void): void {
    const step = (now_ms: number, frame: XRFrame | null): void => {
      const dt = Math.min(LONGEST_STEP_S, Math.max(0.001, (now_ms - this.#last_ms) / 1000));
      this.#last_ms = now_ms;
      update(dt, now_ms, frame);
      this.#draw(now_ms);
    };
    if (this.renderer) {
      this.renderer.setAnimationLoop((now_ms, frame) => step(now_ms, frame ?? null));
      this.#cleanup.add(() => this.renderer?.setAnimationLoop(null));
    } else {
      this.#timer = window.setInterval(() => step(performance.now(), null), 33);
      this.#cleanup.add(() => clearInterval(this.#timer));
    }
  }

  /** Compiles and uploads what the scene needs, so that its first frame is not late. */
  async warm(): Promise<void> {
    const { renderer, scene, camera } = this;
    if (!renderer) return;
    // Without this extension waiting for programs only polls.
    if (renderer.extensions.has("KHR_parallel_shader_compile")) await renderer.compileAsync(scene, camera);
    renderer.render(scene, camera);
  }

  /** Lowers a guessed quality when whole frames of the scene as it is are slow. True when it did: materials must be made anew. */
  async lowered(): Promise<boolean> {
    if (!this.renderer || !this.#guessed || this.quality === "low") return false;
    await this.warm();
    if (quickestFrame_ms(this.renderer, this.scene, this.camera) < SLOW_FRAME_MS) return false;
    this.quality = "low";
    this.#ratio = Math.min(this.#ratio, PIXEL_RATIO_MOST.low);
    this.#resize();
    return true;
  }

  #draw(now_ms: number): void {
    if (!this.renderer) return;
    if (this.asleep && !this.presenting) {
      this.#counted = 0;
      this.#since_ms = now_ms;
      return;
    }
    this.renderer.render(this.scene, this.camera);
    this.rendered++;
    this.info.calls = this.renderer.info.render.calls;
    this.info.triangles = this.renderer.info.render.triangles;
    this.#counted++;
    const passed_s = (now_ms - this.#since_ms) / 1000;
    if (passed_s < ADAPT_S) return;
    this.info.fps = this.#counted / passed_s;
    this.#counted = 0;
    this.#since_ms = now_ms;
    this.#adapt();
  }

  /** Fewer pixels before fewer frames. */
  #adapt(): void {
    if (this.presenting || document.hidden) return;
    const most = Math.min(devicePixelRatio, PIXEL_RATIO_MOST[this.quality]);
    const ratio =
      this.info.fps < SLOW_FPS
        ? Math.max(PIXEL_RATIO_LEAST[this.quality], this.#ratio * 0.85)
        : this.info.fps > QUICK_FPS
          ? Math.min(most, this.#ratio * 1.1)
          : this.#ratio;
    if (Math.abs(ratio - this.#ratio) < 0.01) return;
    this.#ratio = ratio;
    this.#resize();
  }

  dispose(): void {
    this.#cleanup.dispose();
    this.renderer?.dispose();
    this.canvas.remove();
  }
}

/** Reading one pixel back makes the browser wait until the frame is really done. */
function quickestFrame_ms(renderer: WebGLRenderer, scene: Scene, camera: PerspectiveCamera): number {
  const gl = renderer.getContext();
  const pixel = new Uint8Array(4);
  let quickest = Infinity;
  for (let i = 0; i < TRIED_FRAMES; i++) {
    const began = performance.now();
    renderer.render(scene, camera);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
    quickest = Math.min(quickest, performance.now() - began);
  }
  return quickest;
}

/** `?quality=` wins, then what the person set, then a guess: software renderers and small phones draw simply. */
export function chooseQuality(asked: string | null, set: "auto" | Quality): Quality {
  if (asked === "low" || asked === "high") return asked;
  if (set !== "auto") return set;
  const probe = document.createElement("canvas").getContext("webgl2");
  if (!probe) return "low";
  const names = probe.getExtension("WEBGL_debug_renderer_info");
  const name = String(probe.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : probe.RENDERER));
  probe.getExtension("WEBGL_lose_context")?.loseContext();
  return guessQuality(name, navigator.hardwareConcurrency);
}

/** By the renderer's name and the number of processor cores. */
export function guessQuality(renderer: string, cores: number): Quality {
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer) || cores <= 2 ? "low" : "high";
}

export function hasWebGl(): boolean {
  const probe = document.createElement("canvas").getContext("webgl2");
  // A context more would live as long as the page.
  probe?.getExtension("WEBGL_lose_context")?.loseContext();
  return probe !== null;
}
