/** Giving an action another key: press the action's button, then the key. */
import { keyConflict, keyLabel, keyOf, KEY_NAMES, type KeyName } from "../a11y/keys";
import { Cleanup } from "../hall/signal";
import { change, type Context, type Part } from "./context";
import { button, el } from "./dom";

export function keyEditor({ state, words, announcer }: Context): Part {
  const { t } = words;
  const cleanup = new Cleanup();
  const label = (code: string): string => (code ? keyLabel(code, t, (key) => words.has(key)) : t("settings.keys.none"));
  const problem = el("p", { class: "error", role: "status" });
  const rows = new Map<KeyName, { button: HTMLButtonElement; key: HTMLElement }>();
  let waiting: KeyName | null = null;

  const show = (): void => {
    for (const [name, row] of rows) {
      const code = keyOf(name, state.settings.value.keys);
      row.key.textContent = waiting === name ? t("settings.keys.press") : label(code);
      row.button.setAttribute("aria-label", t("settings.keys.change", { action: t(`keys.${name}`), key: label(code) }));
      row.button.classList.toggle("is-waiting", waiting === name);
    }
  };
  const wait = (name: KeyName): void => {
    waiting = waiting === name ? null : name;
    problem.textContent = "";
    if (waiting) announcer.alert(t("settings.keys.press"));
    show();
  };
  const press = (event: KeyboardEvent): void => {
    if (!waiting || event.code === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    const name = waiting;
    const { keys } = state.settings.value;
    const code = event.code === "Backspace" || event.code === "Delete" ? "" : event.code;
    waiting = null;
    if (event.code !== "Escape") {
      const holder = code ? keyConflict(code, name, keys) : null;
      if (holder)
        problem.textContent = t("settings.keys.taken", {
          key: label(code),
          action: holder === "reserved" ? t("settings.keys.browser") : t(`keys.${holder}`),
        });
      else change(state, { keys: { ...keys, [name]: code } });
    }
    show();
  };
  for (const name of KEY_NAMES) {
    const key = el("kbd", {});
    const made = button("", () => wait(name), { kind: "rowbtn keyrow" }, { id: `key-${name}` });
    made.append(el("span", {}, t(`keys.${name}`)), key);
    made.addEventListener("blur", () => {
      if (waiting !== name) return;
      waiting = null;
      show();
    });
    rows.set(name, { button: made, key });
  }
  cleanup.add(state.settings.watch(show));
  const list = el("div", { class: "rows" }, ...[...rows.values()].map((row) => row.button));
  const reset = button(t("settings.keys.reset"), () => change(state, { keys: {} }), { kind: "btn--small" });
  const element = el(
    "div",
    { class: "keys-edit" },
    el("p", { class: "hint" }, t("settings.keys.hint")),
    problem,
    list,
    reset,
  );
  cleanup.listen(element, "keydown", press, { capture: true });
  return { element, dispose: () => cleanup.dispose() };
}
