/** A round initial in a book cloth's colour; programs have a square with a machine in it. */
import type { Person } from "../net/protocol.gen";
import { el } from "./dom";
import { icon } from "./icons";

const CLOTHS = ["oxblood", "bottle", "navy", "umber", "slate", "plum", "ochre", "olive"] as const;

export function face(name: string, participant: string, role: Person["role"]): HTMLElement {
  if (role === "bot") return el("span", { class: "face face--bot", "aria-hidden": "true" }, icon("bot"));
  let sum = 0;
  for (const letter of participant) sum = (sum * 31 + letter.codePointAt(0)!) >>> 0;
  const initial = [...name.trim()][0]?.toUpperCase() ?? "·";
  return el("span", { class: `face c-${CLOTHS[sum % CLOTHS.length]}`, "aria-hidden": "true" }, initial);
}
