/** What the lists say of a person. */
import type { Participant } from "../hall/state";
import type { Context } from "./context";

/** Roles that stand as a badge beside the name. */
export const BADGED: ReadonlySet<string> = new Set(["admin", "bot", "creator", "librarian", "moderator"]);

/** What is true of a person now, in words. */
export function about({ state, words: { t } }: Pick<Context, "state" | "words">, person: Participant): string {
  const place = state.whereabouts.value.get(person.participant);
  const { x, z } = state.where.value;
  const facts = [
    person.blocked && t("people.blocked"),
    person.hand_raised && t("people.hand"),
    person.role === "bot" && t("people.bot"),
    person.away && t("people.away"),
    person.muted && !person.blocked && t("people.muted"),
    place && !person.self && t("people.distance", { metres: Math.round(Math.hypot(place.x - x, place.z - z)) }),
  ];
  return facts.filter(Boolean).join(t("list.comma"));
}
