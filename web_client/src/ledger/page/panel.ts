/** The proof panel: a seal, what was checked and what was found, and always what that does not prove. */
import { button, el } from "../../ui/dom";
import type { Words } from "../../i18n/words";
import { LedgerError } from "../errors";
import type { Step, Verdict } from "./checks";
import { sign, type Sign } from "./icons";

const SEALS: Readonly<Record<Verdict["state"], Sign>> = { ok: "seal", bad: "sealbroken", unable: "sealidle" };
const SIGNS: Readonly<Record<Step["state"], Sign>> = { ok: "check", bad: "close", idle: "minus" };
const LOOKS: Readonly<Record<Verdict["state"], string>> = { ok: "proof--ok", bad: "proof--bad", unable: "proof--idle" };

/** Fills the panel that the server left for it; what the server put below the steps stays. */
export class ProofPanel {
  readonly #means: string;

  constructor(
    readonly element: HTMLElement,
    readonly words: Words,
  ) {
    this.#means = element.querySelector(".means")?.textContent ?? "";
  }

  running(): void {
    this.#look(
      "proof--idle",
      "sealidle",
      this.words.t("ledger.proof.running"),
      this.words.t("ledger.proof.running.text"),
    );
    this.element.setAttribute("aria-busy", "true");
  }

  show(verdict: Verdict, again: () => void): void {
    const { t } = this.words;
    const made = verdict.steps.filter((step) => step.state === "ok").length;
    const below = {
      ok: t("ledger.proof.ok.text", { count: made, ms: Math.max(1, Math.round(verdict.took_ms)) }),
      bad: t("ledger.proof.bad.text", { count: verdict.steps.length }),
      unable: t("ledger.proof.unable.text"),
    }[verdict.state];
    this.#look(LOOKS[verdict.state], SEALS[verdict.state], t(`ledger.proof.${verdict.state}`), below);
    this.element.removeAttribute("aria-busy");
    this.element.dataset["state"] = verdict.state;
    const steps = verdict.steps.map((step) => this.#step(step));
    if (verdict.skipped > 0)
      steps.push(
        el(
          "li",
          { class: "is-idle" },
          sign("minus"),
          el("span", {}, t("ledger.proof.skipped", { count: verdict.skipped })),
        ),
      );
    this.element.querySelector(".steps")?.replaceChildren(...steps);
    // A telephone's screen is for the page; what went well can be opened, what did not is there to see.
    const details = this.element.querySelector("details");
    if (details) details.open = verdict.state !== "ok" || matchMedia("(min-width: 64rem)").matches;
    const means = this.element.querySelector(".means");
    if (means)
      means.textContent =
        verdict.state === "ok"
          ? [this.#means, t("ledger.honest")].join(this.words.language === "zh" ? "" : " ")
          : verdict.state === "bad"
            ? t("ledger.proof.bad.means")
            : this.#obstacle(verdict.error);
    this.element.querySelector(".ledger-again")?.remove();
    if (verdict.state !== "ok")
      means?.after(
        el("p", { class: "row after ledger-again" }, button(t("ledger.proof.again"), again, { kind: "btn--small" })),
      );
  }

  #look(look: string, seal: Sign, title: string, text: string): void {
    this.element.classList.remove(...Object.values(LOOKS));
    this.element.classList.add(look);
    const top = this.element.querySelector(".proof__top");
    top?.querySelector(".icon")?.replaceWith(sign(seal));
    const heading = top?.querySelector("h2");
    if (heading) heading.textContent = title;
    const below = top?.querySelector("p");
    if (below) below.textContent = text;
  }

  #step(step: Step): HTMLElement {
    const { t } = this.words;
    const words = el(
      "span",
      {},
      el("b", {}, t(`ledger.step.${step.name}`)),
      el("span", { class: "found" }, step.detail),
    );
    return el("li", { class: `is-${step.state}`, "data-step": step.name }, sign(SIGNS[step.state]), words);
  }

  #obstacle(error: unknown): string {
    const key = error instanceof LedgerError ? `ledger.error.${error.code}` : "ledger.error.other";
    return this.words.has(key) ? this.words.t(key) : this.words.t("ledger.error.other");
  }
}
