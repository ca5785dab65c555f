/** The small plan: oneself with a cone of sight, others as dots. Turned so that the far end is up. */
import { Cleanup } from "../hall/signal";
import type { HallState } from "../hall/state";
import type { Context, Part } from "./context";
import { el } from "./dom";

const SVG = "http://www.w3.org/2000/svg";
const MOST_DOTS = 100;
/** Without a plan: the square metres around the middle that are shown. */
const FALLBACK = { min: [-15, -30], max: [15, 30] } as const;

/** Eighths of a turn to the left from the far end, for the map's words; heading 0 looks along −Z. */
export function direction(heading: number): number {
  return ((Math.round(heading / (Math.PI / 4)) % 8) + 8) % 8;
}

export function minimap({ state, model, words }: Context): Part {
  const { t } = words;
  const cleanup = new Cleanup();
  const picture = node("svg", { role: "img" });
  const plan = node("image", { preserveAspectRatio: "none" });
  const walls = node("rect", { class: "map__walls" });
  const dots = node("g", { class: "map__dots" });
  const cone = node("path", { class: "map__cone" });
  const me = node("circle", { class: "map__me" });
  const self = node("g", {});
  self.append(cone, me);
  picture.append(walls, plan, dots, self);
  const element = el(
    "aside",
    { class: "hud minimap", "aria-label": t("map.title"), "data-region": "map" },
    el("h2", { "aria-hidden": "true" }, t("map.title")),
  );
  element.append(picture);

  let scale = 1;
  const frame = (box: HallState["plan"]["value"]): void => {
    const { min, max } = box ?? FALLBACK;
    const [width, depth] = [max[0] - min[0], max[1] - min[1]];
    scale = Math.max(width, depth) / 100;
    picture.setAttribute("viewBox", `${min[0] - scale} ${min[1] - scale} ${width + 2 * scale} ${depth + 2 * scale}`);
    picture.style.aspectRatio = `${width} / ${depth}`;
    for (const shape of [walls, plan]) set(shape, { x: min[0], y: min[1], width, height: depth });
    set(walls, { "stroke-width": scale });
    if (box?.url) plan.setAttribute("href", box.url);
    else plan.removeAttribute("href");
    set(me, { r: 2.6 * scale, "stroke-width": 0.8 * scale });
    set(cone, {
      d: `M0 0L${-7 * scale} ${-11 * scale}A${13 * scale} ${13 * scale} 0 0 1 ${7 * scale} ${-11 * scale}Z`,
    });
    place();
    people();
  };
  const place = (): void => {
    const { x, z, heading } = state.where.value;
    self.setAttribute(
      "transform",
      `translate(${x.toFixed(2)} ${z.toFixed(2)}) rotate(${((-heading * 180) / Math.PI).toFixed(0)})`,
    );
    const label = t("map.label", {
      room: words.own(state.roomTitle.value),
      direction: t(`direction.${direction(heading)}`),
      people: others === 0 ? t("map.none") : t("map.people", { count: others }),
    });
    if (picture.getAttribute("aria-label") !== label) picture.setAttribute("aria-label", label);
  };
  let others = 0;
  const people = (): void => {
    const own = state.self.value?.participant;
    const places = [...state.whereabouts.value].filter(([id]) => id !== own).slice(0, MOST_DOTS);
    others = places.length;
    while (dots.childElementCount > places.length) dots.lastChild?.remove();
    places.forEach(([, { x, z }], index) => {
      const dot = dots.children[index] ?? dots.appendChild(node("circle", {}));
      set(dot, { cx: x.toFixed(2), cy: z.toFixed(2), r: 1.7 * scale, "stroke-width": 0.5 * scale });
    });
  };
  cleanup.add(state.plan.watch(frame));
  cleanup.add(state.where.watch(place));
  cleanup.add(state.whereabouts.watch(people));
  cleanup.add(model.mapShown.watch((shown) => (element.hidden = !shown)));
  return { element, dispose: () => cleanup.dispose() };
}

function node(tag: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, tag);
  set(made, attributes);
  return made;
}

function set(element: Element, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
