/** What the library knows of a reader's work that is placed here: its name and the files that show it. Asked once each, and only by who needs it. */
import { sendJson } from "../../net/http";

export interface WorkFile {
  role: string;
  url: string;
  sha256: string;
  content_type: string;
  /** Numbers by name: triangles, width, height, page. */
  facts: Readonly<Record<string, number>>;
}

export interface Work {
  id: string;
  name: string;
  kind: string;
  state: "received" | "checking" | "accepted" | "refused";
  facts: Readonly<Record<string, unknown>>;
  files: readonly WorkFile[];
  thumbnail: string | null;
  code?: string;
  message?: string;
  retry_after_ms?: number;
}

/** Questions under way together; the others wait. */
const AT_ONCE = 4;

export class Works {
  readonly #known = new Map<string, Promise<Work | null>>();
  readonly #waiting: (() => void)[] = [];
  #under_way = 0;

  /** Null when it is not to be had: deleted, or not for us to see. Who asked last is answered first: that is what one looks at now. */
  get(id: string): Promise<Work | null> {
    let known = this.#known.get(id);
    if (!known) this.#known.set(id, (known = this.#ask(id)));
    return known;
  }

  async #ask(id: string): Promise<Work | null> {
    if (this.#under_way >= AT_ONCE) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#under_way++;
    try {
      return await sendJson<Work>(`/api/works/${id}`);
    } catch {
      return null;
    } finally {
      const next = this.#waiting.pop();
      if (next) next();
      else this.#under_way--;
    }
  }

  /** Forgets what was not to be had, so that it is asked for again. */
  forget(id: string): void {
    this.#known.delete(id);
  }
}

export const THUMBNAIL = "thumbnail";

/** Address of the picture that shows a work's page, or the whole of it: the smallest that is sharp at `pixels`, else the largest. */
export function pictureUrl({ files, thumbnail }: Work, page: number, pixels: number): string | null {
  const pictures = files.filter(({ role, content_type }) => content_type.startsWith("image/") && role !== THUMBNAIL);
  const paged = pictures.filter(({ facts }) => facts["page"] !== undefined);
  const fitting = paged.length ? paged.filter(({ facts }) => facts["page"] === page) : pictures;
  const bySize = [...fitting].sort((a, b) => longer(a) - longer(b));
  return (bySize.find((one) => longer(one) >= pixels) ?? bySize.at(-1))?.url ?? thumbnail;
}

function longer({ facts }: WorkFile): number {
  return Math.max(facts["width"] ?? 1, facts["height"] ?? 1);
}

export function soundUrl({ files }: Work): string | null {
  return files.find(({ content_type }) => content_type.startsWith("audio/"))?.url ?? null;
}

/** The fullest GLB that was made of a model, with its digest. */
export function modelOf({ files }: Work): { url: string; sha256: string } | null {
  const models = files.filter(({ content_type }) => content_type === "model/gltf-binary");
  const full = models.reduce<WorkFile | null>(
    (a, b) => (a && (a.facts["triangles"] ?? 0) >= (b.facts["triangles"] ?? 0) ? a : b),
    null,
  );
  return full && { url: full.url, sha256: full.sha256 };
}
