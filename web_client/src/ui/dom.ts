/** Elements from values. Words only ever become text nodes; there is no way in for markup. */
import { icon, type IconName } from "./icons";

type Child = Node | string | null | false;
type Handler = (event: never) => void;
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined | Handler>>;

/** Attributes starting with `on` are listeners; `true` sets an empty attribute, `false`, null and undefined set none. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null && child !== false) element.append(child);
  return element;
}

export interface ButtonLook {
  /** Classes in addition to `btn`. */
  kind?: string;
  icon?: IconName;
  /** Shown as a picture alone; the words become its name. */
  wordless?: boolean;
}

export function button(
  words: string,
  act: () => void,
  look: ButtonLook = {},
  attributes: Attributes = {},
): HTMLButtonElement {
  const kinds = ["btn", look.kind ?? "", look.wordless ? "btn--icon" : ""].filter(Boolean).join(" ");
  const made = el("button", { type: "button", class: kinds, onclick: act, ...attributes });
  if (look.icon) made.append(icon(look.icon));
  if (look.wordless) {
    made.setAttribute("aria-label", words);
    made.title = words;
  } else made.append(words);
  return made;
}

/** A labelled field. */
export function field(label: string, input: HTMLElement, hint?: string): HTMLElement {
  const box = el("div", { class: "field" }, el("label", { for: input.id }, label), input);
  if (hint) {
    box.append(el("small", { class: "hint", id: `${input.id}-hint` }, hint));
    input.setAttribute("aria-describedby", `${input.id}-hint`);
  }
  return box;
}

export interface Option {
  value: string;
  words: string;
}

/** A row of pills of which one is chosen. */
export function choice(
  legend: string,
  name: string,
  options: readonly Option[],
  chosen: string,
  change: (value: string) => void,
): HTMLFieldSetElement {
  const pills = options.map(({ value, words }) =>
    el(
      "label",
      {},
      el("input", {
        type: "radio",
        name,
        value,
        id: `${name}-${value}`,
        checked: value === chosen,
        onchange: () => change(value),
      }),
      words,
    ),
  );
  return el("fieldset", { class: "choice-row" }, el("legend", {}, legend), el("div", { class: "pills" }, ...pills));
}

export function check(
  words: string,
  id: string,
  checked: boolean,
  change: (checked: boolean) => void,
): HTMLLabelElement {
  const input = el("input", { type: "checkbox", id, checked, onchange: () => change(input.checked) });
  return el("label", { class: "check", for: id }, input, el("span", {}, words));
}

export function selectOf(
  id: string,
  options: readonly Option[],
  chosen: string,
  change: (value: string) => void,
): HTMLSelectElement {
  const select = el(
    "select",
    { id, class: "input", onchange: () => change(select.value) },
    ...options.map(({ value, words }) => el("option", { value, selected: value === chosen }, words)),
  );
  return select;
}
