/** The mirror in the hall: how one looks, tried on here and worn when one says so. */
import { Cleanup } from "../hall/signal";
import type { Look } from "../net/protocol.gen";
import { attempt, type Context } from "./context";
import { button, el } from "./dom";
import { recallEntry, rememberEntry } from "./entry_store";
import { lookChooser } from "./look_chooser";
import { Mirror } from "./mirror";
import type { Content } from "./panel";

const TURN_RAD = 0.6;

export function lookPanel(context: Context): Content {
  const { state, actions, model, words, announcer } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  const mirror = mirrorOf(context);
  cleanup.add(() => mirror.dispose());
  let look: Look = state.self.value?.look ?? {};
  const chooser = lookChooser(context, {
    id: "look",
    look,
    changed: (next, body) => {
      look = next;
      mirror.show(body, look, t("enter.mirror.label", { name: words.own(body.names) }));
    },
  });
  cleanup.add(() => chooser.dispose());
  const wear = button(
    t("look.wear"),
    () =>
      void attempt(context, actions.setLook(null, look)).then((done) => {
        if (!done) return;
        const kept = recallEntry();
        if (kept) rememberEntry({ ...kept, look });
        announcer.say(t("live.look"));
        model.panel.value = null;
      }),
    { kind: "btn--main" },
    { id: "look-wear" },
  );
  return {
    title: t("look.title"),
    element: el(
      "div",
      { class: "sheet__body sheet__scroll look-panel" },
      mirror.element,
      chooser.element,
      el("div", { class: "row look-panel__go" }, wear),
    ),
    dispose: () => cleanup.dispose(),
  };
}

/** The mirror with its turners; it stands still for who wants less motion. */
export function mirrorOf(context: Context): Mirror {
  const { state, model, words } = context;
  const { t } = words;
  const moves = !state.settings.value.comfort.reducedMotion;
  const mirror = new Mirror({ true_: t("enter.mirror"), drawn: t("enter.mirror.drawn") }, !model.flat.value, moves);
  mirror.element.append(turners(context, mirror));
  return mirror;
}

/** A drag turns who is in the mirror; so do these, for keys and switches. */
function turners({ words: { t } }: Context, mirror: Mirror): HTMLElement {
  return el(
    "div",
    { class: "row look__turn" },
    button(t("look.turn.left"), () => mirror.turn(-TURN_RAD), { kind: "btn--plain btn--small" }),
    button(t("look.turn.right"), () => mirror.turn(TURN_RAD), { kind: "btn--plain btn--small" }),
  );
}
