/**
 * One thing in the hand: taken with a grab, shown at once, told to others as it goes, put down with its last place. What the server refuses glides
 * back. Holds follow one another: nothing is taken before the last thing has been put down.
 */
import { refusal } from "../net/requests";
import type { Transform } from "../net/protocol.gen";
import type { DragPlace } from "../net/drag";
import type { Answered, Unnumbered } from "../net/requests";
import type { Placed } from "../world/placed/placed";

export interface HoldPorts {
  request(request: Unnumbered): Promise<Answered>;
  drag(place: DragPlace): void;
  refused(error: unknown): void;
}

const DRAG_MS = 50;
/** A lease lives longer than this: who holds a thing still says so. */
const RENEW_MS = 1000;
/** After a release its event is nearly here; a line that breaks must not keep the thing in the air. */
const EVENT_MS = 3000;

interface Held {
  id: string;
  transform: Transform;
  granted: Promise<boolean>;
  sends: boolean;
  dirty: boolean;
  sent_ms: number;
}

export class Holds {
  readonly #placed: Placed;
  readonly #ports: HoldPorts;
  #held: Held | null = null;
  #before: Promise<void> = Promise.resolve();

  constructor(placed: Placed, ports: HoldPorts) {
    this.#placed = placed;
    this.#ports = ports;
  }

  get id(): string | null {
    return this.#held?.id ?? null;
  }

  /** Where the held thing is now. */
  get transform(): Transform | null {
    return this.#held?.transform ?? null;
  }

  /** False when somebody else has it. What is held already stays so. */
  take(id: string): boolean {
    if (this.#held?.id === id) return true;
    this.putDown();
    const thing = this.#placed.things.all.get(id);
    if (!thing) return false;
    if (thing.holder && thing.holder !== this.#placed.drags.own) {
      this.#ports.refused(refusal("held"));
      return false;
    }
    const transform = thing.transform();
    const held: Held = { id, transform, granted: this.#grab(id), sends: false, dirty: false, sent_ms: 0 };
    this.#held = held;
    this.#placed.things.hold(id, transform);
    void held.granted.then((granted) => {
      held.sends = granted;
      if (granted || this.#held !== held) return;
      this.#held = null;
      this.#placed.things.letGo(id);
    });
    return true;
  }

  async #grab(id: string): Promise<boolean> {
    await this.#before;
    try {
      await this.#ports.request({ type: "grab", entity: id });
      return true;
    } catch (error) {
      this.#ports.refused(error);
      return false;
    }
  }

  move(transform: Transform): void {
    const held = this.#held;
    if (!held) return;
    held.transform = transform;
    held.dirty = true;
    this.#placed.things.hold(held.id, transform);
  }

  /** Ends when the server has the new place; refusals are told, not thrown. */
  putDown(): Promise<void> {
    const held = this.#held;
    // What was put down before may still be on its way, and nothing may overtake it.
    if (!held) return this.#before;
    this.#held = null;
    const done = this.#release(held);
    this.#before = done;
    return done;
  }

  async #release({ id, transform, granted }: Held): Promise<void> {
    const { things, arrangement } = this.#placed;
    if (!(await granted)) return;
    try {
      const answer = await this.#ports.request({ type: "release", entity: id, transform });
      if (answer.type === "applied")
        await Promise.race([
          arrangement.reached(answer.op_sequence),
          new Promise((done) => setTimeout(done, EVENT_MS)),
        ]);
    } catch (error) {
      this.#ports.refused(error);
    }
    if (this.#held?.id !== id) things.letGo(id);
  }

  /** Call at every drawing. */
  update(now_ms: number): void {
    const held = this.#held;
    if (!held?.sends) return;
    const since = now_ms - held.sent_ms;
    if (since < (held.dirty ? DRAG_MS : RENEW_MS)) return;
    held.dirty = false;
    held.sent_ms = now_ms;
    const { position, rotation, scale } = held.transform;
    this.#ports.drag({ position, rotation: rotation ?? [0, 0, 0, 1], scale: scale ?? 1 });
  }
}
