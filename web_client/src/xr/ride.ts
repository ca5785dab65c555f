/** Moving the rig under a headset: the person's own steps stay theirs, everything else moves the floor they stand on. */
import { type Object3D, Quaternion, Vector3 } from "three";
import type { Ground } from "../world/collider";
import { EYE_METRES } from "../world/walker";

const UP = new Vector3(0, 1, 0);

export class Ride {
  /** Of the head, in room metres. */
  readonly head = new Vector3();
  readonly rotation = new Quaternion();
  /** Under the head, on the floor. */
  readonly feet = new Vector3();
  heading = 0;
  readonly #rig: Object3D;
  readonly #local = new Vector3();
  readonly #ahead = new Vector3();
  readonly #offset = new Vector3();
  #lift = 0;
  #eyes_metres: number | null = null;

  constructor(rig: Object3D) {
    this.#rig = rig;
  }

  /**
   * Reads the head. `transform` is the viewer's in the rig's space; `eyes_metres` the height over the floor where the eyes shall be whatever the
   * body at home does, null for its own.
   */
  read(transform: XRRigidTransform, eyes_metres: number | null): void {
    const { position, orientation } = transform;
    this.#local.set(position.x, position.y, position.z);
    if (eyes_metres !== this.#eyes_metres) this.#raise(eyes_metres, position.y);
    this.#rig.updateMatrixWorld(true);
    this.head.copy(this.#local).applyMatrix4(this.#rig.matrixWorld);
    this.rotation.set(orientation.x, orientation.y, orientation.z, orientation.w).premultiply(this.#rig.quaternion);
    this.#ahead.set(0, 0, -1).applyQuaternion(this.rotation);
    if (Math.hypot(this.#ahead.x, this.#ahead.z) > 1e-3) this.heading = Math.atan2(-this.#ahead.x, -this.#ahead.z);
    this.feet.set(this.head.x, this.#rig.position.y - this.#lift, this.head.z);
  }

  /** The floor is moved once, and leaning stays leaning. Who sits at home and stands in the hall is only ever raised. */
  #raise(wanted_metres: number | null, own_metres: number): void {
    const before = this.#lift;
    this.#eyes_metres = wanted_metres;
    const lift = wanted_metres === null ? 0 : wanted_metres - own_metres;
    this.#lift = wanted_metres === EYE_METRES ? Math.max(0, lift) : lift;
    this.#rig.position.y += this.#lift - before;
  }

  /** Puts the head over `place`; the floor of the rig is the floor there. */
  to(place: Vector3): void {
    this.#rig.position.x += place.x - this.head.x;
    this.#rig.position.z += place.z - this.head.z;
    this.#rig.position.y = place.y + this.#lift;
  }

  /** Turns round the head, so that one stays where one is. */
  turn(radians: number): void {
    this.#offset.subVectors(this.#rig.position, this.head).setY(0).applyAxisAngle(UP, radians);
    this.#rig.rotation.y += radians;
    this.#rig.position.x = this.head.x + this.#offset.x;
    this.#rig.position.z = this.head.z + this.#offset.z;
  }

  /** Glides by stick; walls hold as they do for walkers. */
  glide(forward: number, sideways: number, metres: number, ground: Ground): void {
    const sin = Math.sin(this.heading);
    const cos = Math.cos(this.heading);
    this.#offset.copy(this.feet);
    ground.slide(this.#offset, (-sin * forward + cos * sideways) * metres, (-cos * forward - sin * sideways) * metres);
    const floor = ground.floor(this.#offset.x, this.#offset.y + 0.36, this.#offset.z);
    if (floor !== null) this.#offset.y = floor;
    this.to(this.#offset);
  }
}
