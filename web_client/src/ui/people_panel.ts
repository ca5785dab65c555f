/** Who is here: a list to search, and behind each person a page of what one can do. */
import { Cleanup } from "../hall/signal";
import type { Participant } from "../hall/state";
import type { Context, PeoplePage } from "./context";
import { button, el } from "./dom";
import { face } from "./face";
import type { Content } from "./panel";
import { about, BADGED } from "./person_words";
import { moderatePage, personPage, reportPage } from "./person_pages";

const MOST_ROWS = 200;

export function peoplePanel(context: Context): Content {
  const { state, model, words } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  const body = el("div", { class: "sheet__body people" });
  let stop: (() => void) | null = null;
  cleanup.add(() => stop?.());
  let quiet = true;
  const show = (page: PeoplePage): void => {
    stop?.();
    stop = null;
    const person =
      page.kind === "list" ? null : state.people.value.find(({ participant }) => participant === page.participant);
    const part = page.kind === "list" || !person ? list(context) : PAGES[page.kind](context, person);
    stop = () => part.dispose();
    body.replaceChildren(part.element);
    if (!quiet)
      (
        part.element.querySelector<HTMLElement>(".person__act, form input:checked") ??
        part.element.querySelector<HTMLElement>("button, input")
      )?.focus();
    quiet = false;
  };
  cleanup.add(model.peoplePage.watch(show));
  cleanup.listen(body, "keydown", (event: KeyboardEvent) => {
    // Escape goes one page back before it closes the panel.
    if (event.key !== "Escape" || event.shiftKey || model.peoplePage.value.kind === "list") return;
    event.preventDefault();
    event.stopPropagation();
    model.peoplePage.value = { kind: "list" };
  });
  cleanup.add(() => (model.peoplePage.value = { kind: "list" }));
  return {
    title: t("people.title", { count: state.people.value.length }),
    element: body,
    dispose: () => cleanup.dispose(),
  };
}

const PAGES = { person: personPage, report: reportPage, moderate: moderatePage } as const;

function list(context: Context): { element: HTMLElement; dispose: () => void } {
  const { state, model, words } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  const rows = el("ul", { class: "plist", "aria-label": t("people.list") });
  const none = el("p", { class: "msg__sys" });
  let needle = "";
  const made = new Map<string, { element: HTMLElement; name: HTMLElement; facts: HTMLElement; key: string }>();

  const refresh = (): void => {
    const { x, z } = state.where.value;
    const metres = (person: Participant): number => {
      const place = state.whereabouts.value.get(person.participant);
      return person.self ? -2 : person.hand_raised ? -1 : place ? Math.hypot(place.x - x, place.z - z) : Infinity;
    };
    const shown = state.people.value
      .filter(({ name }) => name.toLocaleLowerCase().includes(needle))
      .map((person) => ({ person, at: metres(person) }))
      .sort((a, b) => a.at - b.at || a.person.name.localeCompare(b.person.name))
      .slice(0, MOST_ROWS);
    const wanted = new Set(shown.map(({ person }) => person.participant));
    for (const [id, row] of made)
      if (!wanted.has(id)) {
        row.element.remove();
        made.delete(id);
      }
    const reading = rows.contains(document.activeElement) || rows.matches(":hover");
    for (const { person } of shown) {
      const row = rowOf(person);
      // Rows do not run away from a pointer or the focus.
      if (!reading || !row.element.isConnected) rows.append(row.element);
      const facts = about(context, person);
      if (row.facts.textContent !== facts) row.facts.textContent = facts;
    }
    none.hidden = shown.length > 1 || (shown.length === 1 && needle !== "");
    none.textContent = needle && shown.length === 0 ? t("people.none") : t("people.alone");
  };
  const rowOf = (person: Participant): { element: HTMLElement; facts: HTMLElement } => {
    const key = `${person.name}\n${person.role}`;
    const known = made.get(person.participant);
    if (known?.key === key) return known;
    const name = el("span", { class: "plist__name", dir: "auto" }, person.name);
    const facts = el("small", {});
    const words = el("span", {}, name);
    if (person.self) words.append(" ", el("span", { class: "muted" }, `(${t("people.you")})`));
    if (BADGED.has(person.role)) words.append(" ", el("span", { class: "role" }, t(`role.${person.role}`)));
    words.append(facts);
    const element = el("li", {}, face(person.name, person.participant, person.role), words);
    if (!person.self)
      element.append(
        button(
          t("people.more", { name: person.name }),
          () => (model.peoplePage.value = { kind: "person", participant: person.participant }),
          { icon: "more", wordless: true, kind: "btn--small btn--plain" },
        ),
      );
    known?.element.replaceWith(element);
    const row = { element, name, facts, key };
    made.set(person.participant, row);
    return row;
  };
  const find = el("input", {
    id: "people-find",
    class: "input",
    type: "search",
    placeholder: t("people.find"),
    oninput: () => {
      needle = find.value.trim().toLocaleLowerCase();
      refresh();
    },
  });
  for (const signal of [state.people, state.whereabouts])
    cleanup.add((signal.watch as (listener: () => void) => () => void)(refresh));
  const element = el(
    "div",
    { class: "people__list" },
    el("div", { class: "people__find" }, el("label", { class: "vh", for: "people-find" }, t("people.find")), find),
    rows,
    none,
  );
  return { element, dispose: () => cleanup.dispose() };
}
