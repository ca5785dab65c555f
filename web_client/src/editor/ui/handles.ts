/** Handles round the chosen thing: four buttons over the picture, large enough for a thumb, that mouse, finger and keyboard work alike. */
import { Cleanup } from "../../hall/signal";
import type { Context, Part } from "../../ui/context";
import { el } from "../../ui/dom";
import { icon, type IconName } from "../../ui/icons";
import type { HandleKind, OnScreen } from "../contract";

interface Handle {
  kind: HandleKind;
  icon: IconName;
  /** Where it stands about the thing: right and down are positive. */
  x: number;
  y: number;
}

const HANDLES: readonly Handle[] = [
  { kind: "move", icon: "move", x: 0, y: 1 },
  { kind: "lift", icon: "lift", x: 0, y: -1 },
  { kind: "turn", icon: "turn", x: 1, y: 0 },
  { kind: "scale", icon: "scale", x: -1, y: 0 },
];
/** Never so near one another that a thumb meets two. */
const LEAST_PX = 58;
const BEYOND_PX = 20;
const EDGE_PX = 34;
/** The bar above stays free, and so does the strip below. */
const TOP_PX = 96;

export function handles({ state, actions, words }: Context): Part {
  const { arrange } = state;
  const cleanup = new Cleanup();
  const tags = el("div", { "aria-hidden": "true" });
  const ring = el("div", {
    class: "arrange-handles",
    role: "group",
    "aria-label": words.t("arrange.handles"),
    "data-region": "handles",
  });
  const element = el("div", { class: "arrange-over" }, ring, tags);
  const made = HANDLES.map((handle) => {
    const { kind } = handle;
    const one = el(
      "button",
      { type: "button", class: "arrange-handle", "data-kind": kind, "aria-label": words.t(`arrange.handle.${kind}`) },
      icon(handle.icon),
    );
    one.title = words.t(`arrange.handle.${kind}`);
    let from: { x: number; y: number } | null = null;
    const end = (): void => {
      if (!from) return;
      from = null;
      ring.classList.remove("is-dragging");
      one.classList.remove("is-taken");
      actions.arrange.handle(kind, "end");
    };
    one.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY };
      one.setPointerCapture(event.pointerId);
      ring.classList.add("is-dragging");
      one.classList.add("is-taken");
      actions.arrange.handle(kind, "begin");
    });
    one.addEventListener("pointermove", (event) => {
      if (from) actions.arrange.handle(kind, "drag", event.clientX - from.x, event.clientY - from.y);
    });
    one.addEventListener("pointerup", end);
    one.addEventListener("pointercancel", end);
    one.addEventListener("lostpointercapture", end);
    ring.append(one);
    return { handle, one };
  });

  const lay = (place: OnScreen | null): void => {
    const { chosen, placing } = arrange;
    const shown = place && arrange.on.value && chosen.value?.mayChange && !chosen.value.holder && !placing.value;
    ring.hidden = !shown;
    if (!shown) return;
    // A handle in the hand stays under the finger; the thing comes along.
    if (ring.classList.contains("is-dragging")) return;
    const { innerWidth: wide, innerHeight: high } = window;
    const low = (document.querySelector(".arrange")?.getBoundingClientRect().top ?? high) - EDGE_PX;
    const most = Math.max(LEAST_PX, Math.min(wide, high) / 2 - EDGE_PX);
    const radius = Math.min(most, Math.max(LEAST_PX, place.radius_px * 0.75 + BEYOND_PX));
    const x = clamp(place.x, EDGE_PX + LEAST_PX, wide - EDGE_PX - LEAST_PX);
    const y = clamp(place.y, TOP_PX + LEAST_PX, low - LEAST_PX);
    for (const { handle, one } of made) {
      const left = clamp(x + handle.x * radius, EDGE_PX, wide - EDGE_PX);
      const top = clamp(y + handle.y * radius, TOP_PX, low);
      one.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
    }
  };
  cleanup.add(arrange.onScreen.watch(lay));
  for (const signal of [arrange.on, arrange.chosen, arrange.placing])
    cleanup.add((signal as { watch(listener: () => void): () => void }).watch(() => lay(arrange.onScreen.value)));
  cleanup.add(
    arrange.tags.watch((all) =>
      tags.replaceChildren(
        ...all.map(({ name, colour, x, y }) => {
          const tag = el("span", { class: "arrange-tag", dir: "auto" }, name);
          tag.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
          tag.style.borderColor = colour;
          return tag;
        }),
      ),
    ),
  );
  return { element, dispose: () => cleanup.dispose() };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(Math.max(low, high), value));
}
