/** From what a headset says of a hand to the hand that is sent: at the palm, fingers along −Z, its back towards +Y. */
import { Quaternion, Vector3 } from "three";

export type Side = "left" | "right";

/**
 * WebXR's grip: −Z along a held rod towards the thumb, +Y towards the arm, the back of the hand towards +X (right) or −X (left).
 * Fingers stretched out therefore point along −Y.
 */
const FROM_GRIP: Readonly<Record<Side, Quaternion>> = {
  right: new Quaternion(-0.5, -0.5, -0.5, 0.5),
  left: new Quaternion(-0.5, 0.5, 0.5, 0.5),
};
/** A tracked wrist already has fingers along −Z and its back up; the palm lies ahead of it. */
const WRIST_TO_PALM_METRES = 0.07;
const ahead = new Vector3();

/** Changes a grip's place and turn in the room into the hand's. */
export function fromGrip(side: Side, rotation: Quaternion): void {
  rotation.multiply(FROM_GRIP[side]);
}

/** Changes a tracked wrist's place in the room into the palm's. */
export function fromWrist(position: Vector3, rotation: Quaternion): void {
  position.addScaledVector(ahead.set(0, 0, -1).applyQuaternion(rotation), WRIST_TO_PALM_METRES);
}
