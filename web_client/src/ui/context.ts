/** What every part of the interface is given. Made anew when the language changes; the model stays. */
import type { Announcer } from "../a11y/live";
import type { HallActions, HallState, Scope, Settings, Trouble } from "../hall/state";
import { Signal } from "../hall/signal";
import type { ArrangeTab } from "../editor/ui/tabs";
import type { Words } from "../i18n/words";
import type { Plain } from "./plain";

export const PANELS = [
  "arrange",
  "chat",
  "people",
  "goto",
  "help",
  "settings",
  "headset",
  "look",
  "reactions",
  "more",
] as const;
export type PanelName = (typeof PANELS)[number];

/** A page within the people panel. */
export type PeoplePage = { kind: "list" } | { kind: "person" | "report" | "moderate"; participant: string };

/** What the interface itself remembers during a visit: it outlives a change of language. */
export class UiModel {
  readonly panel = new Signal<PanelName | null>(null);
  readonly arrangeTab = new Signal<ArrangeTab>("add");
  readonly peoplePage = new Signal<PeoplePage>({ kind: "list" });
  readonly scope = new Signal<Scope>("nearby");
  readonly partner = new Signal<string | null>(null);
  readonly draft = new Signal("");
  readonly unread = new Signal(0);
  readonly mapShown = new Signal(true);
  readonly welcomed = new Signal(false);
  readonly flat = new Signal<Plain>(false);
  readonly entryName = new Signal<string | null>(null);
  readonly putAway = new Signal<ReadonlySet<number>>(new Set());
  readonly toasts = new Signal<readonly Toast[]>([]);
  #toast = 0;

  /** Opens a panel, or closes it when it is open. */
  toggle(panel: PanelName): void {
    this.panel.value = this.panel.value === panel ? null : panel;
  }

  toast(words: string, bad = false): void {
    this.toasts.value = [...this.toasts.value.slice(-2), { id: ++this.#toast, words, bad }];
  }

  dropToast(id: number): void {
    this.toasts.value = this.toasts.value.filter((toast) => toast.id !== id);
  }
}

export interface Toast {
  id: number;
  words: string;
  bad: boolean;
}

export interface Context {
  root: HTMLElement;
  state: HallState;
  actions: HallActions;
  model: UiModel;
  words: Words;
  announcer: Announcer;
}

/** A piece of the page with its end. */
export interface Part {
  element: HTMLElement;
  dispose(): void;
}

export function change(state: HallState, part: Partial<Settings>): void {
  state.settings.value = { ...state.settings.value, ...part };
}

/** A refusal in words: our sentence for the hall, else the pages' one for the code, else a plain one; with the wait, if any. */
export function troubleWords({ t, has }: { t: Words["t"]; has: (key: string) => boolean }, why: Trouble): string {
  const key = [`trouble.${why.code}`, `error.${why.code}`].find(has) ?? "trouble.unknown";
  const wait = why.retryAfterMs ? ` ${t("trouble.wait", { count: Math.ceil(why.retryAfterMs / 1000) })}` : "";
  return t(key) + wait;
}

export function asTrouble(error: unknown): Trouble {
  if (typeof error === "object" && error !== null && "code" in error) return error as Trouble;
  return { code: "internal", detail: "", retryAfterMs: null };
}

/** Does it; what is refused is said in words. True when it was done. */
export async function attempt(context: Context, doing: Promise<void>): Promise<boolean> {
  try {
    await doing;
    return true;
  } catch (error) {
    const words = troubleWords(wordsFace(context.words), asTrouble(error));
    context.model.toast(words, true);
    context.announcer.alert(words);
    return false;
  }
}

export function wordsFace(words: Words): { t: Words["t"]; has: (key: string) => boolean } {
  return { t: words.t, has: (key) => words.has(key) };
}
