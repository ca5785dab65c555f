/**
 * What this browser remembers of a log. A log that once showed one history cannot show it another one unnoticed: the new checkpoint must
 * begin with the remembered one, or an alarm keeps both signed notes as evidence.
 */
import { same, utf8 } from "./bytes";
import type { Checkpoint } from "./checkpoint";
import { openCheckpoint } from "./checkpoint";
import { within } from "./database";
import { Invalid, LedgerError } from "./errors";
import { verifyConsistency } from "./merkle";
import { parseVkey } from "./note";
import type { Source } from "./tree";
import { Tree } from "./tree";

export interface Remembered {
  origin: string;
  vkey: string;
  /** The signed note, to the byte. */
  signed: string;
  size: number;
  seen_ms: number;
}

export interface Memory {
  all(): Promise<Remembered[]>;
  keep(one: Remembered): Promise<void>;
  /** Only ever because a person asked for it. */
  forget(origin: string): Promise<void>;
}

/** Remembers across visits. */
export class DatabaseMemory implements Memory {
  constructor(readonly database: IDBDatabase) {}

  all(): Promise<Remembered[]> {
    return within(this.database, "checkpoints", "readonly", (store) => store.getAll() as IDBRequest<Remembered[]>);
  }

  async keep(one: Remembered): Promise<void> {
    await within(this.database, "checkpoints", "readwrite", (store) => {
      const known = store.get(one.origin) as IDBRequest<Remembered | undefined>;
      // Another tab may have seen a longer list meanwhile: what is remembered never becomes shorter.
      known.onsuccess = () => {
        if ((known.result?.size ?? 0) <= one.size) store.put(one);
      };
      return known;
    });
  }

  async forget(origin: string): Promise<void> {
    await within(this.database, "checkpoints", "readwrite", (store) => store.delete(origin));
  }
}

/** Where the browser stores nothing: remembers until the page is left. */
export class PageMemory implements Memory {
  readonly #known = new Map<string, Remembered>();

  all(): Promise<Remembered[]> {
    return Promise.resolve([...this.#known.values()]);
  }

  keep(one: Remembered): Promise<void> {
    this.#known.set(one.origin, one);
    return Promise.resolve();
  }

  forget(origin: string): Promise<void> {
    this.#known.delete(origin);
    return Promise.resolve();
  }
}

/**
 * fork: two signed roots of one size, or a longer list that does not begin with the remembered one; the two notes alone prove it.
 * shorter: a signed list that lacks what was there, and whose missing part is not shown any more.
 * other_key, other_log: the address now answers with another key, or another log's name.
 */
export type AlarmKind = "fork" | "shorter" | "other_key" | "other_log";

export interface Alarm {
  type: "carrel-ledger-alarm-v1";
  kind: AlarmKind;
  origin: string;
  remembered: Remembered;
  shown: { vkey: string; signed: string; size: number; seen_ms: number };
  /** What was found, in a sentence for experts. */
  finding: string;
}

export class Alarmed extends Invalid {
  constructor(readonly alarm: Alarm) {
    super("forked", alarm.origin, alarm.finding);
  }
}

export type Seen =
  /** Nothing was remembered: from now on it is. */
  | { kind: "first" }
  | { kind: "same"; since_ms: number }
  /** The remembered list is the beginning of this one. */
  | { kind: "grown"; since_ms: number; from: number }
  /** An older list than the remembered one, and its beginning: a cache, or a server that lags. */
  | { kind: "behind"; since_ms: number; known: number };

/**
 * Compares a checked checkpoint with what is remembered, and remembers it when it is newer. `tree` is the shown list, `source` where tiles
 * of other sizes are. Throws Alarmed; what is remembered then stays as it was.
 */
export async function observe(
  memory: Memory,
  vkey: string,
  shown: Checkpoint,
  tree: Tree,
  source: Source,
  now_ms: number,
): Promise<Seen> {
  const next: Remembered = { origin: shown.origin, vkey, signed: shown.signed, size: shown.size, seen_ms: now_ms };
  const all = await memory.all();
  const known = all.find((one) => one.origin === shown.origin);
  const { origin: _, ...claim } = next;
  const alarm = (kind: AlarmKind, remembered: Remembered, finding: string): Alarmed =>
    new Alarmed({ type: "carrel-ledger-alarm-v1", kind, origin: remembered.origin, remembered, shown: claim, finding });
  if (!known) {
    const other = all.at(-1);
    if (other)
      throw alarm("other_log", other, `this address showed the log ${other.origin} before, and now ${shown.origin}.`);
    await memory.keep(next);
    return { kind: "first" };
  }
  if (known.vkey !== vkey) throw alarm("other_key", known, "the log's key is not the one that was shown before.");
  const before = await openCheckpoint(utf8(known.signed), await parseVkey(known.vkey), "the remembered checkpoint");
  const since_ms = known.seen_ms;
  if (shown.size === before.size) {
    if (!same(shown.root, before.root)) throw alarm("fork", known, `two roots were signed for size ${shown.size}.`);
    return { kind: "same", since_ms };
  }
  if (shown.size > before.size) {
    try {
      // An empty list is the beginning of every other one.
      if (before.size > 0) {
        const proof = await tree.consistency(before.size);
        await verifyConsistency(before.size, before.root, shown.size, shown.root, proof);
      }
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== "bad_proof") throw error;
      throw alarm("fork", known, `the list of ${shown.size} does not begin with the remembered one of ${before.size}.`);
    }
    await memory.keep(next);
    return { kind: "grown", since_ms, from: before.size };
  }
  await checkOlder(before, shown, source, (kind, finding) => alarm(kind, known, finding));
  return { kind: "behind", since_ms, known: before.size };
}

/** The shown list is shorter: it may be old, but what came after it must still be there and begin with it. */
async function checkOlder(
  before: Checkpoint,
  shown: Checkpoint,
  source: Source,
  alarm: (kind: AlarmKind, finding: string) => Alarmed,
): Promise<void> {
  let longer: Tree;
  try {
    longer = await Tree.open(source, before.size, before.root);
  } catch (error) {
    if (!(error instanceof LedgerError) || !["not_found", "bad_tile"].includes(error.code)) throw error;
    throw alarm("shorter", `${before.size} entries were signed before; now ${shown.size}, and the rest is not shown.`);
  }
  try {
    if (shown.size > 0) {
      const proof = await longer.consistency(shown.size);
      await verifyConsistency(shown.size, shown.root, before.size, before.root, proof);
    }
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== "bad_proof") throw error;
    throw alarm("fork", `the remembered list of ${before.size} does not begin with the shown one of ${shown.size}.`);
  }
}

/** The alarm as a file that others can check without this browser: both signed notes, whole. */
export function evidence(alarm: Alarm): string {
  return `${JSON.stringify(alarm, null, 2)}\n`;
}
