/** Arranging by keyboard: every handle has its keys. They come before walking keys while something is chosen or being placed. */
import { Cleanup } from "../../hall/signal";
import { attempt, type Context } from "../../ui/context";
import type { HandleKind, Step } from "../contract";

const MOVES: Readonly<Record<string, (coarse: boolean) => Step>> = {
  ArrowLeft: (coarse) => ({ do: "move", right: -1, forward: 0, coarse }),
  ArrowRight: (coarse) => ({ do: "move", right: 1, forward: 0, coarse }),
  ArrowUp: (coarse) => ({ do: "move", right: 0, forward: 1, coarse }),
  ArrowDown: (coarse) => ({ do: "move", right: 0, forward: -1, coarse }),
  PageUp: (coarse) => ({ do: "lift", up: 1, coarse }),
  PageDown: (coarse) => ({ do: "lift", up: -1, coarse }),
  "[": () => ({ do: "turn", sign: 1 }),
  "]": () => ({ do: "turn", sign: -1 }),
  "+": () => ({ do: "scale", sign: 1 }),
  "=": () => ({ do: "scale", sign: 1 }),
  "-": () => ({ do: "scale", sign: -1 }),
};
/** On a handle the arrows do what the handle does. */
const ON_HANDLE: Readonly<Record<HandleKind, (step: Step) => Step>> = {
  move: (step) => step,
  lift: (step) => (step.do === "move" ? { do: "lift", up: step.forward || step.right } : step),
  turn: (step) => (step.do === "move" ? { do: "turn", sign: step.right + step.forward > 0 ? -1 : 1 } : step),
  scale: (step) => (step.do === "move" ? { do: "scale", sign: step.right + step.forward > 0 ? 1 : -1 } : step),
};

export function arrangeKeys(context: Context): () => void {
  const { state, actions, model } = context;
  const { arrange } = state;
  const cleanup = new Cleanup();
  const ask = (doing: Promise<void>): true => {
    void attempt(context, doing);
    return true;
  };
  const caption = (): true => {
    model.arrangeTab.value = "thing";
    model.panel.value = "arrange";
    document.getElementById("arrange-caption")?.focus();
    return true;
  };
  /** True when the key was ours. */
  const press = (event: KeyboardEvent): boolean => {
    const { chosen, placing } = arrange;
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Escape" && !event.shiftKey) return escape(event);
    if (typesIn(event.target)) return false;
    if (command && event.key.toLowerCase() === "z")
      return ask(event.shiftKey ? actions.arrange.redo() : actions.arrange.undo());
    if (command && event.key.toLowerCase() === "y") return ask(actions.arrange.redo());
    if (!isOurs(event.target) || (!chosen.value && !placing.value)) return false;
    if (command && event.key.toLowerCase() === "d" && chosen.value) return ask(actions.arrange.duplicate());
    if (command || event.metaKey) return false;
    if (event.key === "Enter" && !onButton(event.target))
      return placing.value ? ask(actions.arrange.putDown()) : caption();
    if ((event.key === "Delete" || event.key === "Backspace") && chosen.value) return ask(actions.arrange.remove());
    const step = MOVES[event.key]?.(event.shiftKey);
    if (!step) return false;
    const kind = (event.target as HTMLElement | null)?.dataset?.["kind"] as HandleKind | undefined;
    actions.arrange.step(kind && kind in ON_HANDLE ? ON_HANDLE[kind](step) : step);
    return true;
  };
  const escape = (event: KeyboardEvent): boolean => {
    // A field or list in the panel gives up the panel first.
    if (model.panel.value !== null && event.target instanceof Element && event.target.closest(".sheet")) return false;
    if (actions.arrange.cancel()) return true;
    if (model.panel.value !== null) model.panel.value = null;
    else actions.arrange.open(false);
    return true;
  };
  cleanup.listen(
    window,
    "keydown",
    (event: KeyboardEvent) => {
      if (!arrange.on.value || event.defaultPrevented) return;
      if (event.key === "Alt") {
        if (!event.repeat) arrange.free.value = true;
        return event.preventDefault();
      }
      if (!press(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  const bound = (event: KeyboardEvent): void => {
    if (arrange.on.value && event.key === "Alt") arrange.free.value = false;
  };
  cleanup.listen(window, "keyup", bound);
  return () => cleanup.dispose();
}

function typesIn(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** The picture, and what stands over it for arranging. */
function isOurs(target: EventTarget | null): boolean {
  if (target === document.body || target === window || target instanceof HTMLCanvasElement) return true;
  return target instanceof Element && target.closest(".arrange, .arrange-handles") !== null;
}

function onButton(target: EventTarget | null): boolean {
  const control = target instanceof Element ? target.closest("button, a, label, summary") : null;
  // A handle does nothing by itself when it is pressed.
  return control !== null && !control.classList.contains("arrange-handle");
}
