/**
 * A person's own figure brought to the rest that our bodies move from: facing +Z, feet on the ground, arms out. What its bones' own axes are does not
 * matter: each keeps its rest rotation, and the solved one goes before it.
 */
import { Box3, Group, type Object3D, Quaternion, Vector3 } from "three";
import { makeRig, type Rig, type RigBone } from "./rig";

/** How a bone of a file is turned from a solved figure: local = before · above⁻¹ · solved · after. */
export interface Rest {
  /** Inverse of its node's parent's rest rotation. */
  readonly before: Quaternion;
  /** Its own rest rotation. */
  readonly after: Quaternion;
  /** The bone of the rig above it, -1 for the hips. */
  readonly above: number;
}

export interface OwnRig {
  readonly figure: Group;
  readonly rig: Rig;
  /** In the order of the rig; null for bones that the file does not have. */
  readonly rests: readonly (Rest | null)[];
}

const SIDES = ["left", "right"] as const;
const FINGERS = ["Index", "Middle", "Ring", "Little"] as const;
/** Head joints outside this are taken as another unit, metres. */
const HEAD_M = { least: 0.4, most: 2.4, usual: 1.5 } as const;
/** An arm that hangs more than this below the T-pose is raised to it, a leg that stands out is straightened, radians. */
const SLACK = { arm: 0.08, leg: 0.35 } as const;

/** [bone, the bone above it in our rig, whether a body cannot do without it]. */
const ORDER: readonly (readonly [string, string | null, boolean])[] = [
  ["hips", null, true],
  ["spine", "hips", true],
  ["chest", "spine", false],
  ["neck", "chest", false],
  ["head", "neck", true],
  ["leftEye", "head", false],
  ["rightEye", "head", false],
  ...SIDES.flatMap((side) =>
    (
      [
        ["Shoulder", null, false],
        ["UpperArm", "Shoulder", true],
        ["LowerArm", "UpperArm", true],
        ["Hand", "LowerArm", true],
        ["ThumbMetacarpal", "Hand", false],
        ["ThumbProximal", "ThumbMetacarpal", false],
        ...FINGERS.flatMap((finger) => [
          [`${finger}Proximal`, "Hand", false] as const,
          [`${finger}Intermediate`, `${finger}Proximal`, false] as const,
        ]),
      ] as const
    ).map(([bone, above, needed]) => [side + bone, above === null ? "chest" : side + above, needed] as const),
  ),
  ...SIDES.flatMap((side) =>
    (["UpperLeg", "LowerLeg", "Foot", "Toes"] as const).map(
      (bone, i, all) => [side + bone, i ? side + all[i - 1]! : "hips", bone !== "Toes"] as const,
    ),
  ),
];

const a = new Vector3();
const b = new Vector3();
const q = new Quaternion();
const p = new Quaternion();

/** Takes `scene` into a figure. `nodes` are the file's bones by their VRM names. Throws with a sentence where no body can be moved. */
export function ownRig(scene: Object3D, nodes: ReadonlyMap<string, Object3D>): OwnRig {
  const bones = new Map(nodes);
  // Of two bones in the chest the upper one carries the arms.
  const upper = bones.get("upperChest");
  if (upper) bones.set("chest", upper);
  for (const [name, , needed] of ORDER) if (needed && !bones.has(name)) throw new Error(`The avatar has no ${name}.`);
  const figure = new Group();
  figure.add(scene);
  face(figure, bones);
  stretch(bones);
  measure(figure, bones.get("head")!);

  const made: RigBone[] = [];
  const index = new Map<string, number>();
  for (const [name, above] of ORDER) {
    const at = place(name, bones);
    if (!at || (above !== null && !index.has(above))) continue;
    index.set(name, made.length);
    made.push({ name, parent: above, x: at.x, y: at.y, z: at.z });
  }
  const byNode = new Map<Object3D, number>();
  for (const [name, i] of index) {
    const node = bones.get(name);
    if (node) byNode.set(node, i);
  }
  const rests = made.map(({ name }): Rest | null => {
    const node = bones.get(name);
    if (!node) return null;
    const before = new Quaternion();
    if (node.parent) node.parent.getWorldQuaternion(before).invert();
    let above = node.parent;
    while (above && !byNode.has(above)) above = above.parent;
    return { before, after: node.getWorldQuaternion(new Quaternion()), above: above ? byNode.get(above)! : -1 };
  });
  return { figure, rig: makeRig(made), rests };
}

