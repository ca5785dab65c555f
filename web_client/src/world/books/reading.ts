/** The books that somebody stands before: their titles are fetched and painted, and they can be pointed at and chosen. */
import { Vector3, type PerspectiveCamera, type WebGLRenderer } from "three";
import type { Target, TargetSource } from "../targets";
import type { Stock } from "./columns";
import { BookFinder, spineOf } from "./finder";
import type { Shelves } from "./shelves";
import type { SpineTitles } from "./spine_titles";
import { type BookRecord, LIES, type Titles, VOLUME } from "./table";

/** Titles are painted for spines this near, the nearest first. */
const LEGIBLE_M = 2.2;
const LISTED = 12;
const LISTED_WITHIN_M = 1.6;
const LOOK_S = 0.25;
const PAINT_MS = 3;

/** A book somebody chose: its record, and which volume of it (0: no set). */
export interface ChosenBook extends BookRecord {
  volume: number;
}

export interface Reader {
  readonly feet: Vector3;
  chose(book: ChosenBook): void;
}

export class BookReading implements TargetSource {
  readonly #finder: BookFinder;
  readonly #near: Int32Array;
  readonly #distance: Float32Array;
  readonly #order: Uint32Array;
  readonly #point = new Vector3();
  readonly #targets = new Map<number, Target>();
  readonly #listed = new Set<number>();
  #hovered: { book: number; target: Target } | null = null;
  #titles: Titles | null = null;
  #asked = false;
  #failed = false;
  #near_count = 0;
  #next = 0;
  #since_s = LOOK_S;

  /** `fetchTitles` is called once, when somebody first comes near a shelf. */
  constructor(
    private readonly stock: Stock,
    private readonly shelves: Shelves | null,
    private readonly painter: SpineTitles | null,
    private readonly fetchTitles: () => Promise<Titles>,
    private readonly reader: Reader,
  ) {
    this.#finder = new BookFinder(stock);
    const most = stock.table.books.count;
    const room = Math.min(most, 4096);
    this.#near = new Int32Array(room);
    this.#distance = new Float32Array(room);
    this.#order = new Uint32Array(room);
  }

