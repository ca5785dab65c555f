/** The chosen thing by words and numbers: its caption, its place, how it is turned, how large it is. The exact way, and the one without a picture. */
import { attempt, type Context, type Part } from "../../ui/context";
import { button, el, field } from "../../ui/dom";
import { Cleanup } from "../../hall/signal";
import type { Chosen } from "../contract";

const MOST_CAPTION = 300;

interface NumberField {
  name: "x" | "y" | "z" | "degrees" | "percent";
  step: number;
  read(chosen: Chosen): number;
}

const NUMBERS: readonly NumberField[] = [
  { name: "x", step: 0.05, read: ({ position }) => position[0] },
  { name: "y", step: 0.05, read: ({ position }) => position[1] },
  { name: "z", step: 0.05, read: ({ position }) => position[2] },
  { name: "degrees", step: 15, read: ({ degrees }) => degrees },
  { name: "percent", step: 5, read: ({ scale }) => Math.round(scale * 1000) / 10 },
];

export function thingTab(context: Context): Part {
  const { state, actions, words } = context;
  const { arrange } = state;
  const { t } = words;
  const cleanup = new Cleanup();
  const element = el("div", { class: "arrange__thing" });
  let shown: string | null = null;

  const numbers = NUMBERS.map((one) => {
    const input = el("input", {
      type: "number",
      class: "input",
      id: `arrange-${one.name}`,
      step: one.step,
      onchange: () => set(one.name, input.valueAsNumber),
    });
    return { one, input };
  });
  const set = (name: NumberField["name"], value: number): void => {
    const { chosen } = arrange;
    if (!chosen.value || !Number.isFinite(value)) return;
    const [x, y, z] = chosen.value.position;
    if (name === "degrees") actions.arrange.set({ degrees: value });
    else if (name === "percent") actions.arrange.set({ scale: value / 100 });
    else
      actions.arrange.set({ position: [name === "x" ? value : x, name === "y" ? value : y, name === "z" ? value : z] });
  };
  const caption = el("textarea", { class: "input", id: "arrange-caption", rows: 2, maxlength: MOST_CAPTION });
  const keep = (): void => {
    if (caption.value.trim() === (arrange.chosen.value?.caption ?? "")) return;
    void attempt(context, actions.arrange.caption(caption.value)).then((done) => {
      if (done) context.announcer.say(t("arrange.caption.kept"));
    });
  };
  caption.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    keep();
  });
  const size = el("p", { class: "small muted" });
  const title = el("h3", { dir: "auto" });
  const whole = el(
    "div",
    { class: "arrange__thing" },
    title,
    field(t("arrange.caption.label"), caption, t("arrange.caption.hint")),
    button(t("arrange.caption.keep"), keep, { kind: "btn--small" }, { id: "arrange-caption-keep" }),
    el(
      "fieldset",
      { class: "arrange__numbers" },
      el("legend", {}, t("arrange.numbers")),
      ...numbers.map(({ one, input }) => field(t(`arrange.number.${one.name}`), input)),
    ),
    size,
  );

  const show = (chosen: Chosen | null): void => {
    if (!chosen) {
      if (shown !== "") element.replaceChildren(el("p", { class: "muted" }, t("arrange.thing.none")));
      shown = "";
      return;
    }
    if (shown !== chosen.id) {
      element.replaceChildren(whole);
      caption.value = chosen.caption;
      shown = chosen.id;
    } else if (document.activeElement !== caption) caption.value = chosen.caption;
    title.textContent = chosen.label;
    const may = chosen.mayChange && !chosen.holder;
    caption.disabled = !may;
    for (const { one, input } of numbers) {
      input.disabled = !may;
      if (document.activeElement !== input || !may) input.value = String(one.read(chosen));
    }
    const [width, height, depth] = chosen.size.map((metres) => metres.toFixed(2)) as [string, string, string];
    size.textContent = t("arrange.size", { width, height, depth });
  };
  cleanup.add(arrange.chosen.watch(show));
  return { element, dispose: () => cleanup.dispose() };
}
