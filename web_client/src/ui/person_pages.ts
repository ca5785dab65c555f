/** One person: what one can do, a report to the moderators, and a moderator's acts. */
import type { Participant } from "../hall/state";
import { Cleanup } from "../hall/signal";
import { mayWriteTo } from "./chat_panel";
import { attempt, type Context, type Part } from "./context";
import { button, choice, el, field, selectOf } from "./dom";
import { face } from "./face";
import { LIMITS } from "./limits";
import { about, BADGED } from "./person_words";

const REASONS = ["harassment", "unsafe", "spam", "impersonation", "other"] as const;

/** A moderator's acts: the permission that each asks for, and whether it lasts for a time. */
const ACTS = [
  { act: "warn", needs: "moderate", lasts: false },
  { act: "mute", needs: "moderate", lasts: true },
  { act: "unmute", needs: "moderate", lasts: false },
  { act: "remove", needs: "moderate", lasts: false },
  { act: "ban", needs: "ban", lasts: true },
] as const;
const MINUTES = [10, 60, 1440, 10080] as const;
const FOREVER = 0;

export function personPage(context: Context, person: Participant): Part {
  const { state, actions, model, words } = context;
  const { t } = words;
  const { participant: id, name } = person;
  const cleanup = new Cleanup();
  const facts = el("small", { class: "muted" });
  const acts = el("div", { class: "person__acts" });
  const goBack = (): void => void (model.peoplePage.value = { kind: "list" });
  let key = "";
  const show = (): void => {
    const now = state.people.value.find(({ participant }) => participant === id);
    if (!now) return goBack();
    facts.textContent = about(context, now);
    const nextKey = `${now.muted} ${now.blocked} ${state.permissions.value}`;
    if (nextKey === key) return;
    key = nextKey;
    const focusedId = document.activeElement?.id;
    const permissions = state.permissions.value;
    const wide = { kind: "person__act" };
    acts.replaceChildren(
      ...[
        !now.blocked &&
          button(t("person.go", { name }), () => goTo(context, now), { ...wide, icon: "walk" }, { id: "person-go" }),
        mayWriteTo(permissions, now) &&
          button(
            t("person.message", { name }),
            () => write(context, id),
            { ...wide, icon: "chat" },
            { id: "person-write" },
          ),
        !now.blocked &&
          button(
            t(now.muted ? "person.unmute" : "person.mute"),
            () => void attempt(context, actions.mute(id, !now.muted)),
            { ...wide, icon: "volume" },
            { id: "person-mute" },
          ),
        button(
          t(now.blocked ? "person.unblock" : "person.block"),
          () => void attempt(context, actions.block(id, !now.blocked)),
          { ...wide, icon: "shield" },
          { id: "person-block", "aria-describedby": "block-hint" },
        ),
        permissions.includes("report") &&
          button(
            t("person.report"),
            () => (model.peoplePage.value = { kind: "report", participant: id }),
            { ...wide, icon: "flag" },
            { id: "person-report" },
          ),
        permissions.includes("moderate") &&
          button(
            t("person.moderate"),
            () => (model.peoplePage.value = { kind: "moderate", participant: id }),
            { ...wide, icon: "lock" },
            { id: "person-moderate" },
          ),
      ].filter((made) => made instanceof HTMLElement),
    );
    if (focusedId) acts.querySelector<HTMLElement>(`#${CSS.escape(focusedId)}`)?.focus();
  };
  for (const signal of [state.people, state.whereabouts, state.permissions])
    cleanup.add((signal.watch as (listener: () => void) => () => void)(show));
  const title = el("h3", { dir: "auto" }, name);
  const heading = el("div", {}, title, facts);
  if (BADGED.has(person.role)) title.append(" ", el("span", { class: "role" }, t(`role.${person.role}`)));
  return {
    element: page(
      context,
      t("person.menu", { name }),
      goBack,
      el("div", { class: "person__head" }, face(name, id, person.role), heading),
      acts,
      el("p", { class: "hint", id: "block-hint" }, t("person.block.hint")),
    ),
    dispose: () => cleanup.dispose(),
  };
}

function goTo({ actions, model, announcer, words }: Context, person: Participant): void {
  actions.goTo({ participant: person.participant });
  announcer.say(words.t("live.going", { name: person.name }));
  model.panel.value = null;
}

