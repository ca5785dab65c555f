/** Choosing how one looks: a whole reader, or parts by kind, colours, or a body of one's own; for the entrance and for the panel in the hall. */
import { bring } from "../editor/uploads";
import { Cleanup } from "../hall/signal";
import { sendJson } from "../net/http";
import type { Look } from "../net/protocol.gen";
import { isRefusal } from "../net/requests";
import { KINDS, type Kind, NONE, readOutfit } from "../world/bodies/wardrobe";
import type { Work } from "../world/placed/works";
import { asTrouble, troubleWords, wordsFace, type Context, type Part } from "./context";
import { button, check, el } from "./dom";
import { anybody, bodyOf, fetchWardrobe, type Body, type Wardrobe, withPart } from "./looks";

/** Slots offered, of those a body has. */
const OFFERED = ["skin", "hair", "headwear", "top", "bottom"] as const;
type Tab = "whole" | "figure" | Kind | "own";
const TABS: readonly Tab[] = ["whole", "figure", ...KINDS, "own"];
/** Kinds that one may go without. */
const SPARED: ReadonlySet<Tab> = new Set(["hair", "headwear", "glasses", "chair"]);
/** The fact by which the library marks the file of an avatar that is to be worn. */
const WORN = "worn";

interface Permissions {
  title: string;
  authors: readonly string[];
  licence: string;
  who: "author" | "licensed" | "everyone";
  credit: boolean;
  violent: boolean;
  sexual: boolean;
}

export interface ChooserPorts {
  /** Names its fields: two choosers may stand in one page's life. */
  id: string;
  look: Look;
  changed(look: Look, body: Body): void;
}

let wardrobe: Promise<Wardrobe> | null = null;

