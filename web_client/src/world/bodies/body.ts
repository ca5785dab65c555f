/** One near body: a skinned look that takes poses, breathes, blinks, speaks and can be away. */
import {
  type DataTexture,
  Group,
  type Material,
  type Matrix4,
  type Object3D,
  Quaternion,
  type ShaderMaterial,
  type SkinnedMesh,
  Vector3,
} from "three";
import { clone } from "three/addons/utils/SkeletonUtils.js";
import { FLAG } from "../../net/protocol.gen";
import { type Ambient, type AmbientProbe, makeAmbient, warmAmbient } from "./ambient";
import { BodyIk, makeStance } from "./body_ik";
import { bodyMaterial, paletteTexture } from "./body_material";
import { type Build, Heading } from "./heading";
import { isMesh, isSkinned, type Look, type NearModel } from "./look";
import { ownMaterial } from "./own_material";
import type { Face } from "./own_models";
import type { Rest } from "./own_rig";
import { PALETTE } from "./palette";

const FAINT_S = 0.6;
const BLINK_S = 0.17;
const LIGHT_EVERY_S = 0.4;
const FLOATING: ReadonlySet<string> = new Set(["hips", "head"]);

export class Body {
  readonly root = new Group();
  readonly triangles: number;
  /** 0 … 1, from the voice. */
  mouth = 0;
  /** 0 … 1, a friendlier face (reactions, greeting). */
  smile = 0.25;
  /** 0 … 1, how much of it is seen. */
  seen = 1;
  readonly heading = new Heading();
  readonly #ik: BodyIk;
  readonly #stance = makeStance();
  readonly #build: Build;
  readonly #bones: readonly (Object3D | null)[];
  readonly #parents: Int16Array;
  readonly #rests: readonly (Rest | null)[] | null;
  readonly #meshes: SkinnedMesh[] = [];
  readonly #materials: ShaderMaterial[] = [];
  readonly #palette: DataTexture;
  readonly #paletteData = new Uint8Array(PALETTE.bytes);
  readonly #light: Ambient = makeAmbient();
  readonly #probe: AmbientProbe;
  #time_s: number;
  #nextBlink_s: number;
  #lit_s = Infinity;
  #away = 0;
  #flags = 0;
  #jaw = 0;
  readonly #headIndex: number;
  readonly #faces: { influences: number[]; face: Face }[] = [];
  readonly #turn = new Quaternion();
  /** From the figure's space to that of the node above the hips, where the two differ. */
  #hipsSpace: Matrix4 | null = null;

