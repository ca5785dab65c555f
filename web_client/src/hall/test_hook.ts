/** What tests may read of the page: `window.carrelHall`. They act by input events alone. */
import type { World } from "../world/world";
import type { HallState } from "./state";
import type { Visit } from "./visit";

export function publishHook(state: HallState, visit: Visit, world: World | null): void {
  const { channel } = visit;
  const hook = {
    get phase() {
      return state.phase.value;
    },
    get self() {
      const self = state.self.value;
      const head = world?.pose.head;
      return (
        self && {
          participant: self.participant,
          slot: self.slot,
          name: self.name,
          position: head ? [head.x, head.y, head.z] : null,
          heading: world?.walker.heading ?? 0,
        }
      );
    },
    get people() {
      const all = world?.inhabitants.all;
      return state.people.value
        .filter((person) => !person.self)
        .map(({ participant, name, role, slot, look }) => {
          const presence = all?.get(slot);
          return {
            participant,
            name,
            role,
            slot,
            look,
            position: presence?.known ? presence.head.toArray() : null,
            hands: presence?.hasHands ? { left: presence.left.toArray(), right: presence.right.toArray() } : undefined,
            away: presence?.away ?? false,
            seated: presence?.seated ?? false,
            fullRate: presence?.fullRate ?? false,
          };
        });
    },
    /** How many people are seen in avatars that they brought. */
    get ownShown() {
      return world?.inhabitants.ownShown ?? 0;
    },
    /** What people have placed, as it is seen now. */
    get placed() {
      const placed = world?.things;
      return [...(placed?.things.all.values() ?? [])].map((thing) => ({
        id: thing.id,
        label: placed!.name(thing),
        kind: thing.kind,
        ...thing.transform(),
        caption: thing.entity.caption?.text ?? null,
        holder: thing.holder,
        /** The server's word, where nothing glides or is carried. */
        settled: thing
          .transform()
          .position.every((metres, i) => Math.abs(metres - thing.entity.transform.position[i]!) < 1e-3),
      }));
    },
    get arranging() {
      const { on, placing, chosen, uploads, rights, past } = state.arrange;
      return {
        on: on.value,
        placing: placing.value,
        chosen: chosen.value,
        uploads: uploads.value,
        rights: rights.value,
        past: past.value,
        known: world?.things.arrangement.known ?? false,
      };
    },
    get frames() {
      return channel.frames;
    },
    get rendered() {
      return world?.stage.rendered ?? 0;
    },
    get renderInfo() {
      return { calls: 0, triangles: 0, fps: 0, ...world?.stage.info };
    },
    /** Titles painted on the spines near by, of how many; and the book on the card. */
    get books() {
      return { ...world?.hall?.titles, card: state.book.value?.title ?? null };
    },
    get seated() {
      return state.seated.value;
    },
    get headset() {
      return state.headset.value;
    },
    get room_ms() {
      return channel.room_ms;
    },
    get rtt_ms() {
      return channel.rtt_ms;
    },
    get transport() {
      return channel.transport;
    },
  };
  Object.defineProperty(window, "carrelHall", { value: Object.freeze(hook), configurable: false, writable: false });
}