/** Reads the wardrobe and offers it; `changed` hears of the first look as of every other. */
export function lookChooser(context: Context, ports: ChooserPorts): Part {
  const { words } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  const abort = new AbortController();
  cleanup.add(() => abort.abort());
  let look = ports.look;
  let shown: Tab = "whole";
  const tabs = el("div", { class: "arrange__tabs", role: "tablist", "aria-label": t("enter.person") });
  const bodies = el(
    "div",
    { class: "enter__bodies", role: "tabpanel", id: `${ports.id}-parts` },
    el("p", { class: "small muted" }, t("enter.looks.waiting")),
  );
  const colours = el("div", { class: "enter__colours" });
  const chance = button(t("look.random"), () => void wardrobe?.then((all) => surprise(all)), { kind: "btn--small" });
  const element = el("div", { class: "look" }, tabs, bodies, colours, el("div", { class: "row" }, chance));

  const tell = (all: Wardrobe): void => {
    const body = bodyOf(all, look) ?? all.bodies[0]!;
    colours.replaceChildren(
      ...OFFERED.filter((slot) => body.tints.includes(slot)).map((slot) => swatches(all, body, slot)),
    );
    ports.changed(look, body);
  };
  const swatches = (all: Wardrobe, body: Body, slot: string): HTMLElement => {
    const now = (look.colours?.[slot] ?? body.colours[slot] ?? "").toLowerCase();
    const row = (all.palettes[slot] ?? []).map(({ colour, names }) => {
      const dot = el("span", {});
      dot.style.background = colour;
      const input = el("input", {
        type: "radio",
        name: `${ports.id}-${slot}`,
        "aria-label": words.own(names),
        checked: colour.toLowerCase() === now,
        onchange: () => {
          look = { ...look, colours: { ...look.colours, [slot]: colour } };
          ports.changed(look, bodyOf(all, look) ?? body);
        },
      });
      return el("label", { class: "swatch", title: words.own(names) }, input, dot);
    });
    return el("fieldset", {}, el("legend", {}, t(`slot.${slot}`)), el("div", { class: "swatches" }, ...row));
  };
  const pills = (
    name: string,
    options: readonly { id: string; words: string }[],
    now: string,
    act: (id: string) => void,
  ): void => {
    const row = options.map(({ id, words: label }) =>
      el(
        "label",
        {},
        el("input", {
          type: "radio",
          name: `${ports.id}-${name}`,
          value: id,
          checked: id === now,
          onchange: () => act(id),
        }),
        label,
      ),
    );
    bodies.replaceChildren(el("div", { class: "pills" }, ...row));
    // On a phone the row scrolls: what is chosen must be in sight.
    centre(bodies.firstElementChild, bodies.querySelector(":checked")?.parentElement);
  };
  const whole = (all: Wardrobe): void => {
    const options = all.bodies.map((body) => {
      const own = words.own(body.names);
      return { id: body.id, words: body.wheelchair ? t("enter.wheelchair", { name: own }) : own };
    });
    pills("body", options, look.id ?? "", (id) => {
      // A body's own colours stay with it; the skin a person chose goes with the person.
      look = { id, ...(look.colours?.["skin"] ? { colours: { skin: look.colours["skin"] } } : {}) };
      tell(all);
    });
  };
  const parts = (all: Wardrobe, kind: Exclude<Tab, "whole" | "own">): void => {
    const named = kind === "figure" ? all.parts!.figures : (all.parts!.kinds[kind] ?? []);
    const options = named.map(({ id, names }) => ({ id, words: words.own(names) }));
    if (SPARED.has(kind)) options.unshift({ id: NONE, words: t("look.none") });
    pills(kind, options, readOutfit(look.id ?? "")?.[kind] ?? "", (id) => {
      look = withPart(all, look, kind, id);
      tell(all);
    });
  };
  const own = (all: Wardrobe): void => {
    const wear = (model: Look["model"]): void => {
      look = { ...look, model: model ?? null };
      tell(all);
    };
    bodies.replaceChildren(ownAvatars(context, abort.signal, () => look.model?.sha256 ?? null, wear));
  };
  const show = (all: Wardrobe, tab: Tab): void => {
    shown = tab;
    const offered = TABS.filter((one) => all.parts !== undefined || one === "whole" || one === "own");
    const focused = tabs.contains(document.activeElement);
    tabs.replaceChildren(
      ...offered.map((one) =>
        el(
          "button",
          {
            type: "button",
            role: "tab",
            id: `${ports.id}-tab-${one}`,
            "aria-selected": String(one === shown),
            "aria-controls": bodies.id,
            tabindex: one === shown ? 0 : -1,
            onclick: () => show(all, one),
          },
          t(`look.tab.${one}`),
        ),
      ),
    );
    bodies.setAttribute("aria-labelledby", `${ports.id}-tab-${tab}`);
    const chosen = tabs.querySelector<HTMLElement>('[aria-selected="true"]');
    if (focused) chosen?.focus();
    centre(tabs, chosen);
    if (tab === "whole") whole(all);
    else if (tab === "own") own(all);
    else parts(all, tab);
  };
  const surprise = (all: Wardrobe): void => {
    look = anybody(all, Math.random);
    show(all, shown === "own" ? "whole" : shown);
    tell(all);
  };
  cleanup.listen(tabs, "keydown", (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const all = [...tabs.querySelectorAll<HTMLElement>('[role="tab"]')];
    const here = all.indexOf(document.activeElement as HTMLElement);
    if (!step || here < 0) return;
    event.preventDefault();
    all[(here + step + all.length) % all.length]!.click();
  });

  wardrobe ??= fetchWardrobe();
  wardrobe
    .then((all) => {
      if (abort.signal.aborted) return;
      if (!bodyOf(all, look)) look = { id: all.bodies[Math.floor(Math.random() * all.bodies.length)]!.id };
      show(all, readOutfit(look.id ?? "") ? "outfit" : "whole");
      tell(all);
    })
    .catch(() => {
      wardrobe = null;
      bodies.replaceChildren(el("p", { class: "small muted" }, t("enter.looks.failed")));
    });
  return { element, dispose: () => cleanup.dispose() };
}

