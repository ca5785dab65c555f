/** Pictures of placed works: the nearest have their texture, everything else shows its card in the frame. One draw each. */
import {
  Mesh,
  MeshBasicMaterial,
  type Object3D,
  PlaneGeometry,
  SphereGeometry,
  SRGBColorSpace,
  Texture,
  Vector3,
} from "three";
import type { Quality } from "../stage";
import type { Thing } from "./thing";
import { pictureUrl, type Works } from "./works";

export const MOST_PICTURES = { high: 40, low: 16 } as const;
export const PICTURE_FAR_M = 30;
const PIXELS = { high: 1024, low: 512 } as const;
/** Textures kept for who comes back to where they were. */
const KEPT = 2;
const AT_ONCE = 3;
/** Even in a dark corner a picture can be made out. */
const LEAST_LIGHT = 0.3;

/** `none`: the work is there and has no picture. */
type State = "coming" | "failed" | "none" | Texture;

export class Pictures {
  readonly #root: Object3D;
  readonly #works: Works;
  readonly #quality: Quality;
  readonly #plane = new PlaneGeometry(1, 1);
  readonly #sphere = new SphereGeometry(0.5, 32, 20);
  /** By work and page; in the order of use, the oldest first. */
  readonly #textures = new Map<string, State>();
  readonly #meshes = new Map<Thing, Mesh<PlaneGeometry | SphereGeometry, MeshBasicMaterial>>();
  readonly #changed: () => void;
  #under_way = 0;
  #gone = false;

  constructor(root: Object3D, works: Works, quality: Quality, changed: () => void) {
    this.#root = root;
    this.#works = works;
    this.#quality = quality;
    this.#changed = changed;
  }

  /** Its picture cannot be had. */
  failed(thing: Thing): boolean {
    return this.#textures.get(keyOf(thing)) === "failed";
  }

  /** It has none: its card says what it is. */
  none(thing: Thing): boolean {
    return this.#textures.get(keyOf(thing)) === "none";
  }

  /** The nearest things with a picture, nearest first. */
  fill(things: readonly Thing[]): void {
    const shown = new Set(things);
    for (const [thing, mesh] of this.#meshes)
      if (!shown.has(thing)) {
        mesh.removeFromParent();
        mesh.material.dispose();
        this.#meshes.delete(thing);
      }
    for (const thing of things) {
      const key = keyOf(thing);
      const state = this.#textures.get(key);
      if (state === undefined) this.#fetch(key, thing);
      else {
        this.#textures.delete(key);
        this.#textures.set(key, state);
        if (typeof state === "object") this.#show(thing, state);
      }
    }
    const most = MOST_PICTURES[this.#quality] * KEPT;
    for (const [key, state] of this.#textures) {
      if (this.#textures.size <= most) break;
      if (typeof state !== "object") continue;
      state.dispose();
      this.#textures.delete(key);
    }
  }

  move(thing: Thing): void {
    const mesh = this.#meshes.get(thing);
    if (mesh) lay(thing, mesh);
  }

  #show(thing: Thing, texture: Texture): void {
    let mesh = this.#meshes.get(thing);
    if (!mesh) {
      const geometry = thing.kind === "panorama" ? this.#sphere : this.#plane;
      mesh = new Mesh(geometry, new MeshBasicMaterial());
      this.#meshes.set(thing, mesh);
      this.#root.add(mesh);
    }
    if (mesh.material.map !== texture) {
      mesh.material.map = texture;
      mesh.material.needsUpdate = true;
    }
    lay(thing, mesh);
  }

  #fetch(key: string, thing: Thing): void {
    if (this.#under_way >= AT_ONCE) return;
    this.#under_way++;
    this.#textures.set(key, "coming");
    const { work, page } = thing.entity.media!;
    void this.#works
      .get(work)
      .then((known): Promise<Texture | "none"> | "none" => {
        const pixels = PIXELS[this.#quality];
        const url = known && pictureUrl(known, page ?? 1, pixels);
        return known && !url ? ("none" as const) : loadTexture(url, pixels);
      })
      .then(
        (state) => {
          if (this.#gone) return state === "none" ? undefined : state.dispose();
          this.#textures.set(key, state);
        },
        () => this.#textures.set(key, "failed"),
      )
      .finally(() => {
        this.#under_way--;
        if (!this.#gone) this.#changed();
      });
  }

  /** Asks again for what was not to be had. */
  retry(work: string): void {
    this.#works.forget(work);
    for (const [key, state] of this.#textures)
      if (state === "failed" && key.startsWith(work)) this.#textures.delete(key);
  }

  dispose(): void {
    this.#gone = true;
    this.fill([]);
    for (const state of this.#textures.values()) if (typeof state === "object") state.dispose();
    this.#plane.dispose();
    this.#sphere.dispose();
  }
}

function keyOf({ entity: { media } }: Thing): string {
  return `${media!.work} ${media!.page ?? 1}`;
}

/** A picture of at most `pixels` on its longer side. Rejects when there is no address or no picture. */
export async function loadTexture(url: string | null, pixels: number): Promise<Texture> {
  if (!url) throw new Error("no picture");
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const blob = await response.blob();
  let image = await createImageBitmap(blob, { imageOrientation: "flipY" });
  const share = pixels / Math.max(image.width, image.height);
  if (share < 1) {
    const whole = image;
    image = await createImageBitmap(whole, {
      resizeWidth: Math.max(1, Math.round(whole.width * share)),
      resizeHeight: Math.max(1, Math.round(whole.height * share)),
      resizeQuality: "high",
    });
    whole.close();
  }
  const texture = new Texture(image);
  texture.colorSpace = SRGBColorSpace;
  // The bitmap was turned over when it was read.
  texture.flipY = false;
  texture.anisotropy = 4;
  texture.needsUpdate = true;
  texture.addEventListener("dispose", () => image.close());
  return texture;
}

const front = new Vector3();

function lay(thing: Thing, mesh: Mesh<PlaneGeometry | SphereGeometry, MeshBasicMaterial>): void {
  const { media } = thing.entity;
  mesh.quaternion.copy(thing.rotation);
  mesh.position.copy(thing.position);
  front.set(0, 0, 1).applyQuaternion(thing.rotation);
  if (thing.kind === "panorama") mesh.scale.setScalar(thing.scale * media!.size[0]);
  else {
    const [width, height] = media!.size;
    mesh.scale.set(width * thing.scale, height * thing.scale, 1);
    mesh.position.addScaledVector(front, (thing.size.z / 2) * thing.scale + 0.002);
  }
  const { r, g, b } = thing.light.on(front, mesh.material.color);
  const least = Math.max(1, LEAST_LIGHT / Math.max(1e-3, 0.3 * r + 0.6 * g + 0.1 * b));
  mesh.material.color.multiplyScalar(least);
}