function write({ model }: Context, participant: string): void {
  model.partner.value = participant;
  model.scope.value = "direct";
  model.panel.value = "chat";
}

function page(
  { words: { t } }: Context,
  label: string,
  goBack: () => void,
  ...content: (HTMLElement | null)[]
): HTMLElement {
  return el(
    "div",
    { class: "subpage", role: "group", "aria-label": label },
    button(t("back"), goBack, { icon: "left", kind: "btn--plain btn--small subpage__back" }),
    ...content,
  );
}

export function reportPage(context: Context, { participant, name }: Participant): Part {
  const { actions, model, words } = context;
  const { t } = words;
  let reason: string = REASONS[0];
  const note = el("textarea", { id: "report-note", class: "input", maxlength: LIMITS.report_note_chars, rows: 4 });
  const goBack = (): void => void (model.peoplePage.value = { kind: "person", participant });
  const form = el(
    "form",
    {
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        void attempt(context, actions.report(participant, reason, note.value.trim())).then((sent) => {
          if (!sent) return;
          model.toast(t("report.done"));
          goBack();
        });
      },
    },
    el("h3", {}, t("report.title", { name })),
    choice(
      t("report.reason"),
      "report-reason",
      REASONS.map((value) => ({ value, words: t(`report.${value}`) })),
      reason,
      (value) => (reason = value),
    ),
    field(t("report.note"), note),
    el("p", { class: "hint" }, t("report.what_goes", { name })),
    el("button", { type: "submit", class: "btn btn--main" }, t("report.send")),
  );
  return { element: page(context, t("report.title", { name }), goBack, form), dispose: () => undefined };
}

export function moderatePage(context: Context, { participant, name }: Participant): Part {
  const { state, actions, model, words } = context;
  const { t } = words;
  const permissions = state.permissions.value;
  const open = ACTS.filter(({ needs }) => permissions.includes(needs));
  let act: string = open[0]?.act ?? "warn";
  let minutes: number = MINUTES[0];
  const lasts = el("div", {});
  const showLasting = (): void => {
    const row = ACTS.find((known) => known.act === act);
    const forever = act === "ban" && permissions.includes("ban_forever") ? [FOREVER] : [];
    const times = [...MINUTES, ...forever].map((value) => ({ value: String(value), words: t(`moderate.${value}`) }));
    lasts.replaceChildren(
      ...(row?.lasts
        ? [
            field(
              t("moderate.minutes"),
              selectOf("moderate-minutes", times, String(minutes), (value) => (minutes = Number(value))),
            ),
          ]
        : []),
    );
  };
  const reason = el("textarea", {
    id: "moderate-reason",
    class: "input",
    maxlength: LIMITS.moderation_reason_chars,
    rows: 3,
    required: true,
  });
  const problem = el("p", { class: "error", role: "alert" });
  const goBack = (): void => void (model.peoplePage.value = { kind: "person", participant });
  const form = el(
    "form",
    {
      novalidate: true,
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        const why = reason.value.trim();
        problem.textContent = why ? "" : t("moderate.reason.missing");
        reason.setAttribute("aria-invalid", String(!why));
        if (!why) return reason.focus();
        const lasting = ACTS.find((known) => known.act === act)?.lasts ? minutes : 0;
        void attempt(context, actions.moderate(participant, act, why, lasting)).then((done) => {
          if (!done) return;
          model.toast(t("moderate.done"));
          model.peoplePage.value = { kind: "list" };
        });
      },
    },
    el("h3", {}, t("moderate.title", { name })),
    choice(
      t("moderate.act"),
      "moderate-act",
      open.map((known) => ({ value: known.act, words: t(`moderate.${known.act}`) })),
      act,
      (value) => {
        act = value;
        showLasting();
      },
    ),
    lasts,
    field(t("moderate.reason", { name }), reason),
    problem,
    el("p", { class: "hint" }, t("moderate.logged")),
    el("button", { type: "submit", class: "btn btn--danger" }, t("moderate.do")),
  );
  showLasting();
  return { element: page(context, t("moderate.title", { name }), goBack, form), dispose: () => undefined };
}
