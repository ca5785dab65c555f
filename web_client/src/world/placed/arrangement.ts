/** This page's replica of the room's arrangement: fetched once, then changed by the room's events in their order. */
import type { Operated, Placement } from "../../net/protocol.gen";

export interface Fetched {
  op_sequence: number;
  placed: readonly Placement[];
}

export interface ArrangementListener {
  put(placement: Placement, by: string | null): void;
  gone(id: string, by: string | null): void;
  /** All that is placed now; what was known before no longer holds. */
  reset(placed: Iterable<Placement>): void;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20_000;

export class Arrangement {
  readonly placed = new Map<string, Placement>();
  op_sequence = -1;
  readonly #listener: ArrangementListener;
  readonly #fetch: (url: string) => Promise<Fetched>;
  readonly #sleep: (ms: number) => Promise<void>;
  #url: string | null = null;
  #waiting: { op_sequence: number; resolve: () => void }[] = [];
  /** Counts fetches: what an older one still brings is not taken. */
  #generation = 0;
  /** Events that came while the arrangement was on its way; null when it is here. */
  #early: Operated[] | null = [];

  constructor(
    listener: ArrangementListener,
    fetch: (url: string) => Promise<Fetched>,
    sleep: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ) {
    this.#listener = listener;
    this.#fetch = fetch;
    this.#sleep = sleep;
  }

  /** True when what is placed is known. */
  get known(): boolean {
    return this.#early === null;
  }

  /** After a welcome. A resumed visit that knows the arrangement keeps it, for the missed events follow. Ends when it is here. */
  async open(url: string, resumed: boolean): Promise<void> {
    if (resumed && this.known && url === this.#url) return;
    this.#url = url;
    await this.#load();
  }

  /** Ends when the operation of this number is known here. */
  reached(op_sequence: number): Promise<void> {
    if (this.op_sequence >= op_sequence) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ op_sequence, resolve }));
  }

  #tellReached(): void {
    for (const { op_sequence, resolve } of this.#waiting) if (op_sequence <= this.op_sequence) resolve();
    this.#waiting = this.#waiting.filter(({ op_sequence }) => op_sequence > this.op_sequence);
  }

  operated(event: Operated): void {
    if (this.#early) this.#early.push(event);
    else this.#apply(event);
  }

  async #load(): Promise<void> {
    const generation = ++this.#generation;
    this.#early ??= [];
    for (let wait_ms = FIRST_WAIT_MS; ; wait_ms = Math.min(2 * wait_ms, LONGEST_WAIT_MS)) {
      const fetched = await this.#fetch(this.#url!).catch(() => null);
      if (generation !== this.#generation) return;
      if (fetched) return this.#take(fetched);
      await this.#sleep(wait_ms);
      if (generation !== this.#generation) return;
    }
  }

  #take({ op_sequence, placed }: Fetched): void {
    this.placed.clear();
    for (const placement of placed) this.placed.set(placement.entity.id, placement);
    this.op_sequence = op_sequence;
    this.#listener.reset(this.placed.values());
    const early = this.#early ?? [];
    this.#early = null;
    for (const event of early) this.operated(event);
    this.#tellReached();
  }

  #apply(event: Operated): void {
    const { op_sequence, by, put = [], gone = [], reload } = event;
    if (op_sequence <= this.op_sequence) return;
    // Operations are numbered without gaps: one that was missed would never be known.
    if (reload || op_sequence > this.op_sequence + 1) {
      this.#early = [];
      void this.#load();
      return;
    }
    this.op_sequence = op_sequence;
    for (const placement of put) {
      this.placed.set(placement.entity.id, placement);
      this.#listener.put(placement, by);
    }
    for (const id of gone) if (this.placed.delete(id)) this.#listener.gone(id, by);
    this.#tellReached();
  }
}
