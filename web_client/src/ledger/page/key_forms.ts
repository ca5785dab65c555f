/** What the page of one's keys asks for: cards and forms. What becomes of the answers is for `keys_page` to say. */
import { button, el, field } from "../../ui/dom";
import type { Words } from "../../i18n/words";
import { sign } from "./icons";

/** For a browser that has no key yet. */
export function beginCard(
  { t }: Words,
  make: (card: HTMLElement) => void,
  join: (card: HTMLElement) => void,
): HTMLElement {
  const card = el(
    "section",
    { class: "panel" },
    el("h2", {}, t("keys.none")),
    el("p", { class: "muted" }, t("keys.none.text")),
    el(
      "p",
      { class: "row after" },
      button(t("keys.make"), () => make(card), { kind: "btn--main" }),
      button(t("keys.join"), () => join(card)),
    ),
  );
  return card;
}

/** Shows the recovery key and what will be signed; `written` is called once its last group was typed from the paper. */
export function paper(words: Words, place: HTMLElement, secret: string, text: string, written: () => void): void {
  const { t } = words;
  const groups = secret.split("-").map((group) => el("li", {}, group));
  const input = exactInput("written", 8, "characters");
  const wrong = el("p", { class: "error", role: "alert", hidden: true }, t("keys.written.wrong"));
  const form = el(
    "form",
    { class: "after" },
    field(t("keys.written"), input, t("keys.written.hint")),
    wrong,
    el("p", { class: "after" }, t("keys.register.text")),
    el("pre", { class: "ledger-raw", tabindex: 0, "aria-label": t("keys.register.text") }, text),
    el("p", { class: "row after" }, el("button", { class: "btn btn--main" }, t("keys.register"))),
  );
  onSubmit(form, () => {
    const typed = input.value.toUpperCase().replaceAll(/[\s-]/g, "");
    wrong.hidden = secret.endsWith(typed) && typed.length === 4;
    input.setAttribute("aria-invalid", String(!wrong.hidden));
    if (!wrong.hidden) return input.focus();
    written();
  });
  place.replaceChildren(
    el("h3", {}, t("keys.write")),
    el("p", {}, t("keys.write.text")),
    el("ol", { class: "recovery", "aria-label": t("keys.recovery.title") }, ...groups),
    form,
  );
  input.focus({ preventScroll: true });
}

/** For the key of another device of the same account. */
export function vouchCard({ t }: Words, given: (card: HTMLElement, key: string) => void): HTMLElement {
  const input = exactInput("vouched", 80, "none");
  input.required = true;
  const form = el(
    "form",
    {},
    field(t("keys.vouch.label"), input, t("keys.vouch.hint")),
    el("p", { class: "row after" }, el("button", { class: "btn" }, t("keys.vouch.go"))),
  );
  const card = el("section", { class: "panel" }, el("h2", {}, t("keys.vouch")), form, talkPlace());
  onSubmit(form, () => given(card, input.value.trim().toLowerCase()));
  return card;
}

/** For what the other device signed. */
export function carriedForm({ t }: Words, given: (text: string) => void): HTMLElement {
  const input = el("textarea", { class: "input mono", id: "carried", rows: 5, required: true });
  const form = el(
    "form",
    {},
    field(t("keys.carried"), input, t("keys.carried.hint")),
    el("p", { class: "row after" }, el("button", { class: "btn" }, t("keys.register"))),
  );
  onSubmit(form, () => given(input.value));
  return form;
}

/** For the account and the recovery key of somebody whose devices are gone. */
export function recoverCard(
  { t }: Words,
  given: (card: HTMLElement, account: string, secret: string) => void,
): HTMLElement {
  const account = exactInput("account", 80, "none");
  const secret = exactInput("words", 80, "characters");
  account.required = secret.required = true;
  const form = el(
    "form",
    { class: "after" },
    field(t("keys.recover.account"), account),
    field(t("keys.recover.words"), secret),
    el("p", { class: "row after" }, el("button", { class: "btn" }, t("keys.recover.go"))),
  );
  const card = el(
    "details",
    { class: "panel" },
    el("summary", {}, t("keys.recover")),
    el("p", { class: "muted" }, t("keys.recover.text")),
    form,
    talkPlace(),
  );
  onSubmit(form, () => given(card, account.value.trim().toLowerCase(), secret.value));
  return card;
}

export function sure({ t }: Words, place: HTMLElement, question: string, act: () => void): void {
  const yes = button(t("keys.yes"), act, { kind: "btn--small btn--danger" });
  const no = button(t("keys.no"), () => place.replaceChildren(), { kind: "btn--small" });
  place.replaceChildren(
    el("p", { class: "notice notice--bad" }, sign("alert"), el("span", {}, t(question))),
    el("p", { class: "row after" }, yes, no),
  );
  yes.focus();
}

export function notice(text: string, kind = ""): HTMLElement {
  return el("p", { class: `notice ${kind}`, role: kind ? "alert" : null }, sign("alert"), el("span", {}, text));
}

/** Where a card asks and answers; screen readers are told. */
export function talkPlace(): HTMLElement {
  return el("div", { class: "key-card__talk", "aria-live": "polite" });
}

/** One line in which every character counts: nothing is completed or corrected. */
function exactInput(id: string, longest: number, capitals: "none" | "characters"): HTMLInputElement {
  return el("input", {
    class: "input mono",
    id,
    maxlength: longest,
    autocomplete: "off",
    autocapitalize: capitals,
    spellcheck: "false",
  });
}

function onSubmit(form: HTMLElement, act: () => void): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}
