/** Everything a person can do, carried out by the visit and the world. */
import type { ArrangeActions } from "../editor/contract";
import { sendJson } from "../net/http";
import type { Moderate, Report } from "../net/protocol.gen";
import { isRefusal, refusal, type Unnumbered } from "../net/requests";
import type { World } from "../world/world";
import type { HallActions, HallState } from "./state";
import { trouble, type Visit } from "./visit";

export interface HeadsetDoor {
  enter(): Promise<void>;
}

interface Pairing {
  code: string;
  url: string;
  svg?: string;
  expires_unix_ms?: number;
  expires_ms?: number;
}

export function makeActions(
  state: HallState,
  visit: Visit,
  world: World | null,
  headset: HeadsetDoor,
  arrange: ArrangeActions,
): HallActions {
  /** Answers of the room, refused ones as `Trouble`. */
  const ask = async (request: Unnumbered): Promise<void> => {
    await visit.channel.request(request).catch((error: unknown) => {
      throw trouble(isRefusal(error) ? error : refusal("internal", String(error)));
    });
  };
  return {
    enter: (name, look) => visit.enter(name, look),
    leave: () => visit.leave(),
    retry() {
      if (state.phase.value === "failed" && visit.welcome) location.reload();
      else if (state.phase.value === "failed") void visit.enter(null, null).catch(() => undefined);
      else visit.channel.retry();
    },
    say: (scope, text, to) => (scope === "direct" && to ? visit.direct(to, text) : ask({ type: "say", scope, text })),
    react: (reaction) => ask({ type: "react", reaction }),
    raiseHand: (raised) => ask({ type: "raise_hand", raised }),
    setAway: (away) => ask({ type: "set_away", away }),
    setLook: (name, look) => ask({ type: "set_look", name, look }),
    mute: (participant, muted) => ask({ type: "mute", participant, muted }),
    block: (participant, blocked) => ask({ type: "block", participant, blocked }),
    report: (participant, reason, note) =>
      ask({ type: "report", participant, reason: reason as Report["reason"], note }),
    moderate: (participant, act, reason, minutes) =>
      ask({ type: "moderate", participant, act: act as Moderate["act"], reason, minutes }),
    goSafe: () => ask({ type: "go_safe" }),
    goTo: (place) => world?.goTo(place),
    stand: () => world?.stand(),
    enterHeadset: () => headset.enter(),
    arrange,
    async pairingCode() {
      const answer = await sendJson<Pairing>("/api/pairing", { method: "POST", body: "{}" }).catch((error: unknown) => {
        throw trouble(isRefusal(error) ? error : refusal("internal", String(error)));
      });
      const expiresMs = answer.expires_unix_ms ?? Date.now() + (answer.expires_ms ?? 300_000);
      return { code: answer.code, url: answer.url, expiresMs, ...(answer.svg ? { svg: answer.svg } : {}) };
    },
  };
}