/** Turned about the vertical, by quarters, until the left arm is on the left of who looks along +Z. */
function face(figure: Group, bones: ReadonlyMap<string, Object3D>): void {
  figure.updateMatrixWorld(true);
  a.setFromMatrixPosition(bones.get("leftUpperArm")!.matrixWorld);
  b.setFromMatrixPosition(bones.get("rightUpperArm")!.matrixWorld);
  a.sub(b);
  const quarter = Math.PI / 2;
  figure.rotation.y = Math.round(Math.atan2(a.z, a.x) / quarter) * quarter;
  figure.updateMatrixWorld(true);
}

/** Arms along ±X, legs down. */
function stretch(bones: ReadonlyMap<string, Object3D>): void {
  for (const [side, sign] of [
    ["left", 1],
    ["right", -1],
  ] as const) {
    for (const [from, to] of [
      ["UpperArm", "LowerArm"],
      ["LowerArm", "Hand"],
    ] as const)
      point(bones.get(side + from)!, bones.get(side + to)!, a.set(sign, 0, 0), SLACK.arm);
    for (const [from, to] of [
      ["UpperLeg", "LowerLeg"],
      ["LowerLeg", "Foot"],
    ] as const)
      point(bones.get(side + from)!, bones.get(side + to)!, a.set(0, -1, 0), SLACK.leg);
  }
}

/** Turns `bone` so that `next` lies in the direction `want` of it, when it is further off than `slack`. */
function point(bone: Object3D, next: Object3D, want: Vector3, slack: number): void {
  const from = new Vector3().setFromMatrixPosition(bone.matrixWorld);
  b.setFromMatrixPosition(next.matrixWorld).sub(from).normalize();
  if (b.lengthSq() < 0.5 || b.angleTo(want) < slack) return;
  q.setFromUnitVectors(b, want);
  bone.getWorldQuaternion(p).premultiply(q);
  bone.parent!.getWorldQuaternion(q).invert();
  bone.quaternion.copy(q.multiply(p));
  bone.updateMatrixWorld(true);
}

/** Metres, with the feet on the ground and the head above the origin. */
function measure(figure: Group, head: Object3D): void {
  const box = new Box3().setFromObject(figure, true);
  a.setFromMatrixPosition(head.matrixWorld);
  const tall = a.y - box.min.y;
  if (!(tall > 0) || !Number.isFinite(tall)) throw new Error("The avatar has no height.");
  const scale = tall < HEAD_M.least || tall > HEAD_M.most ? HEAD_M.usual / tall : 1;
  figure.scale.setScalar(scale);
  figure.position.set(-a.x * scale, -box.min.y * scale, -a.z * scale);
  figure.updateMatrixWorld(true);
}

/** Where a bone is; chest, neck and shoulders that a file does not have are between those that it has. Null for any other. */
function place(name: string, bones: ReadonlyMap<string, Object3D>): Vector3 | null {
  const at = (bone: string): Vector3 => new Vector3().setFromMatrixPosition(bones.get(bone)!.matrixWorld);
  if (bones.has(name)) return at(name);
  if (name === "chest") return at("spine").lerp(bones.has("neck") ? at("neck") : at("head"), 0.5);
  if (name === "neck") return at("head").lerp(at("spine"), 0.2);
  const side = SIDES.find((one) => name === `${one}Shoulder`);
  if (side) return at(`${side}UpperArm`).lerp(at(side === "left" ? "rightUpperArm" : "leftUpperArm"), 0.35);
  return null;
}
