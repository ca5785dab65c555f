/** What the library knows of a reader's work that is placed here: its name and the files that show it. Asked once each. */
import { sendJson } from "../../net/http";

export interface Work {
  id: string;
  name: string;
  kind: string;
  state: string;
  code?: string | null;
  message?: string | null;
  thumbnail?: string | null;
  facts?: Readonly<Record<string, unknown>>;
  renditions: readonly Rendition[];
}

export interface Rendition {
  url: string;
  sha256: string;
  kind: string;
  page?: number | null;
}

export class Works {
  readonly #known = new Map<string, Promise<Work | null>>();

  /** Null when it is not to be had: deleted, or not for us to see. */
  get(id: string): Promise<Work | null> {
    let known = this.#known.get(id);
    if (!known) this.#known.set(id, (known = sendJson<Work>(`/api/works/${id}`).catch(() => null)));
    return known;
  }

  /** Forgets what was not to be had, so that it is asked for again. */
  forget(id: string): void {
    this.#known.delete(id);
  }
}

/** Address of the picture that shows a work: of the page, or of the whole. */
export function pictureUrl({ renditions, thumbnail }: Work, page: number): string | null {
  const paged = renditions.find((one) => one.kind === "page" && one.page === page);
  const whole = renditions.find(({ kind }) => kind === "image" || kind === "view");
  return (paged ?? whole)?.url ?? thumbnail ?? null;
}

export function soundUrl({ renditions }: Work): string | null {
  return renditions.find(({ kind }) => kind === "audio")?.url ?? null;
}

/** The GLB that shows a model, with its digest. */
export function modelUrlOf({ renditions }: Work): { url: string; sha256: string } | null {
  const view = renditions.find(({ kind }) => kind === "view");
  return view ? { url: view.url, sha256: view.sha256 } : null;
}
