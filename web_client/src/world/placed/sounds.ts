/** Sound that somebody started: it comes from where its thing stands. One at a time, and only for who pressed play. */
import type { Quaternion, Vector3 } from "three";
import type { Thing } from "./thing";

const NEAR_M = 1.5;
const FAR_M = 18;

export class Sounds {
  #context: AudioContext | null = null;
  #panner: PannerNode | null = null;
  #element: HTMLAudioElement | null = null;
  #playing: string | null = null;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get playing(): string | null {
    return this.#playing;
  }

  /** Must be called from a press. Rejects when the browser cannot play it. */
  async play(thing: Thing, url: string): Promise<void> {
    this.stop();
    this.#context ??= new AudioContext();
    const element = new Audio(url);
    const panner = new PannerNode(this.#context, {
      panningModel: "HRTF",
      distanceModel: "inverse",
      refDistance: NEAR_M,
      maxDistance: FAR_M,
    });
    this.#context.createMediaElementSource(element).connect(panner).connect(this.#context.destination);
    this.#element = element;
    this.#panner = panner;
    this.#playing = thing.id;
    element.addEventListener("ended", () => this.stop(), { once: true });
    this.move(thing);
    await this.#context.resume();
    try {
      await element.play();
    } catch (error) {
      this.stop();
      throw error;
    }
    this.#changed();
  }

  stop(): void {
    if (!this.#playing) return;
    this.#element?.pause();
    this.#panner?.disconnect();
    this.#element = this.#panner = this.#playing = null;
    this.#changed();
  }

  move({ position: { x, y, z } }: Thing): void {
    const panner = this.#panner;
    if (!panner) return;
    panner.positionX.value = x;
    panner.positionY.value = y;
    panner.positionZ.value = z;
  }

  /** Where one listens from. */
  update(head: Vector3, rotation: Quaternion): void {
    const listener = this.#context?.listener;
    if (!listener || !this.#playing) return;
    const { x, y, z, w } = rotation;
    // Some browsers have only the older calls.
    if (listener.positionX) {
      listener.positionX.value = head.x;
      listener.positionY.value = head.y;
      listener.positionZ.value = head.z;
      listener.forwardX.value = -2 * (x * z + w * y);
      listener.forwardY.value = -2 * (y * z - w * x);
      listener.forwardZ.value = -(1 - 2 * (x * x + y * y));
    } else {
      listener.setPosition(head.x, head.y, head.z);
      listener.setOrientation(-2 * (x * z + w * y), -2 * (y * z - w * x), -(1 - 2 * (x * x + y * y)), 0, 1, 0);
    }
  }

  dispose(): void {
    this.stop();
    void this.#context?.close();
  }
}
