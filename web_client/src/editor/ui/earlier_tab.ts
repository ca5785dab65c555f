/** Earlier states of the room: who did what when, to be looked at and brought back. */
import { asTrouble, attempt, troubleWords, wordsFace, type Context, type Part } from "../../ui/context";
import { button, el } from "../../ui/dom";
import { Cleanup } from "../../hall/signal";
import type { PastOperation } from "../../net/protocol.gen";
import { bcp47 } from "../../i18n/words";

export function earlierTab(context: Context): Part {
  const { state, actions, words } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  let gone = false;
  cleanup.add(() => (gone = true));
  const list = el("ul", { class: "arrange__past" });
  const note = el("p", { class: "muted" }, t("arrange.earlier.coming"));
  const more = button(t("arrange.earlier.more"), () => void read(last), { kind: "btn--small" }, { hidden: true });
  const date = new Intl.DateTimeFormat(bcp47(words.language), { dateStyle: "medium", timeStyle: "short" });
  let last: number | undefined;
  let first = true;
  const row = (operation: PastOperation, oldest: number, newest: number): HTMLElement => {
    const { op_sequence, at_unix_ms, name, kind } = operation;
    const what = t(`arrange.past.${kind}`);
    const kept = op_sequence >= oldest;
    return el(
      "li",
      {},
      el("span", {}, el("b", {}, what), ` · ${name} · ${date.format(new Date(at_unix_ms))}`),
      kept && op_sequence < newest
        ? el(
            "span",
            { class: "arrange__deeds" },
            button(t("arrange.look"), () => void attempt(context, actions.arrange.view(operation)), {
              kind: "btn--small",
            }),
            button(t("arrange.restore"), () => void restore(op_sequence), { kind: "btn--small" }),
          )
        : null,
    );
  };
  const restore = async (op_sequence: number): Promise<void> => {
    if (await attempt(context, actions.arrange.restore(op_sequence))) void read();
  };
  const read = async (before?: number): Promise<void> => {
    try {
      const past = await actions.arrange.history(before);
      if (gone) return;
      const rows = past.operations.map((operation) => row(operation, past.oldest, past.op_sequence));
      if (before === undefined) list.replaceChildren(...rows);
      else list.append(...rows);
      last = past.operations.at(-1)?.op_sequence;
      more.hidden = past.operations.length === 0 || last === undefined || last <= 1;
      note.textContent = list.childElementCount === 0 ? t("arrange.earlier.none") : t("arrange.earlier.hint");
    } catch (error) {
      if (!gone) note.textContent = troubleWords(wordsFace(words), asTrouble(error));
    }
  };
  cleanup.add(
    state.arrange.version.watch(() => {
      // A list that somebody reads further down stays as it is.
      if (first || list.scrollTop === 0) void read();
      first = false;
    }),
  );
  return { element: el("div", { class: "arrange__earlier" }, note, list, more), dispose: () => cleanup.dispose() };
}
