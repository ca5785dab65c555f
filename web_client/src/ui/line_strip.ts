/** The walnut strip under the bar while the line is down: one stands where one stood. */
import { Cleanup } from "../hall/signal";
import type { Context, Part } from "./context";
import { countdown } from "./countdown";
import { button, el } from "./dom";

export function lineStrip({ state, actions, words: { t }, announcer }: Context): Part {
  const cleanup = new Cleanup();
  const when = el("span", { class: "lost__when num" });
  const element = el(
    "div",
    { class: "lost hud" },
    el("span", { class: "spin", "aria-hidden": "true" }),
    el("span", {}, el("b", {}, t("line.lost")), " ", when),
    button(t("line.now"), () => actions.retry(), { kind: "btn--small" }),
  );
  let stop: (() => void) | null = null;
  let down = false;
  cleanup.add(() => stop?.());
  cleanup.add(
    state.phase.watch((phase) => {
      const lost = phase === "reconnecting";
      element.hidden = !lost;
      if (lost && !down) announcer.alert(t("line.lost"));
      if (!lost && down && phase === "present") announcer.say(t("line.back"));
      down = lost;
    }),
  );
  cleanup.add(
    state.trouble.watch((trouble) => {
      stop?.();
      stop = null;
      when.textContent = t("line.again");
      if (trouble?.retryAfterMs)
        stop = countdown(
          trouble.retryAfterMs,
          (count) => (when.textContent = t("line.in", { count })),
          () => (when.textContent = t("line.again")),
        );
    }),
  );
  return { element, dispose: () => cleanup.dispose() };
}
