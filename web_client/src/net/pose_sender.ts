/** When to send one's own pose: at most `pose_hz`, only when something changed, once more when it stopped, and every two seconds anyway. */
import { makePose, POSE, PoseEncoder, type PoseNumbers } from "./pose";
import { FLAG, STEP } from "./protocol.gen";

const KEEP_ALIVE_MS = 2000;
/** Half of what ten bits a part can tell apart. */
const ROTATION_STEP = 0.0007;
/** Timers are coarse: a frame this little early is on time, or a 60 Hz screen would send at 15 Hz. */
const SLACK_MS = 4;

export class PoseSender {
  readonly #encoder = new PoseEncoder();
  readonly #sent: PoseNumbers = makePose();
  #flags = -1;
  #sequence = 0;
  #sent_ms = -Infinity;
  #settled = false;
  #jump = false;
  #interval_ms = 50;
  origin: readonly number[] = [0, 0, 0];

  pace(pose_hz: number): void {
    this.#interval_ms = 1000 / pose_hz;
  }

  /** The next pose is a teleport: others must not see a slide. */
  jump(): void {
    this.#jump = true;
  }

  /** After a reconnection: whatever comes next is news. */
  forget(): void {
    this.#flags = -1;
    this.#sent_ms = -Infinity;
  }

  /** The bytes to send now, or null. The bytes belong to the sender: copy them before the next call. */
  offer(pose: PoseNumbers, flags: number, now_ms: number): Uint8Array | null {
    const since = now_ms - this.#sent_ms;
    if (since < this.#interval_ms - SLACK_MS) return null;
    const changed = this.#jump || flags !== this.#flags || this.#differs(pose, flags);
    if (!changed && this.#settled && since < KEEP_ALIVE_MS) return null;
    // One equal pose after the last different one tells others that the movement is over.
    this.#settled = !changed;
    this.#sent.set(pose);
    this.#flags = flags;
    this.#sent_ms = now_ms;
    this.#sequence = (this.#sequence + 1) & 0xff;
    const out = this.#encoder.encode(pose, flags | (this.#jump ? FLAG.jump : 0), this.#sequence, this.origin);
    this.#jump = false;
    return out;
  }

  #differs(pose: PoseNumbers, flags: number): boolean {
    const parts = flags & FLAG.hands ? POSE.size : POSE.left;
    for (let i = 0; i < parts; i++) {
      const step = i % 7 < 3 && i < POSE.curls ? STEP.position_m : ROTATION_STEP;
      if (!(Math.abs(pose[i]! - this.#sent[i]!) < step)) return true;
    }
    return false;
  }
}
