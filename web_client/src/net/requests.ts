/** Requests in flight: each gets its answer, or `timeout`, or `offline` when the line goes; never silence. */
import type { Answer, Applied, Result, RoomRequest, Welcome } from "./protocol.gen";

/** A request before it has its number. */
export type Unnumbered<T = RoomRequest> = T extends { id: number } ? Omit<T, "id"> : never;

/** An answer that is no refusal. `applied` says that a change of the scene is durable, and its number. */
export type Answered = Result | Applied | Welcome;

export interface Refusal {
  code: string;
  detail: string;
  retryAfterMs: number | null;
}

export function refusal(code: string, detail = "", retryAfterMs: number | null = null): Refusal {
  return { code, detail, retryAfterMs };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "code" in value && "retryAfterMs" in value;
}

interface Waiting {
  resolve: (answer: Answered) => void;
  reject: (refusal: Refusal) => void;
  due_ms: number;
}

export const ANSWER_MS = 10_000;
const MOST = 64;

export class Requests {
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  /** Sends through `send` what `begin` numbered; ends with the answer. */
  begin(
    request: Unnumbered,
    send: (request: RoomRequest) => void,
    now_ms: number,
    answer_ms = ANSWER_MS,
  ): Promise<Answered> {
    if (this.#waiting.size >= MOST) return Promise.reject(refusal("too_many_requests", "", 1000));
    const id = this.#next;
    this.#next = (this.#next + 1) >>> 0 || 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, due_ms: now_ms + answer_ms });
      send({ ...request, id } as RoomRequest);
    });
  }

  /** True when somebody waited for it. */
  answer(answer: Answer): boolean {
    const waiting = answer.id === null ? undefined : this.#waiting.get(answer.id);
    if (!waiting) return false;
    this.#waiting.delete(answer.id as number);
    if (answer.type === "failure") waiting.reject(refusal(answer.code, answer.message, answer.retry_after_ms ?? null));
    else waiting.resolve(answer);
    return true;
  }

  expire(now_ms: number): void {
    for (const [id, waiting] of this.#waiting) {
      if (waiting.due_ms > now_ms) continue;
      this.#waiting.delete(id);
      waiting.reject(refusal("timeout"));
    }
  }

  drop(code = "offline"): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiting of all) waiting.reject(refusal(code));
  }
}
