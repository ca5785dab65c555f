/** The page of one's keys: make, register, replace, end, recover. Nothing is signed that was not shown before. */
import { button, el } from "../../ui/dom";
import type { Words } from "../../i18n/words";
import { fromHex, hex, type Bytes } from "../bytes";
import { checkKey } from "../ed25519";
import { LedgerError } from "../errors";
import { commitment, DatabaseKeys, makeKey, type DeviceKey, type KeyStore } from "../keys";
import { makeRecovery, readRecovery } from "../recovery";
import { ask, Declined, send } from "./api";
import { sign } from "./icons";
import { prepare, readHalf, signAll, type Prepared, type Signer } from "./key_entries";
import { beginCard, carriedForm, notice, paper, recoverCard, sure, talkPlace, vouchCard } from "./key_forms";
import { moment, short } from "./words";

/** What the service tells of an account; a wrong answer makes an entry that the ledger refuses, nothing worse. */
interface Account {
  account: string;
  head: string;
  keys: { id: string; until: number | null }[];
}

export class KeysPage {
  readonly #place: HTMLElement;
  readonly #log: string;
  readonly #shared: boolean;
  #store: KeyStore | null;

  constructor(
    page: HTMLElement,
    readonly words: Words,
    database: IDBDatabase | null,
    readonly now_ms: () => number,
  ) {
    this.#place = document.getElementById("keys-here") ?? el("div");
    this.#log = page.dataset["origin"] ?? "";
    this.#shared = document.getElementById("keys")?.dataset["shared"] === "yes";
    this.#store = database && !this.#shared ? new DatabaseKeys(database) : null;
  }

  async open(): Promise<void> {
    if (this.#shared) return;
    if (!this.#store) return this.#place.replaceChildren(notice(this.words.t("keys.no_storage")));
    const keys = await this.#store.list();
    const usable = keys.filter((key) => key.state === "active");
    const waiting = keys.filter((key) => key.state === "new");
    const cards = [...usable, ...waiting, ...keys.filter((key) => key.state === "ended")].map((key) => this.#card(key));
    if (usable.length + waiting.length === 0)
      cards.push(
        beginCard(
          this.words,
          (card) => void this.#make(card),
          (card) => void this.#join(card),
        ),
      );
    const by = usable[0];
    // Another device of an account: some device that is in it must vouch for its key.
    if (by) cards.push(vouchCard(this.words, (card, key) => void this.#vouched(card, by, key)));
    else cards.push(recoverCard(this.words, (card, account, typed) => void this.#recovered(card, account, typed)));
    this.#place.replaceChildren(...cards);
  }

  // --- what is here ---

  #card(key: DeviceKey): HTMLElement {
    const { t } = this.words;
    const states = { new: t("keys.new"), next: "", active: t("keys.is_active"), ended: t("keys.ended") };
    const acts: HTMLElement[] = [];
    const card = el("section", { class: "panel key-card", "data-state": key.state });
    const small = { kind: "btn--small" };
    if (key.state === "new") {
      acts.push(button(t("keys.register"), () => void this.#register(card, key), { kind: "btn--small btn--main" }));
      acts.push(button(t("keys.check"), () => void this.#lookUp(card, key), small));
    }
    if (key.state === "active") {
      acts.push(
        button(t("keys.rotate"), () => this.#sure(card, "keys.rotate.sure", () => this.#rotate(card, key)), small),
      );
      acts.push(
        button(t("keys.revoke"), () => this.#sure(card, "keys.revoke.sure", () => this.#revoke(card, key)), {
          kind: "btn--small btn--danger",
        }),
      );
    }
    const forget = (): void => this.#sure(card, "keys.forget.sure", () => this.#forget(key));
    acts.push(button(t("keys.forget"), forget, { kind: "btn--small btn--plain" }));
    const account = key.account
      ? el(
          "small",
          {},
          `${t("keys.account")} `,
          el("a", { class: "mono", href: `/ledger/accounts/${key.account}` }, short(key.account)),
        )
      : null;
    card.append(
      el("h2", {}, sign("key"), t("keys.device.title")),
      el("p", { class: "mono ledger-whole", "data-key": key.id }, key.id),
      el(
        "p",
        { class: "key-card__state" },
        el("b", {}, states[key.state]),
        el("small", {}, moment(this.words, key.made_ms)),
        account,
      ),
      el("p", { class: "row after" }, ...acts),
      talkPlace(),
    );
    if (key.state === "new") card.append(el("p", { class: "hint" }, t("keys.add.text")));
    return card;
  }

  // --- making and registering ---

  async #make(card: HTMLElement): Promise<void> {
    const store = this.#store as KeyStore;
    await this.#tell(card, async () => {
      const key = await makeKey(store, this.now_ms());
      const made = this.#card(key);
      card.replaceWith(made);
      await this.#register(made, key);
    });
  }

  /** A key for an account that the person has already: another device must vouch for it. */
  async #join(card: HTMLElement): Promise<void> {
    await this.#tell(card, async () => {
      const key = await makeKey(this.#store as KeyStore, this.now_ms());
      const made = this.#card(key);
      card.replaceWith(made);
      await this.#lookUp(made, key);
    });
  }

  /** Shows the recovery key, waits until it is on paper, shows what will be signed, signs and sends it. */
  async #register(card: HTMLElement, key: DeviceKey): Promise<void> {
    await this.#tell(card, async () => {
      const recovery = await makeRecovery();
      const prepared = await this.#newAccount(key, recovery.commitment);
      this.#paper(card, recovery.words, prepared, async () => {
        const index = await this.#send(prepared);
        await this.#keep({ ...key, state: "active", account: key.id });
        return index;
      });
    });
  }