  /** True when the list of near books became another. */
  update(dt: number, eye: Vector3, camera: PerspectiveCamera, renderer: WebGLRenderer | null): boolean {
    let changed = false;
    if ((this.#since_s += dt) >= LOOK_S) {
      this.#since_s = 0;
      this.#gather(eye, camera);
      if (this.#near_count === 0 && this.#failed) this.#asked = this.#failed = false;
      if (this.#near_count && !this.#asked) this.#ask();
      changed = this.#list();
    }
    if (this.#titles && this.painter && renderer) this.#paint(this.#titles, this.painter, renderer);
    return changed;
  }

  #ask(): void {
    this.#asked = true;
    this.fetchTitles().then(
      (titles) => (this.#titles = titles),
      // Without titles the spines keep their strokes; the next approach asks again.
      () => (this.#failed = true),
    );
  }

  /** The books within reach that are not behind the eye, nearest first. */
  #gather(eye: Vector3, camera: PerspectiveCamera): void {
    const { chunks } = this.stock;
    this.#near_count = this.#next = 0;
    camera.getWorldDirection(ahead);
    for (let k = 0; k < chunks.length; k++) {
      const { firstBook, books, x, y, z, radius } = chunks[k]!;
      if (Math.hypot(x - eye.x, y - eye.y, z - eye.z) - radius > LEGIBLE_M) continue;
      for (let book = firstBook; book < firstBook + books && this.#near_count < this.#near.length; book++) {
        const at = spineOf(this.stock, book, this.#point);
        const far = at.distanceTo(eye);
        if (far > LEGIBLE_M || at.sub(eye).dot(ahead) < 0) continue;
        this.#near[this.#near_count] = book;
        this.#distance[this.#near_count] = far;
        this.#order[this.#near_count] = this.#near_count++;
      }
    }
    this.#order.subarray(0, this.#near_count).sort(this.#nearer);
    this.painter?.tick();
    const kept = Math.min(this.#near_count, this.painter?.slots ?? 0);
    for (let k = 0; k < kept; k++) this.painter?.keep(this.#near[this.#order[k]!]!);
  }

  readonly #nearer = (a: number, b: number): number => this.#distance[a]! - this.#distance[b]! || a - b;

  #paint(titles: Titles, painter: SpineTitles, renderer: WebGLRenderer): void {
    const most = Math.min(this.#near_count, painter.slots);
    const began = performance.now();
    while (this.#next < most && performance.now() - began < PAINT_MS) {
      const book = this.#near[this.#order[this.#next++]!]!;
      if (painter.keep(book)) continue;
      const { books } = this.stock.table;
      const painted = painter.paint(renderer, book, {
        record: titles.record(books.record[book]!),
        design: books.design[book]!,
        thickness_mm: books.thickness[book]! * 1000,
        height_mm: books.height[book]! * 1000,
        numbered: (books.how[book]! & VOLUME) > 0,
      });
      if (!painted) return;
      this.#retitle(book, painted.slot + 1);
      if (painted.lost >= 0) this.#retitle(painted.lost, 0);
    }
  }

  #retitle(book: number, title: number): void {
    this.stock.columns.title[book] = title;
    const { chunks } = this.stock;
    for (let k = 0; k < chunks.length; k++) {
      const { firstBook, books } = chunks[k]!;
      if (book >= firstBook && book < firstBook + books) return this.shelves?.retitle(k, book);
    }
  }

  /** How many titles are painted for books in reach, of how many. */
  get progress(): { painted: number; near: number } {
    const { title } = this.stock.columns;
    let painted = 0;
    for (let k = 0; k < this.#near_count; k++) if (title[this.#near[k]!]) painted++;
    return { painted, near: this.#near_count };
  }

  #list(): boolean {
    if (!this.#titles) return false;
    const wanted = new Set<number>();
    const records = new Set<number>();
    const { books } = this.stock.table;
    for (let k = 0; k < this.#near_count && wanted.size < LISTED; k++) {
      const book = this.#near[this.#order[k]!]!;
      if (this.#distance[this.#order[k]!]! > LISTED_WITHIN_M || records.has(books.record[book]!)) continue;
      // Volumes of one work are one choice.
      records.add(books.record[book]!);
      wanted.add(book);
    }
    let changed = false;
    for (const book of this.#listed)
      if (!wanted.has(book)) {
        this.#listed.delete(book);
        this.#targets.delete(book);
        changed = true;
      }
    for (const book of wanted)
      if (!this.#listed.has(book)) {
        this.#listed.add(book);
        this.#targets.set(book, this.#target(book));
        changed = true;
      }
    return changed;
  }

  list(): Iterable<Target> {
    return this.#targets.values();
  }

  get(id: string): Target | undefined {
    if (!id.startsWith("book:")) return undefined;
    const book = Number(id.slice(5));
    return this.#targets.get(book) ?? (this.#hovered?.book === book ? this.#hovered.target : undefined);
  }

  under(origin: Vector3, direction: Vector3, within_metres: number): { target: Target; distance: number } | null {
    if (!this.#titles || !this.#finder.under(origin, direction, Math.min(within_metres, LEGIBLE_M * 2))) return null;
    const { book, distance } = this.#finder;
    if (this.#hovered?.book !== book) this.#hovered = { book, target: this.#targets.get(book) ?? this.#target(book) };
    return { target: this.#hovered.target, distance };
  }

  #target(book: number): Target {
    const at = spineOf(this.stock, book, new Vector3());
    const { books } = this.stock.table;
    const number = books.record[book]!;
    const label = titleOf(this.#titles?.record(number));
    const lies = (books.how[book]! & LIES) !== 0;
    return {
      id: `book:${book}`,
      role: "book",
      label: () => label,
      act: () => {
        const record = this.#titles?.record(number);
        if (record) this.reader.chose({ ...record, volume: lies ? 0 : volumeOf(books.how[book]!) });
      },
      distance: () => at.distanceTo(this.reader.feet),
      at,
      radius_metres: 0.06,
    };
  }
}

const ahead = new Vector3();

function titleOf(record: BookRecord | undefined): string {
  return record ? (record.creator ? `${record.title} · ${record.creator}` : record.title) : "";
}

/** Numbers 11 to 20 are one to ten in Chinese. */
function volumeOf(how: number): number {
  const volume = how & VOLUME;
  return volume > 10 ? volume - 10 : volume;
}
