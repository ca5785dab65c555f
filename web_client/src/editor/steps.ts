/** What a key press does to a thing: small sure steps in the directions of the view, on the grid. */
import { Quaternion, Vector3 } from "three";
import type { Transform } from "../net/protocol.gen";
import type { Step } from "./contract";
import { ANGLE, clampScale, GRID_M, snapped, turned, yawOf } from "./snap";

const COARSE = 10;
/** Without the grid a step is this part of one. */
const FINE = 0.2;
const SCALE_STEP = 0.05;

/** `heading` is where the person looks: 0 along −Z, positive left. */
export function stepped(from: Transform, step: Step, hangs: boolean, heading: number, free: boolean): Transform {
  const position = new Vector3(...from.position);
  const rotation = new Quaternion(...(from.rotation ?? [0, 0, 0, 1]));
  const scale = from.scale ?? 1;
  const to: Transform = { ...from, scale };
  if (step.do === "turn") {
    const angle = free ? ANGLE * FINE : ANGLE;
    to.rotation = turned(snapped(yawOf(rotation) + step.sign * angle, angle, free));
    return to;
  }
  if (step.do === "scale") {
    const by = free ? SCALE_STEP * FINE : SCALE_STEP;
    to.scale = clampScale(snapped(scale + step.sign * by, by, false));
    return to;
  }
  const metres = GRID_M * (step.coarse ? COARSE : 1) * (free ? FINE : 1);
  if (step.do === "lift") position.y = snapped(position.y + step.up * metres, GRID_M, free);
  else if (hangs) {
    // Along its wall, as one sees it who stands before it.
    const right = new Vector3(1, 0, 0).applyQuaternion(rotation);
    moveAlong(position, right, step.right * metres, free);
    position.y = snapped(position.y + step.forward * metres, GRID_M, free || step.forward === 0);
  } else {
    const quarter = Math.round(heading / (Math.PI / 2)) * (Math.PI / 2);
    const [sin, cos] = [Math.round(Math.sin(quarter)), Math.round(Math.cos(quarter))];
    const dx = (cos * step.right - sin * step.forward) * metres;
    const dz = (-sin * step.right - cos * step.forward) * metres;
    if (dx) position.x = snapped(position.x + dx, GRID_M, free);
    if (dz) position.z = snapped(position.z + dz, GRID_M, free);
  }
  to.position = position.toArray();
  return to;
}

function moveAlong(position: Vector3, along: Vector3, metres: number, free: boolean): void {
  if (!metres) return;
  const t = position.dot(along);
  position.addScaledVector(along, snapped(t + metres, GRID_M, free) - t);
}
