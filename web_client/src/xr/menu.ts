/** What the panel in the headset offers: the same things, by the same names and acts, as the page's lists. */
import type { HallActions, HallState, Settings } from "../hall/state";
import type { LibraryItem } from "../world/placed/library";
import { PANEL, type PanelButton, type PanelPage } from "./panel";
import { type PanelWords, panelWords } from "./words";

type Tab = keyof PanelWords["tabs"];
const TABS: readonly Tab[] = ["here", "people", "go", "talk", "arrange", "comfort"];
const PIECES = 6;
const ROWS = 6;
const LEFT = 44;
const TOP = 176;
const ROW = 66;
const WIDE = PANEL.width - 2 * LEFT;

export interface MenuDeeds {
  close(): void;
  leaveHeadset(): void;
}

export class Menu {
  tab: Tab = "here";
  readonly #state: HallState;
  readonly #actions: () => HallActions;
  readonly #deeds: MenuDeeds;
  readonly #changed: () => void;
  #pieces: readonly LibraryItem[] = [];
  #piece = 0;

  constructor(state: HallState, actions: () => HallActions, deeds: MenuDeeds, changed: () => void) {
    this.#state = state;
    this.#actions = actions;
    this.#deeds = deeds;
    this.#changed = changed;
  }

  page(): PanelPage {
    const { language } = this.#state.settings.value;
    const words = panelWords(language);
    const titles = this.#state.roomTitle.value;
    const page: PanelPage = { title: titles[language] ?? titles["en"] ?? "", buttons: [], lines: [] };
    const { place, change } = this.#state.arrange.rights.value;
    const tabs = TABS.filter((tab) => tab !== "arrange" || place || change !== "none");
    const width = (WIDE - (tabs.length - 1) * 12) / tabs.length;
    tabs.forEach((tab, i) =>
      page.buttons.push({
        x: LEFT + i * (width + 12),
        y: 100,
        width,
        height: 56,
        label: words.tabs[tab],
        kind: "tab",
        chosen: tab === this.tab,
        press: () => {
          this.tab = tab;
          this.#changed();
        },
      }),
    );
    page.buttons.push(
      corner(PANEL.width - LEFT - 150, words.close, "action", () => this.#deeds.close()),
      corner(PANEL.width - LEFT - 150 - 262, words.leaveHeadset, "row", () => this.#deeds.leaveHeadset()),
    );
    this.#fill[this.tab](page, words);
    return page;
  }

  /** Failures have their own place in the state; a press never throws. */
  #do(deed: Promise<unknown>): void {
    void deed.catch(() => undefined);
  }

  readonly #fill: Record<Tab, (page: PanelPage, words: PanelWords) => void> = {
    here: (page, words) => {
      // Spines are for pointing at: a dozen of them would leave no row for seats and doors.
      const near = this.#state.actionables.value
        .filter(({ role }) => role !== "book")
        .map((thing) => ({ thing, distance: thing.distance() }))
        .sort((a, b) => a.distance - b.distance)
        .slice(0, ROWS - 1);
      near.forEach(({ thing, distance }, i) =>
        page.buttons.push(
          row(i, thing.label(), Number.isFinite(distance) ? words.metres(distance) : "", () => {
            thing.act();
            this.#deeds.close();
          }),
        ),
      );
      const last = ROWS - 1;
      if (this.#state.seated.value) page.buttons.push(half(last, 0, words.stand, () => this.#actions().stand()));
      else page.buttons.push(half(last, 0, words.safe, () => this.#do(this.#actions().goSafe())));
      page.buttons.push({ ...half(last, 1, words.leaveRoom, () => this.#do(this.#actions().leave())), kind: "danger" });
    },
    people: (page, words) => {
      const others = this.#state.people.value.filter(({ self, blocked }) => !self && !blocked).slice(0, ROWS);
      if (!others.length) page.lines.push({ x: LEFT, y: TOP + 40, text: words.nobody, faint: true });
      others.forEach((person, i) =>
        page.buttons.push(
          row(i, person.name, person.hand_raised ? "✋" : "", () => {
            this.#actions().goTo({ participant: person.participant });
            this.#deeds.close();
          }),
        ),
      );
    },
    go: (page) => {
      const { language } = this.#state.settings.value;
      this.#state.places.value.slice(0, 2 * ROWS).forEach((place, i) =>
        page.buttons.push(
          half(i >> 1, i & 1, place.name[language] ?? place.name["en"] ?? place.id, () => {
            this.#actions().goTo(place);
            this.#deeds.close();
          }),
        ),
      );
    },
    talk: (page, words) => {
      const lines = this.#state.chat.value.slice(-4);
      if (!lines.length) page.lines.push({ x: LEFT, y: TOP + 24, text: words.noLines, faint: true });
      lines.forEach((line, i) =>
        page.lines.push({ x: LEFT, y: TOP + 20 + i * 36, text: `${line.name}: ${line.text}` }),
      );
      words.phrases
        .slice(0, 4)
        .forEach((phrase, i) =>
          page.buttons.push(
            half(3 + (i >> 1) - 0.4, i & 1, phrase, () => this.#do(this.#actions().say("nearby", phrase))),
          ),
        );
      const reactions = Object.entries(words.reactions) as [keyof PanelWords["reactions"], string][];
      const width = (WIDE - 6 * 8) / 7;
      reactions.forEach(([reaction, label], i) =>
        page.buttons.push({
          x: LEFT + i * (width + 8),
          y: TOP + 5 * ROW,
          width,
          height: 54,
          label,
          press: () => this.#do(this.#actions().react(reaction)),
        }),
      );
      const raised = this.#state.self.value?.hand_raised === true;
      page.buttons.push({
        x: LEFT + 6 * (width + 8),
        y: TOP + 5 * ROW,
        width,
        height: 54,
        label: raised ? words.lowerHand : words.raiseHand,
        chosen: raised,
        press: () => this.#do(this.#actions().raiseHand(!raised)),
      });
    },
    arrange: (page, words) => {
      const { on, chosen, rights } = this.#state.arrange;
      const { arrange } = this.#actions();
      page.buttons.push({
        ...half(0, 0, words.arranging, () => arrange.open(!on.value)),
        note: on.value ? words.on : words.off,
        chosen: on.value,
      });
      if (!on.value) return;
      page.buttons.push(half(0, 1, words.undo, () => this.#do(arrange.undo())));
      if (chosen.value?.mayChange)
        page.buttons.push(
          quarter(1, 0, words.turn, () => arrange.step({ do: "turn", sign: 1 })),
          quarter(1, 1, words.copy, () => this.#do(arrange.duplicate())),
          quarter(1, 2, words.redo, () => this.#do(arrange.redo())),
          { ...quarter(1, 3, words.remove, () => this.#do(arrange.remove())), kind: "danger" },
        );
      page.lines.push({
        x: LEFT,
        y: TOP + 2 * ROW + 30,
        text: chosen.value ? words.chosen(chosen.value.label) : words.nothingChosen,
        faint: true,
      });
      if (rights.value.place) this.#furniture(page, words);
    },
    comfort: (page, words) => {
      const { comfort } = this.#state.settings.value;
      const toggle = (on: boolean): string => (on ? words.on : words.off);
      const teleports = comfort.locomotion === "teleport";
      const snaps = comfort.turn === "snap";
      const rows: [string, string, Partial<Settings["comfort"]>][] = [
        [teleports ? words.teleport : words.smooth, "", { locomotion: teleports ? "smooth" : "teleport" }],
        [snaps ? words.snapTurn : words.smoothTurn, "", { turn: snaps ? "smooth" : "snap" }],
        [words.vignette, toggle(comfort.vignette), { vignette: !comfort.vignette }],
        [words.seated, toggle(comfort.seated), { seated: !comfort.seated }],
      ];
      rows.forEach(([label, note, change], i) => page.buttons.push(row(i, label, note, () => this.#set(change))));
    },
  };

  /** A page of the library; a press takes the piece, and the next one puts it down. */
  #furniture(page: PanelPage, words: PanelWords): void {
    const { language } = this.#state.settings.value;
    if (this.#pieces.length === 0) {
      void this.#actions()
        .arrange.library()
        .then(
          (items) => {
            this.#pieces = items;
            if (items.length) this.#changed();
          },
          () => undefined,
        );
      return;
    }
    const shown = this.#pieces.slice(this.#piece, this.#piece + PIECES);
    shown.forEach(({ name, url, sha256 }, i) => {
      const label = name[language] ?? name["en"] ?? "";
      const take = (): void => {
        this.#actions().arrange.take({ label, entity: { model: { url, sha256 } } });
        this.#deeds.close();
      };
      page.buttons.push(third(3 + Math.floor(i / 3), i % 3, label, take));
    });
    page.buttons.push(
      half(5, 1, words.more, () => {
        this.#piece = this.#piece + PIECES < this.#pieces.length ? this.#piece + PIECES : 0;
        this.#changed();
      }),
    );
  }

  #set(change: Partial<Settings["comfort"]>): void {
    const { settings } = this.#state;
    settings.value = { ...settings.value, comfort: { ...settings.value.comfort, ...change } };
  }
}

function row(i: number, label: string, note: string, press: () => void): PanelButton {
  return { x: LEFT, y: TOP + i * ROW, width: WIDE, height: 58, label, note, kind: "row", press };
}

function quarter(i: number, column: number, label: string, press: () => void): PanelButton {
  return { ...columnOf(4, i, column), label, kind: "row", press };
}

function third(i: number, column: number, label: string, press: () => void): PanelButton {
  return { ...columnOf(3, i, column), label, kind: "row", press };
}

function columnOf(columns: number, i: number, column: number): Pick<PanelButton, "x" | "y" | "width" | "height"> {
  const width = (WIDE - 16 * (columns - 1)) / columns;
  return { x: LEFT + column * (width + 16), y: TOP + i * ROW, width, height: 58 };
}

function half(i: number, side: number, label: string, press: () => void): PanelButton {
  const width = (WIDE - 16) / 2;
  return { x: LEFT + side * (width + 16), y: TOP + i * ROW, width, height: 58, label, kind: "row", press };
}

function corner(x: number, label: string, kind: "action" | "row", press: () => void): PanelButton {
  return {
    x,
    y: 34,
    width: kind === "action" ? 150 : 246,
    height: 52,
    label,
    kind: kind === "row" ? "tab" : kind,
    press,
  };
}
