/** Where the keyboard is: what can be focused, keeping it inside a dialog, giving it back, stepping between regions. */
import { Cleanup } from "../hall/signal";

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex="0"]';

export function focusables(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => !element.closest("[hidden], [inert]"));
}

/** Tab and Shift+Tab go round inside `root` until the answer is called. */
export function keepInside(root: HTMLElement): () => void {
  const cleanup = new Cleanup();
  cleanup.listen(root, "keydown", (event: KeyboardEvent) => {
    if (event.key !== "Tab") return;
    const all = focusables(root);
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== edge && root.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
  });
  return () => cleanup.dispose();
}

/** Remembers the focused element; the answer gives the focus back to it, or to `instead` when it is gone. */
export function rememberFocus(instead: () => HTMLElement | null): () => void {
  const before = document.activeElement;
  return () => {
    const goal = before instanceof HTMLElement && before.isConnected && before !== document.body ? before : instead();
    goal?.focus();
  };
}

/** Moves the focus to the next (or previous) of the regions marked `data-region`, to what was focused there last. */
export function nextRegion(root: ParentNode, backwards: boolean): void {
  const regions = [...root.querySelectorAll<HTMLElement>("[data-region]")].filter(
    (region) => !region.closest("[hidden]") && focusables(region).length > 0,
  );
  if (regions.length === 0) return;
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  const step = backwards ? -1 : 1;
  const next = here < 0 ? (backwards ? regions.length - 1 : 0) : (here + step + regions.length) % regions.length;
  const region = regions[next]!;
  (region.querySelector<HTMLElement>('[tabindex="0"]') ?? focusables(region)[0])?.focus();
}

/** Arrow keys, Home and End move within a row of buttons of which one is in the tab order. The answer stops it. */
export function rove(row: HTMLElement, selector = "button"): () => void {
  const cleanup = new Cleanup();
  const items = (): HTMLElement[] =>
    [...row.querySelectorAll<HTMLElement>(selector)].filter(
      (item) => !item.closest("[hidden]") && item.offsetParent !== null,
    );
  const mark = (current: HTMLElement): void => {
    for (const item of row.querySelectorAll<HTMLElement>(selector)) item.tabIndex = item === current ? 0 : -1;
  };
  const first = row.querySelector<HTMLElement>(selector);
  if (first) mark(first);
  cleanup.listen(row, "focusin", (event: FocusEvent) => {
    const item = (event.target as HTMLElement).closest<HTMLElement>(selector);
    if (item) mark(item);
  });
  cleanup.listen(row, "keydown", (event: KeyboardEvent) => {
    const all = items();
    const here = all.indexOf(document.activeElement as HTMLElement);
    const goal = STEPS[event.key]?.(here, all.length);
    if (here < 0 || goal === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    all[(goal + all.length) % all.length]?.focus();
  });
  return () => cleanup.dispose();
}

const STEPS: Readonly<Record<string, (here: number, count: number) => number>> = {
  ArrowRight: (here) => here + 1,
  ArrowDown: (here) => here + 1,
  ArrowLeft: (here) => here - 1,
  ArrowUp: (here) => here - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** True on a device that is worked by touch alone: there a focused field raises a keyboard over half the picture. */
export function underThumb(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}