/** Scrolls a row, and nothing around it, until `one` of it stands in the middle. */
function centre(row: Element | null, one: Element | null | undefined): void {
  if (!row || !one) return;
  const [all, here] = [row.getBoundingClientRect(), one.getBoundingClientRect()];
  row.scrollLeft += here.left + here.width / 2 - all.left - all.width / 2;
}

/** Avatars that a person has brought, what their authors allow, and a way to bring one. */
function ownAvatars(
  context: Context,
  signal: AbortSignal,
  worn: () => string | null,
  wear: (model: Look["model"]) => void,
): HTMLElement {
  const { words } = context;
  const { t } = words;
  const list = el("div", { class: "rows" });
  const said = el("p", { class: "small", role: "status" }, t("look.own.waiting"));
  const row = (work: Work): HTMLElement | null => {
    const file = work.files.find(({ facts }) => WORN in facts);
    if (work.kind !== "avatar" || work.state !== "accepted" || !file) return null;
    const { permissions } = (work.facts["avatar"] ?? {}) as { permissions?: Permissions | null };
    const mayAll = permissions?.who === "everyone";
    let affirmed = mayAll || worn() === file.sha256;
    const put = button(
      t(worn() === file.sha256 ? "look.own.worn" : "look.own.wear"),
      () => affirmed && wear({ url: file.url, sha256: file.sha256 }),
      { kind: "btn--small" },
      { disabled: !affirmed },
    );
    const affirm = check(t("look.own.affirm"), `look-affirm-${work.id.slice(0, 12)}`, affirmed, (on) => {
      affirmed = on;
      put.disabled = !on;
    });
    return el(
      "div",
      { class: "look__own" },
      el("strong", { dir: "auto" }, permissions?.title || work.name),
      el("p", { class: "small" }, permissions ? allowed(permissions, t) : t("look.own.unsaid")),
      mayAll ? null : affirm,
      put,
    );
  };
  const read = async (): Promise<void> => {
    try {
      const { works } = await sendJson<{ works: Work[] }>("/api/works");
      const rows = works.map(row).filter((one) => one !== null);
      list.replaceChildren(...rows);
      said.replaceChildren(rows.length ? "" : t("look.own.none"));
    } catch (error) {
      const needs = isRefusal(error) && error.code === "not_signed_in";
      input.disabled = needs;
      said.replaceChildren(needs ? t("look.own.sign_in") : troubleWords(wordsFace(words), asTrouble(error)));
    }
  };
  const input = el("input", { type: "file", accept: ".vrm,.glb", id: "look-file", class: "input" });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (!file) return;
    input.disabled = true;
    said.replaceChildren(t("look.own.sending"));
    bring(file, signal, () => said.replaceChildren(t("look.own.checking")))
      .then(async (work) => {
        await read();
        if (work.kind !== "avatar") said.replaceChildren(t("look.own.no_body"));
      })
      .catch((error: unknown) => {
        const trouble = asTrouble(error);
        // The library's own sentence says what is wrong with the file.
        said.replaceChildren(
          trouble.code.startsWith("avatar_") && trouble.detail
            ? trouble.detail
            : troubleWords(wordsFace(words), trouble),
        );
      })
      .finally(() => (input.disabled = false));
  });
  void read();
  const back = button(t("look.own.off"), () => wear(null), { kind: "btn--small" });
  return el(
    "div",
    { class: "look__owns" },
    said,
    list,
    el("label", { for: "look-file" }, t("look.own.bring")),
    input,
    el("p", { class: "hint" }, t("look.own.hint")),
    back,
  );
}

function allowed(permissions: Permissions, t: (key: string, values?: Record<string, string>) => string): string {
  const { authors, licence, who, credit, violent, sexual } = permissions;
  const facts = [
    authors.length ? t("look.own.by", { name: authors.join(", ") }) : "",
    t(`look.own.who.${who}`),
    licence ? t("look.own.licence", { name: licence }) : "",
    credit ? t("look.own.credit") : "",
    violent ? "" : t("look.own.no_violence"),
    sexual ? "" : t("look.own.no_sex"),
  ];
  return facts.filter(Boolean).join(" ");
}
