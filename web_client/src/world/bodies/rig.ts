/** A look's skeleton as plain numbers: bone names in parent-first order, parents, and rest positions in figure space (metres, facing +Z). */
import { Vector3 } from "three";

export interface Rig {
  readonly names: readonly string[];
  /** Index of each bone's parent, -1 below the armature. */
  readonly parents: Int16Array;
  readonly rest: readonly Vector3[];
  readonly index: ReadonlyMap<string, number>;
}

export interface RigBone {
  readonly name: string;
  readonly parent: string | null;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Makes a rig; throws when a parent comes after its child, which no shipped file does. */
export function makeRig(bones: readonly RigBone[]): Rig {
  const index = new Map<string, number>();
  const parents = new Int16Array(bones.length).fill(-1);
  bones.forEach((bone, i) => {
    if (bone.parent !== null) {
      const parent = index.get(bone.parent);
      if (parent === undefined) throw new Error(`Bone ${bone.name} comes before its parent ${bone.parent}.`);
      parents[i] = parent;
    }
    index.set(bone.name, i);
  });
  return { names: bones.map((b) => b.name), parents, rest: bones.map((b) => new Vector3(b.x, b.y, b.z)), index };
}

/** The bones that a body with limbs must have; anything else (the guide) only floats. */
export function hasLimbs(rig: Rig): boolean {
  return rig.index.has("leftUpperArm") && rig.index.has("leftUpperLeg");
}
