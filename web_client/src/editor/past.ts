/** Earlier states of the room: read, looked at by this person alone, brought back for everybody. */
import { sendJson } from "../net/http";
import type { Arranged, PastOperation, Restored, SceneHistory } from "../net/protocol.gen";
import { type Bench, inTrouble } from "./bench";

export class Past {
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  #path(what: string): string {
    return `/api/rooms/${encodeURIComponent(this.#bench.room)}/${what}`;
  }

  /** Newest first, from before an operation. Rejects with a Trouble, as the others do. */
  async history(before?: number): Promise<SceneHistory> {
    const query = before === undefined ? "" : `?before=${before}`;
    return await sendJson<SceneHistory>(this.#path(`history${query}`)).catch(inTrouble);
  }

  /** The room as it was after an operation, or with null as it is. */
  async view(operation: PastOperation | null): Promise<void> {
    const { state, world, arrangement_url } = this.#bench;
    const url = operation && `${arrangement_url}?at=${operation.op_sequence}`;
    const earlier = url && (await sendJson<Arranged>(url).catch(inTrouble));
    world.things.show(earlier ? earlier.placed : null);
    state.arrange.past.value = operation;
    this.#bench.stale = true;
  }

  async restore(op_sequence: number): Promise<void> {
    const body = JSON.stringify({ op_sequence });
    const { left_out } = await sendJson<Restored>(this.#path("restore"), { method: "POST", body }).catch(inTrouble);
    await this.view(null);
    if (left_out) this.#bench.say("arrange.restored_part", { count: left_out });
    else this.#bench.say("arrange.restored");
  }
}
