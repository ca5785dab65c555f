/** Name and look that a person asked this device to remember. */
import type { Look } from "../net/protocol.gen";
import { deviceStore } from "./settings_store";

const PLACE = "carrel.entry";
const NAME_CHARS = 64;

export interface EntryMemory {
  name: string;
  look: Look;
}

export function recallEntry(store: Storage | null = deviceStore()): EntryMemory | null {
  try {
    const kept = JSON.parse(store?.getItem(PLACE) ?? "null") as EntryMemory | null;
    if (!kept || typeof kept.name !== "string" || kept.name.length > NAME_CHARS) return null;
    return { name: kept.name, look: typeof kept.look === "object" && kept.look ? kept.look : {} };
  } catch {
    return null;
  }
}

/** Null forgets. */
export function rememberEntry(entry: EntryMemory | null, store: Storage | null = deviceStore()): void {
  try {
    if (entry) store?.setItem(PLACE, JSON.stringify(entry));
    else store?.removeItem(PLACE);
  } catch {
    // The device keeps nothing: then neither do we.
  }
}
