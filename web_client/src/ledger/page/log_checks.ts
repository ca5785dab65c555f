/** The checks that every page makes of the log as a whole: its signature, its files, this browser's memory, its witnesses. */
import type { Words } from "../../i18n/words";
import { openCheckpoint, type Checkpoint } from "../checkpoint";
import { verifyCosignature } from "../cosignature";
import { Invalid, LedgerError } from "../errors";
import { observe, PageMemory, type Memory, type Seen } from "../memory";
import { MOST_NOTE_BYTES, parseVkey } from "../note";
import { enough, parsePolicy } from "../policy";
import { Tree, type Source } from "../tree";
import type { Status } from "./api";
import type { Check, Found } from "./checks";
import { moment } from "./words";

export class LogChecks {
  #checkpoint: Checkpoint | null = null;
  #tree: Tree | null = null;

  constructor(
    readonly status: Status,
    readonly source: Source,
    /** The same files past any cache. */
    readonly fresh: Source,
    readonly memory: Memory,
    readonly words: Words,
    readonly now_ms: () => number,
  ) {}

  /** The checked list; only once `all` went well. */
  get tree(): Tree {
    if (!this.#tree) throw new Error("The list was not opened.");
    return this.#tree;
  }

  get all(): Check[] {
    return [
      ["checkpoint", () => this.#signed()],
      ["tree", () => this.#whole()],
      ["memory", () => this.#known()],
      ["witnesses", () => this.#witnessed()],
    ];
  }

  async #signed(): Promise<Found> {
    const data = await this.fresh("checkpoint", MOST_NOTE_BYTES);
    this.#checkpoint = await openCheckpoint(data, await parseVkey(this.status.vkey));
    return { detail: this.words.t("ledger.step.checkpoint.text", { size: this.#checkpoint.size }) };
  }

  async #whole(): Promise<Found> {
    const { size, root } = this.#checkpoint as Checkpoint;
    try {
      this.#tree = await Tree.open(this.source, size, root);
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== "bad_tile") throw error;
      // What this browser keeps may be of another history than what is signed now: that is for the memory to say, from today's files.
      this.#tree = await Tree.open(this.fresh, size, root);
    }
    return { detail: this.words.t("ledger.step.tree.text") };
  }

  async #known(): Promise<Found> {
    const checkpoint = this.#checkpoint as Checkpoint;
    const seen = await observe(this.memory, this.status.vkey, checkpoint, this.tree, this.fresh, this.now_ms());
    if (this.memory instanceof PageMemory) return { detail: this.words.t("ledger.step.memory.page"), state: "idle" };
    return { detail: this.#seen(seen), state: seen.kind === "first" ? "idle" : "ok" };
  }

  #seen(seen: Seen): string {
    const t = this.words.t;
    if (seen.kind === "first") return t("ledger.step.memory.first");
    const when = moment(this.words, seen.since_ms);
    if (seen.kind === "same") return t("ledger.step.memory.same", { when });
    if (seen.kind === "grown") return t("ledger.step.memory.grown", { when, from: seen.from });
    return t("ledger.step.memory.behind", { known: seen.known });
  }

  async #witnessed(): Promise<Found> {
    const policy = await parsePolicy(this.status.policy);
    if (policy.witnesses.size === 0) return { detail: this.words.t("ledger.step.witnesses.none"), state: "idle" };
    const { note } = this.#checkpoint as Checkpoint;
    const cosigned: string[] = [];
    for (const [name, witness] of policy.witnesses)
      if ((await verifyCosignature(note, witness, "checkpoint")) !== null) cosigned.push(name);
    const names = cosigned.join(", ") || "–";
    if (!enough(policy, cosigned))
      throw new Invalid("bad_note", "checkpoint", this.words.t("ledger.step.witnesses.few", { names }));
    return { detail: names };
  }
}
