/** A tracked hand as rounded bones: a ball at each joint, a rod between each two. Two draws, no model to fetch. */
import {
  type BufferGeometry,
  CylinderGeometry,
  DynamicDrawUsage,
  type Group,
  InstancedMesh,
  Matrix4,
  MeshBasicMaterial,
  Quaternion,
  SphereGeometry,
  Vector3,
  type XRHandSpace,
} from "three";

const FINGERS = ["thumb", "index-finger", "middle-finger", "ring-finger", "pinky-finger"] as const;
const PARTS = ["metacarpal", "phalanx-proximal", "phalanx-intermediate", "phalanx-distal", "tip"] as const;
/** Each finger from the wrist out; a thumb has no intermediate bone. */
const CHAINS: readonly XRHandJoint[][] = FINGERS.map((finger) => [
  "wrist",
  ...PARTS.filter((part) => finger !== "thumb" || part !== "phalanx-intermediate").map(
    (part) => `${finger}-${part}` as XRHandJoint,
  ),
]);
const MOST = 32;
const SKIN = 0xb98a68;
const SHADE = 0xa87a5a;
type Instances = InstancedMesh<BufferGeometry, MeshBasicMaterial>;

const UP = new Vector3(0, 1, 0);
const LEAST_RADIUS_METRES = 0.006;

/** Four fingers beside the thumb, from the knuckle out: how far each is closed is how far its tip has turned from its root. */
const KNUCKLE = "phalanx-proximal";
const CLOSED_RAD = 3.2;
const rootTurn = new Quaternion();

/** How far each finger of a tracked hand is closed, thumb first, 0 open … 1 closed; null where joints are missing. */
export function curlsOf(joints: XRHandSpace["joints"], out: number[]): number[] | null {
  for (let i = 0; i < FINGERS.length; i++) {
    const root = joints[`${FINGERS[i]!}-${i ? "metacarpal" : KNUCKLE}` as XRHandJoint];
    const end = joints[`${FINGERS[i]!}-phalanx-distal` as XRHandJoint];
    if (!root || !end) return null;
    const angle = rootTurn.copy(root.quaternion).angleTo(end.quaternion);
    out[i] = Math.min(1, angle / (i ? CLOSED_RAD : CLOSED_RAD / 3));
  }
  return out;
}

export class JointHand {
  readonly #balls: Instances;
  readonly #rods: Instances;
  readonly #matrix = new Matrix4();
  readonly #scale = new Vector3();
  readonly #middle = new Vector3();
  readonly #along = new Vector3();
  readonly #turn = new Quaternion();

  constructor(rig: Group) {
    this.#balls = instanced(new SphereGeometry(1, 12, 8), SKIN);
    this.#rods = instanced(new CylinderGeometry(1, 1, 1, 10, 1, true), SHADE);
    rig.add(this.#balls, this.#rods);
  }

  set visible(visible: boolean) {
    this.#balls.visible = this.#rods.visible = visible;
  }

  /** Joints are in the rig's space, as the balls are. */
  update({ joints }: XRHandSpace): void {
    let balls = 0;
    let rods = 0;
    for (const chain of CHAINS) {
      let before: Vector3 | null = null;
      for (const name of chain) {
        const joint = joints[name];
        if (!joint) continue;
        const radius = Math.max(LEAST_RADIUS_METRES, (joint as { jointRadius?: number }).jointRadius ?? 0.008) * 0.92;
        this.#balls.setMatrixAt(
          balls++,
          this.#matrix.compose(joint.position, joint.quaternion, this.#scale.setScalar(radius)),
        );
        if (before) this.#rod(rods++, before, joint.position, radius * 0.96);
        before = joint.position;
      }
    }
    this.#balls.count = balls;
    this.#rods.count = rods;
    this.#balls.instanceMatrix.needsUpdate = this.#rods.instanceMatrix.needsUpdate = true;
  }

  #rod(index: number, from: Vector3, to: Vector3, radius: number): void {
    this.#along.subVectors(to, from);
    const length = this.#along.length() || 1e-6;
    this.#middle.addVectors(from, to).multiplyScalar(0.5);
    this.#turn.setFromUnitVectors(UP, this.#along.divideScalar(length));
    this.#rods.setMatrixAt(
      index,
      this.#matrix.compose(this.#middle, this.#turn, this.#scale.set(radius, length, radius)),
    );
  }

  dispose(): void {
    for (const part of [this.#balls, this.#rods]) {
      part.removeFromParent();
      part.geometry.dispose();
      part.material.dispose();
      part.dispose();
    }
  }
}

function instanced(geometry: BufferGeometry, color: number): Instances {
  const mesh: Instances = new InstancedMesh(
    geometry,
    new MeshBasicMaterial({ color, toneMapped: false, fog: false }),
    MOST,
  );
  mesh.instanceMatrix.setUsage(DynamicDrawUsage);
  mesh.frustumCulled = false;
  mesh.count = 0;
  return mesh;
}