  async #newAccount(key: DeviceKey, recovery: string): Promise<Prepared> {
    const next = await this.#next(key.id);
    return prepare("key.register", this.#log, { key: key.id, next, recovery }, [key], this.now_ms());
  }

  #paper(card: HTMLElement, secret: string, prepared: Prepared, act: () => Promise<number>): void {
    paper(this.words, this.#talk(card), secret, prepared.text, () => void this.#finish(card, act));
  }

  /** The new device signs as well; so the entry waits on it, half signed, until it is carried there and sent. */
  async #vouched(card: HTMLElement, by: DeviceKey, key: string): Promise<void> {
    await this.#tell(card, async () => {
      const parsed = fromHex(key, 32);
      if (!parsed) throw new Declined(this.words.t("keys.vouch.shape"));
      checkKey(parsed, this.words.t("keys.vouch.label"));
      const { account, head } = await ask<Account>(`accounts/${by.id}`);
      const prepared = prepare("key.register", this.#log, { key, account, prev: head }, [by], this.now_ms());
      const half = await signAll(prepared);
      const code = el(
        "textarea",
        { class: "input mono", readonly: true, rows: 5, "aria-label": this.words.t("keys.carry") },
        JSON.stringify(half),
      );
      this.#talk(card).replaceChildren(el("p", {}, this.words.t("keys.carry")), code);
      code.select();
    });
  }

  /** Whether the ledger has this key by now; and where another device can finish what it began. */
  async #lookUp(card: HTMLElement, key: DeviceKey): Promise<void> {
    const { t } = this.words;
    await this.#tell(card, async () => {
      const found = await ask<Account>(`accounts/${key.id}`).catch((error: unknown) => {
        if (error instanceof LedgerError && error.code === "not_found") return null;
        throw error;
      });
      if (found) {
        await this.#keep({ ...key, state: "active", account: found.account });
        return this.open();
      }
      const form = carriedForm(this.words, (text) => void this.#finish(card, () => this.#carried(key, text)));
      this.#talk(card).replaceChildren(el("p", {}, t("keys.unknown")), form);
    });
  }

  /** Adds this device's signature to what the other one signed, if it says what it should. */
  async #carried(key: DeviceKey, text: string): Promise<number> {
    const half = readHalf(text);
    const body = half && (JSON.parse(half.text) as { type?: unknown; key?: unknown; account?: unknown; log?: unknown });
    if (!half || body?.type !== "key.register" || body.key !== key.id || body.log !== this.#log)
      throw new Declined(this.words.t("keys.carried.wrong"));
    const raw = new TextEncoder().encode(half.text);
    const own = await signAll({ text: half.text, raw, signers: [key] });
    const sent = await send(half.text, [...half.signatures, ...own.signatures]);
    await this.#keep({ ...key, state: "active", account: String(body.account) });
    return sent.index;
  }

  // --- replacing, ending, recovering ---

  async #rotate(card: HTMLElement, key: DeviceKey): Promise<void> {
    await this.#finish(card, async () => {
      const keys = await (this.#store as KeyStore).list();
      const promised = keys.find((one) => one.state === "next" && one.before === key.id);
      const after = promised ?? (await makeKey(this.#store as KeyStore, this.now_ms(), key.id));
      const { head } = await ask<Account>(`accounts/${key.id}`);
      const next = await this.#next(after.id);
      const index = await this.#send(
        prepare("key.rotate", this.#log, { key: after.id, prev: head, next }, [key, after], this.now_ms()),
      );
      await this.#keep({ ...after, state: "active", before: null, account: key.account });
      await this.#keep({ ...key, state: "ended" });
      return index;
    });
  }

  async #revoke(card: HTMLElement, key: DeviceKey): Promise<void> {
    await this.#finish(card, async () => {
      const { head } = await ask<Account>(`accounts/${key.id}`);
      const index = await this.#send(
        prepare("key.revoke", this.#log, { key: key.id, prev: head, reason: "ended_by_holder" }, [key], this.now_ms()),
      );
      await this.#keep({ ...key, state: "ended" });
      return index;
    });
  }

  async #recovered(card: HTMLElement, named: string, typed: string): Promise<void> {
    await this.#tell(card, async () => {
      const pair = await readRecovery(typed);
      const { account, head } = await ask<Account>(`accounts/${encodeURIComponent(named)}`);
      const key = await makeKey(this.#store as KeyStore, this.now_ms());
      const again = await makeRecovery();
      const old: Signer = { id: hex(pair.publicKey), privateKey: pair.privateKey };
      const members = { account, key: key.id, prev: head, next: await this.#next(key.id), recovery: again.commitment };
      const prepared = prepare("key.recover", this.#log, members, [old, key], this.now_ms());
      this.#paper(card, again.words, prepared, async () => {
        const index = await this.#send(prepared);
        await this.#keep({ ...key, state: "active", account });
        return index;
      });
    });
  }

  // --- inside ---

  /** The hash of the key that may follow `key`; it is made now and waits here. */
  async #next(key: string): Promise<string> {
    const store = this.#store as KeyStore;
    const waiting = (await store.list()).find((one) => one.state === "next" && one.before === key);
    const next = waiting ?? (await makeKey(store, this.now_ms(), key));
    return commitment(fromHex(next.id, 32) as Bytes);
  }

  async #send(prepared: Prepared): Promise<number> {
    const signed = await signAll(prepared);
    return (await send(signed.text, signed.signatures)).index;
  }

  async #keep(key: DeviceKey): Promise<void> {
    await (this.#store as KeyStore).put(key);
  }

  async #forget(key: DeviceKey): Promise<void> {
    const store = this.#store as KeyStore;
    for (const one of await store.list()) if (one.id === key.id || one.before === key.id) await store.forget(one.id);
    await this.open();
  }

  /** Does it, then shows the page anew with what came of it. */
  async #finish(card: HTMLElement, act: () => Promise<number>): Promise<void> {
    await this.#tell(card, async () => {
      const index = await act();
      await this.open();
      const done = el(
        "p",
        { class: "notice notice--ok", role: "status", tabindex: -1 },
        sign("check"),
        el("span", {}, el("a", { href: `/ledger/entries/${index}` }, this.words.t("keys.done", { index }))),
      );
      this.#place.prepend(done);
      done.focus();
    });
  }

  #sure(card: HTMLElement, question: string, act: () => Promise<void>): void {
    sure(this.words, this.#talk(card), question, () => void act());
  }

  /** Failures are said where they happened. */
  async #tell(card: HTMLElement, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const reason = error instanceof LedgerError || error instanceof Declined ? error.message : String(error);
      const key = error instanceof Declined ? "keys.refused" : "keys.wrong";
      this.#talk(card).replaceChildren(notice(this.words.t(key, { reason }), "notice--bad"));
    }
  }

  #talk(card: HTMLElement): HTMLElement {
    return card.querySelector<HTMLElement>(".key-card__talk") ?? card.appendChild(talkPlace());
  }
}
