/** One's own head and hands as the numbers that are sent. */
import { type Quaternion, Quaternion as Q, Vector3 } from "three";
import { FINGERS, makePose, POSE, writeCurl } from "../net/pose";
import { FLAG } from "../net/protocol.gen";
import type { Walker } from "./walker";

const UP = new Vector3(0, 1, 0);
const RIGHT = new Vector3(1, 0, 0);

export class OwnPose {
  readonly numbers = makePose();
  flags = 0;
  readonly head = new Vector3();
  readonly rotation: Quaternion = new Q();
  readonly #tilt = new Q();

  /** From the walking body on a screen. */
  fromWalker(walker: Walker): void {
    this.head.copy(walker.shown);
    this.head.y += walker.eye_metres;
    this.rotation.setFromAxisAngle(UP, walker.heading).multiply(this.#tilt.setFromAxisAngle(RIGHT, walker.pitch));
    this.flags = walker.seated ? FLAG.seated : 0;
    this.#head();
  }

  /** From a headset, in room metres. A hand that is not tracked keeps where it was last. */
  fromHeadset(head: Vector3, rotation: Quaternion, seated: boolean): void {
    this.head.copy(head);
    this.rotation.copy(rotation);
    this.flags = FLAG.hands | (seated ? FLAG.seated : 0);
    this.#head();
  }

  hand(side: "left" | "right", position: Vector3, rotation: Quaternion): void {
    this.flags |= FLAG[side];
    position.toArray(this.numbers, POSE[side]);
    rotation.toArray(this.numbers, side === "left" ? POSE.leftRotation : POSE.rightRotation);
  }

  /** How far the fingers of a hand are closed, thumb first, 0 … 1. */
  fingers(side: "left" | "right", curls: readonly number[]): void {
    this.flags |= FLAG.fingers;
    for (let finger = 0; finger < FINGERS; finger++) writeCurl(this.numbers, side, finger, curls[finger] ?? 0);
  }

  #head(): void {
    this.head.toArray(this.numbers, POSE.head);
    this.rotation.toArray(this.numbers, POSE.rotation);
  }
}
