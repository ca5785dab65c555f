/** Another history: said first, said large, with both signed notes to take away. */
import { button, el } from "../../ui/dom";
import type { Words } from "../../i18n/words";
import { evidence, type Alarm } from "../memory";
import { sign } from "./icons";
import { moment } from "./words";

export function showAlarm(place: HTMLElement, alarm: Alarm, words: Words, forget: () => Promise<void>): void {
  const { t } = words;
  const side = (title: string, one: Alarm["shown"]): HTMLElement =>
    el(
      "div",
      {},
      el("h3", {}, title),
      el("p", {}, `${t("ledger.alarm.size", { size: one.size })} · ${moment(words, one.seen_ms)}`),
      el("pre", { class: "ledger-raw", tabindex: 0, "aria-label": title }, one.signed),
    );
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([evidence(alarm)], { type: "application/json" }));
    el("a", { href: url, download: `ledger-evidence-${alarm.shown.seen_ms}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  place.replaceChildren(
    el(
      "section",
      { class: "ledger-alarm", role: "alert", "aria-labelledby": "alarm-title" },
      el(
        "div",
        { class: "ledger-alarm__top" },
        sign("alert"),
        el("h2", { id: "alarm-title" }, t(`ledger.alarm.${alarm.kind}`)),
      ),
      el("p", {}, t(`ledger.alarm.${alarm.kind}.text`)),
      el("p", {}, t("ledger.alarm.do")),
      el(
        "div",
        { class: "ledger-alarm__sides" },
        side(t("ledger.alarm.remembered"), alarm.remembered),
        side(t("ledger.alarm.shown"), alarm.shown),
      ),
      el("p", { class: "mono ledger-alarm__finding" }, alarm.finding),
      el("p", { class: "row" }, button(t("ledger.alarm.save"), save, { kind: "btn--main" })),
      el(
        "details",
        {},
        el("summary", {}, t("ledger.alarm.forget")),
        el("p", {}, t("ledger.alarm.forget.text")),
        button(t("ledger.alarm.forget"), () => void forget(), { kind: "btn--small btn--danger" }),
      ),
    ),
  );
  document.title = `⚠ ${document.title}`;
  document.body.classList.add("has-alarm");
}
