/** The library channel: letters that follow a person through the whole library, and their inbox after a gap. */
import { io, type Socket } from "socket.io-client";
import type { Acknowledgement, Letter } from "./protocol.gen";
import { refusal } from "./requests";

const ANSWER_MS = 10_000;

export interface LibraryListener {
  letter(letter: Letter): void;
  connected(connected: boolean): void;
}

export class LibraryChannel {
  readonly #socket: Socket;
  #last = 0;

  constructor(origin: string, listener: LibraryListener) {
    this.#socket = io(origin, { transports: ["websocket", "polling"], reconnectionDelayMax: 10_000 });
    this.#socket.on("connect", () => {
      listener.connected(true);
      // What came while we were away; what we had seen is forgotten there.
      this.#ask("inbox", { since: this.#last }).catch(() => undefined);
    });
    this.#socket.on("disconnect", () => listener.connected(false));
    this.#socket.on("letter", (letter: Letter) => {
      if (letter.number <= this.#last) return;
      this.#last = letter.number;
      listener.letter(letter);
    });
  }

  /** Words to somebody anywhere in the library; rejects with a Refusal. */
  async direct(to: string, text: string): Promise<void> {
    await this.#ask("direct", { to, text });
  }

  async invite(to: string): Promise<void> {
    await this.#ask("invite", { to });
  }

  dispose(): void {
    this.#socket.disconnect();
  }

  async #ask(event: string, payload: unknown): Promise<unknown> {
    let answer: Acknowledgement;
    try {
      answer = (await this.#socket.timeout(ANSWER_MS).emitWithAck(event, payload)) as Acknowledgement;
    } catch {
      throw refusal("offline");
    }
    if (!answer.ok) throw refusal(answer.code ?? "internal", answer.message ?? "", answer.retry_after_ms ?? null);
    return answer.data;
  }
}
