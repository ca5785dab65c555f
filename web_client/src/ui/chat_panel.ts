/** Talk: who hears it, what was said, a line to say something. */
import { Cleanup } from "../hall/signal";
import type { Participant, Scope } from "../hall/state";
import { ChatLog } from "./chat_lines";
import { attempt, type Context } from "./context";
import { el, selectOf } from "./dom";
import { icon } from "./icons";
import { LIMITS } from "./limits";
import type { Content } from "./panel";

const SCOPES: readonly Scope[] = ["nearby", "room", "direct"];
/** From this many characters before the limit on, what is left is counted. */
const NEAR_LIMIT = 50;
const STAFF: ReadonlySet<string> = new Set(["librarian", "moderator", "admin"]);

/** Those whom one may write to: staff for guests, other members for members. */
export function mayWriteTo(permissions: readonly string[], person: Participant): boolean {
  if (person.self || person.blocked || person.role === "bot") return false;
  if (permissions.includes("direct_to_readers")) return person.role !== "guest" || permissions.includes("moderate");
  return permissions.includes("direct_to_staff") && STAFF.has(person.role);
}

export function chatPanel(context: Context): Content {
  const { state, actions, model, words } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  const log = new ChatLog(context);
  cleanup.add(() => log.dispose());

  const scopes = el(
    "div",
    { class: "scope", role: "radiogroup", "aria-label": t("chat.scope") },
    ...SCOPES.map((scope) =>
      el(
        "label",
        {},
        el("input", {
          type: "radio",
          name: "chat-scope",
          value: scope,
          checked: model.scope.value === scope,
          onchange: () => (model.scope.value = scope),
        }),
        t(`chat.${scope}`),
      ),
    ),
  );
  const partner = el("div", { class: "chat__partner" });
  const limit = (): number => state.pacing.value?.chat_chars ?? LIMITS.chat_chars;
  const box = el("input", {
    id: "chat-message",
    class: "input",
    autocomplete: "off",
    enterkeyhint: "send",
    value: model.draft.value,
    oninput: () => (model.draft.value = box.value),
    "aria-describedby": "chat-problem",
  });
  const problem = el("p", { class: "chat__problem", id: "chat-problem", role: "status" });
  const send = el(
    "button",
    { class: "btn btn--main btn--icon", type: "submit", "aria-label": t("chat.send"), title: t("chat.send") },
    icon("send"),
  );

  const showScope = (): void => {
    const scope = model.scope.value;
    const to = model.partner.value;
    partner.hidden = scope !== "direct";
    if (scope === "direct") showPartners(partner);
    const other = state.people.value.find(({ participant }) => participant === to);
    box.placeholder =
      scope === "direct"
        ? other
          ? t("chat.place.direct", { name: other.name })
          : t("chat.choose")
        : t(`chat.place.${scope}`);
    const mayChat = state.permissions.value.includes("chat");
    box.disabled = !mayChat || (scope === "direct" && !to);
    send.disabled = box.disabled;
    if (!mayChat) box.placeholder = t("chat.off");
  };
  let shownPartners = "";
  const showPartners = (row: HTMLElement): void => {
    const open = state.people.value.filter((person) => mayWriteTo(state.permissions.value, person));
    const key = open.map(({ participant, name }) => `${participant} ${name}`).join("\n") + model.partner.value;
    if (key === shownPartners) return;
    shownPartners = key;
    if (open.length === 0) return row.replaceChildren(el("p", { class: "small muted" }, t("chat.nobody")));
    const options = [
      { value: "", words: t("chat.choose") },
      ...open.map(({ participant, name }) => ({ value: participant, words: name })),
    ];
    const select = selectOf(
      "chat-partner",
      options,
      model.partner.value ?? "",
      (value) => (model.partner.value = value || null),
    );
    row.replaceChildren(el("label", { for: "chat-partner" }, t("chat.with")), select);
  };
  for (const signal of [model.scope, model.partner, state.people, state.permissions])
    cleanup.add((signal.watch as (listener: () => void) => () => void)(showScope));
  cleanup.add(
    model.draft.watch((draft) => {
      const left = limit() - [...draft].length;
      problem.classList.toggle("error", left < 0);
      problem.textContent =
        left < 0 ? t("chat.long", { count: -left }) : left <= NEAR_LIMIT ? t("limit.left", { count: left }) : "";
    }),
  );
  cleanup.add(state.chat.watch(() => (model.unread.value = 0)));

  const say = async (): Promise<void> => {
    const text = box.value.trim();
    if (!text || [...text].length > limit()) return;
    const to = model.scope.value === "direct" ? model.partner.value : null;
    model.draft.value = box.value = "";
    const said = await attempt(context, actions.say(model.scope.value, text, ...(to ? [to] : [])));
    // Refused words come back to the line, unless something new stands there.
    if (!said && !model.draft.value) model.draft.value = box.value = text;
  };
  const form = el(
    "form",
    {
      class: "say",
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        void say();
      },
    },
    el("label", { class: "vh", for: "chat-message" }, t("chat.message")),
    box,
    send,
  );
  return {
    title: t("chat.title"),
    element: el(
      "div",
      { class: "sheet__body chat" },
      scopes,
      partner,
      el("p", { class: "chat__notice" }, t("chat.notice")),
      log.element,
      el("div", { class: "chat__foot" }, problem, form),
    ),
    first: box,
    dispose: () => cleanup.dispose(),
  };
}
