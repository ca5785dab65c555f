/** Lines of talk as elements, and the log that shows those of one scope. */
import { Cleanup } from "../hall/signal";
import type { ChatLine, Scope } from "../hall/state";
import type { Context } from "./context";
import { button, el } from "./dom";
import { face } from "./face";
import { BADGED } from "./person_words";

const MOST_SHOWN = 200;
const NEAR_END_PX = 40;

/** Lines of `scope`; of direct ones only those with `partner`, when there is one. */
export function linesOf(lines: readonly ChatLine[], scope: Scope, partner: string | null): ChatLine[] {
  return lines
    .filter(
      (line) =>
        line.scope === scope && (scope !== "direct" || !partner || line.from === partner || line.to === partner),
    )
    .slice(-MOST_SHOWN);
}

export class ChatLog {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #cleanup = new Cleanup();
  readonly #rows = new Map<number, HTMLElement>();
  readonly #below: HTMLButtonElement;
  readonly #log: HTMLElement;

  constructor(context: Context) {
    const { state, model, words } = context;
    this.#context = context;
    this.#log = el("div", {
      class: "log",
      role: "log",
      tabindex: 0,
      "aria-label": words.t("chat.log"),
      id: "chat-log",
    });
    this.#below = button(words.t("chat.new"), () => this.#toEnd(), { icon: "down", kind: "btn--small log__below" });
    this.#below.hidden = true;
    this.element = el("div", { class: "logbox" }, this.#log, this.#below);
    for (const signal of [state.chat, model.scope, model.partner])
      this.#cleanup.add((signal.watch as (listener: () => void) => () => void)(() => this.#refresh()));
    this.#cleanup.listen(this.#log, "scroll", () => {
      if (this.#atEnd()) this.#below.hidden = true;
    });
  }

  dispose(): void {
    this.#cleanup.dispose();
  }

  #refresh(): void {
    const { state, model, words } = this.#context;
    const scope = model.scope.value;
    const shown = linesOf(state.chat.value, scope, model.partner.value);
    const stay = this.#atEnd();
    const wanted = new Set(shown.map(({ id }) => id));
    for (const [id, row] of this.#rows)
      if (!wanted.has(id)) {
        row.remove();
        this.#rows.delete(id);
      }
    const fresh = shown.filter(({ id }) => !this.#rows.has(id));
    for (const line of fresh) {
      const row = chatRow(this.#context, line);
      this.#rows.set(line.id, row);
      this.#log.append(row);
    }
    this.#log.querySelectorAll(".msg__sys").forEach((row) => row.remove());
    if (shown.length === 0) this.#log.append(el("p", { class: "msg__sys log__empty" }, words.t(`chat.empty.${scope}`)));
    if (stay || fresh.some(({ own }) => own)) this.#toEnd();
    else if (fresh.length > 0) this.#below.hidden = false;
  }

  #atEnd(): boolean {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_END_PX;
  }

  #toEnd(): void {
    this.#below.hidden = true;
    queueMicrotask(() => (this.#log.scrollTop = this.#log.scrollHeight));
  }
}

export function chatRow(context: Context, line: ChatLine): HTMLElement {
  const { model, words } = context;
  const { t } = words;
  const who = el("p", { class: "msg__who" }, line.own ? t("chat.you") : line.name);
  if (!line.own && BADGED.has(line.role)) who.append(" ", el("span", { class: "role" }, t(`role.${line.role}`)));
  if (line.scope === "direct" && line.own && line.to)
    who.append(" ", el("span", { class: "muted" }, t("chat.to", { name: nameOf(context, line.to) })));
  who.append(" ", el("time", { datetime: line.at.toISOString() }, words.time(line.at)));
  const row = el(
    "div",
    { class: line.own ? "msg msg--me" : "msg" },
    face(line.name, line.from, line.role),
    who,
    el("div", { class: "msg__text", dir: "auto" }, line.text),
  );
  if (!line.own)
    who.append(
      button(
        t("chat.more", { name: line.name }),
        () => {
          model.peoplePage.value = { kind: "person", participant: line.from };
          model.panel.value = "people";
        },
        { icon: "more", wordless: true, kind: "btn--plain msg__more" },
      ),
    );
  return row;
}

export function nameOf({ state }: Context, participant: string): string {
  return state.people.value.find((person) => person.participant === participant)?.name ?? "…";
}