  /** `seed` keeps two people from blinking together. */
  constructor(look: Look, model: NearModel, probe: AmbientProbe = warmAmbient, seed = 0) {
    this.#probe = probe;
    this.#ik = new BodyIk(model.rig);
    this.triangles = model.triangles;
    this.#build = {
      head_m: this.#ik.restHead_m,
      hips_m: this.#ik.restHips_m,
      height_m: model.height_m ?? look.height_m,
      wheelchair: look.wheelchair && !model.rests,
    };
    this.#rests = model.rests ?? null;
    const scene = clone(model.scene);
    this.root.add(scene);
    this.#palette = paletteTexture(this.#paletteData, PALETTE.rows);
    const byName = new Map<string, Object3D>();
    const made = new Map<Material, ShaderMaterial>();
    scene.traverse((o) => {
      byName.set(o.name, o);
      if (!isMesh(o)) return;
      const mesh = o as SkinnedMesh;
      const old = mesh.material as Material;
      let material = made.get(old);
      if (!material) {
        material = model.rests
          ? ownMaterial(old, this.#light)
          : bodyMaterial(this.#palette, this.#light, old.name === "gloss" ? 1 : 0);
        made.set(old, material);
        this.#materials.push(material);
      }
      mesh.material = material;
      mesh.frustumCulled = false;
      if (isSkinned(mesh)) this.#meshes.push(mesh);
      const morphs = mesh.morphTargetDictionary;
      if (morphs && mesh.morphTargetInfluences) {
        const at = (name: string): [number, number][] => (name in morphs ? [[morphs[name]!, 1]] : []);
        const face = mesh.userData["face"] as Face | undefined;
        this.#faces.push({
          influences: mesh.morphTargetInfluences,
          face: face ?? { blink: at("blink"), aa: at("aa"), smile: at("smile") },
        });
      }
    });
    this.#bones = model.rig.names.map((n) => byName.get(n) ?? null);
    const above = model.rests ? byName.get("hips")?.parent : null;
    if (above) {
      scene.updateMatrixWorld(true);
      this.#hipsSpace = above.matrixWorld.clone().invert();
    }
    this.#parents = model.rig.parents;
    this.#headIndex = model.rig.index.get("head") ?? 0;
    this.#time_s = (seed * 7.31) % 5;
    this.#nextBlink_s = this.#time_s + 1 + ((seed * 3.7) % 3);
  }

  /** Whether it is a figure of a person's own. */
  get own(): boolean {
    return this.#rests !== null;
  }

  /** The palette bytes to write colours into, followed by `repaint`. */
  get palette(): Uint8Array {
    return this.#paletteData;
  }

  repaint(): void {
    this.#palette.needsUpdate = true;
  }

  /** Takes the newest pose: numbers laid out as `POSE` from index `at`, wire flags, the floor's height (metres), seconds since the last. */
  setPose(pose: Float32Array, at: number, flags: number, ground_m: number, dt: number): void {
    this.#flags = flags;
    this.heading.apply(pose, at, flags, ground_m, this.#build, dt, this.#stance);
  }

  /** Where the top of the head is, room metres: name plates stand above it. */
  crown(out: Vector3): Vector3 {
    return out
      .copy(this.#ik.position[this.#headIndex]!)
      .setY(out.y + 0.26)
      .applyMatrix4(this.root.matrixWorld);
  }

  /** Face, breath, light and the solved pose; call once a frame after `setPose`. */
  update(dt: number): void {
    this.#time_s += dt;
    this.#stance.breath = Math.sin(this.#time_s * 1.5);
    this.#ik.solve(this.#stance);
    this.root.position.copy(this.heading.ground);
    this.heading.rotation(this.root.quaternion);
    const { position, rotation } = this.#ik;
    for (let i = 0; i < this.#bones.length; i++) {
      const bone = this.#bones[i];
      if (!bone) continue;
      const rest = this.#rests?.[i];
      if (rest) {
        this.#settle(bone, rest, i);
        continue;
      }
      const parent = this.#parents[i]!;
      if (parent < 0) {
        bone.quaternion.copy(rotation[i]!);
        bone.position.copy(position[i]!);
      } else {
        bone.quaternion.copy(rotation[parent]!).invert().multiply(rotation[i]!);
        // A guide without limbs floats: its head and body move freely, below a parent that never turns.
        if (!this.#ik.limbed && FLOATING.has(bone.name)) bone.position.copy(position[i]!).sub(position[parent]!);
      }
    }
    this.#face(dt);
    const away = (this.#flags & FLAG.away) !== 0 ? 1 : 0;
    this.#away += (away - this.#away) * Math.min(1, dt / FAINT_S);
    for (const { uniforms } of this.#materials) {
      uniforms["away"]!.value = this.#away;
      uniforms["seen"]!.value = this.seen;
    }
    this.root.visible = this.seen > 0;
    this.#lit_s += dt;
    if (this.#lit_s > LIGHT_EVERY_S) {
      this.#lit_s = 0;
      this.#probe(this.heading.ground, this.#light);
    }
  }

  /** A bone of a person's own file: its rest, with the solved turn before it. */
  #settle(bone: Object3D, rest: Rest, i: number): void {
    const { position, rotation } = this.#ik;
    bone.quaternion.copy(rest.before);
    if (rest.above >= 0) bone.quaternion.multiply(this.#turn.copy(rotation[rest.above]!).invert());
    bone.quaternion.multiply(rotation[i]!).multiply(rest.after);
    // The hips carry the rest; where they are is solved in the figure's space, and theirs lies inside that.
    if (rest.above < 0 && this.#hipsSpace) bone.position.copy(position[i]!).applyMatrix4(this.#hipsSpace);
  }

  #face(dt: number): void {
    const since = this.#time_s - this.#nextBlink_s;
    let lid = since < 0 ? 0 : since < BLINK_S ? Math.sin((Math.PI * since) / BLINK_S) : 0;
    if (since > BLINK_S) this.#nextBlink_s = this.#time_s + 1.8 + 3.4 * fraction(this.#time_s * 12.9898);
    if (this.#away > 0.5) lid = 0.75;
    const jaw = Math.min(1, Math.max(0, this.mouth));
    this.#jaw += (jaw - this.#jaw) * Math.min(1, dt * 18);
    const open = this.#jaw * (0.75 + 0.25 * Math.sin(this.#time_s * 17));
    const smile = this.smile * (1 - 0.4 * open);
    for (const { influences, face } of this.#faces) {
      for (const [morph, share] of face.blink) influences[morph] = lid * share;
      for (const [morph, share] of face.aa) influences[morph] = open * share;
      for (const [morph, share] of face.smile) influences[morph] = smile * share;
    }
  }

  dispose(): void {
    this.root.removeFromParent();
    this.#palette.dispose();
    for (const m of this.#materials) m.dispose();
    for (const m of this.#meshes) m.skeleton.dispose();
  }
}

function fraction(x: number): number {
  const f = Math.sin(x) * 43758.5453;
  return f - Math.floor(f);
}
