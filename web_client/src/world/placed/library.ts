/** The furniture that the house ships: names, sizes and seats, read once when somebody needs them. */
import { Vector3 } from "three";
import { sendJson } from "../../net/http";
import type { Extent, Vector } from "./thing";

export interface LibrarySeat {
  position: Vector;
  /** 0 looks toward the piece's −Z, 90 toward −X. */
  heading_degrees: number;
}

export interface LibraryItem {
  id: string;
  name: Record<string, string>;
  url: string;
  sha256: string;
  size: Vector;
  stands: "floor" | "wall" | "top";
  seats?: readonly LibrarySeat[];
  thumbnail?: string | null;
}

const URL = "/gltf/furniture/library.json";

export class Library {
  readonly #by_url = new Map<string, LibraryItem>();
  #reading: Promise<readonly LibraryItem[]> | null = null;
  readonly #came: (items: readonly LibraryItem[]) => void;

  constructor(came: (items: readonly LibraryItem[]) => void) {
    this.#came = came;
  }

  at(url: string | undefined): LibraryItem | undefined {
    return url ? this.#by_url.get(url) : undefined;
  }

  /** Rejects with a Refusal when it cannot be had; the next call tries again. */
  read(): Promise<readonly LibraryItem[]> {
    this.#reading ??= sendJson<readonly LibraryItem[]>(URL).then(
      (items) => {
        for (const item of items) this.#by_url.set(item.url, item);
        this.#came(items);
        return items;
      },
      (error: unknown) => {
        this.#reading = null;
        throw error;
      },
    );
    return this.#reading;
  }
}

/** A shipped piece stands on its foot's middle; one for walls has its back at zero. */
export function extentOf({ size, stands }: LibraryItem): Extent {
  const hangs = stands === "wall";
  return { size: new Vector3(...size), middle: new Vector3(0, size[1] / 2, hangs ? size[2] / 2 : 0), hangs };
}
