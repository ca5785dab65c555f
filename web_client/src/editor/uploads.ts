/**
 * Files that somebody brings: sent in pieces by the tus protocol, so that a line that breaks goes on where it was, then watched until the library has
 * looked at them.
 */
import { sendJson } from "../net/http";
import { isRefusal, refusal } from "../net/requests";
import type { Transform } from "../net/protocol.gen";
import { modelOf, THUMBNAIL, type Work } from "../world/placed/works";
import type { Source, Upload } from "./contract";

const PIECE_BYTES = 1 << 20;
const ATTEMPTS = 6;
const WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
const ASK_MS = 700;
/** Longer side of a picture that somebody brings, metres. */
const PICTURE_M = 1.2;
const PANORAMA_M = 0.6;
const PAGE_M = 0.8;
const AUDIO_M = 0.34;

export interface UploadPorts {
  changed(all: readonly Upload[]): void;
  /** `at` is where it was dropped, when it can be there. */
  ready(source: Source, at: Transform | null): void;
}

export class Uploads {
  readonly #ports: UploadPorts;
  #all: Upload[] = [];
  #next = 1;
  readonly #aborts = new Map<number, AbortController>();

  constructor(ports: UploadPorts) {
    this.#ports = ports;
  }

  /** `place` is asked at once where a thing of this size (metres) goes; things that do not hang are placed by hand. */
  async begin(file: File, place: (size: [number, number]) => Transform | null): Promise<void> {
    const id = this.#next++;
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    this.#put({ id, name: file.name, stage: "sending", share: 0, trouble: null });
    try {
      const shape = await shapeOf(file);
      const at = shape ? place(shape) : null;
      const work_id = await send(file, abort.signal, (share) => this.#put({ ...this.#get(id), share }));
      this.#put({ ...this.#get(id), stage: "checking", share: 1 });
      const work = await accepted(work_id, abort.signal);
      this.#put({ ...this.#get(id), stage: "ready" });
      // A picture of the whole round is a globe, which does not hang.
      this.#ports.ready(sourceOf(work, shape), work.kind === "image" ? at : null);
      this.drop(id);
    } catch (error) {
      if (abort.signal.aborted) return;
      const trouble = isRefusal(error) ? error : refusal("upload_failed", String(error));
      this.#put({ ...this.#get(id), stage: "failed", trouble });
    } finally {
      this.#aborts.delete(id);
    }
  }

  /** Puts one away, under way or not. */
  drop(id: number): void {
    this.#aborts.get(id)?.abort();
    this.#all = this.#all.filter((one) => one.id !== id);
    this.#ports.changed(this.#all);
  }

  #get(id: number): Upload {
    return this.#all.find((one) => one.id === id) ?? { id, name: "", stage: "sending", share: 0, trouble: null };
  }

  #put(upload: Upload): void {
    this.#all = [...this.#all.filter(({ id }) => id !== upload.id), upload];
    this.#ports.changed(this.#all);
  }

  dispose(): void {
    for (const abort of this.#aborts.values()) abort.abort();
  }
}

const TUS = { "tus-resumable": "1.0.0" } as const;

/** The whole file to the library; after a break from where the library has it. Answers the work's id; rejects with a Refusal. */
async function send(file: File, signal: AbortSignal, told: (share: number) => void): Promise<string> {
  const metadata = `filename ${base64(file.name)},filetype ${base64(file.type || "application/octet-stream")}`;
  const created = await answered("/api/uploads", {
    method: "POST",
    headers: { ...TUS, "upload-length": String(file.size), "upload-metadata": metadata },
    signal,
  });
  const location = created.headers.get("location");
  if (!location) throw refusal("upload_failed");
  let offset = Number(created.headers.get("upload-offset") ?? 0);
  let attempt = 0;
  let work: string | null = null;
  while (work === null) {
    try {
      const body = file.slice(offset, offset + PIECE_BYTES);
      const headers = { ...TUS, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
      const patched = await answered(location, { method: "PATCH", headers, body, signal });
      offset = Number(patched.headers.get("upload-offset"));
      work = patched.headers.get("carrel-work");
      attempt = 0;
      told(offset / file.size);
    } catch (error) {
      const why = isRefusal(error) ? error : refusal("offline");
      const passes = why.code === "offline" || why.retryAfterMs !== null || why.code === "conflict";
      if (signal.aborted || !passes || ++attempt >= ATTEMPTS) throw why;
      await sleep(why.retryAfterMs ?? Math.min(LONGEST_WAIT_MS, WAIT_MS * 2 ** attempt));
      const head = await answered(location, { method: "HEAD", headers: TUS, signal }).catch(() => null);
      if (!head) continue;
      offset = Number(head.headers.get("upload-offset"));
      // The last piece may have arrived though its answer did not.
      work = head.headers.get("carrel-work");
    }
  }
  return work;
}

/** Brings a file and waits until the library has taken it; rejects with a Refusal that says why it did not. */
export async function bring(file: File, signal: AbortSignal, told: (share: number) => void): Promise<Work> {
  return accepted(await send(file, signal, told), signal);
}

async function answered(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { credentials: "same-origin", ...init }).catch((error: unknown) => {
    throw refusal("offline", String(error));
  });
  if (response.ok) return response;
  const failure = (await response.json().catch(() => ({}))) as {
    code?: string;
    message?: string;
    retry_after_ms?: number;
  };
  throw refusal(failure.code ?? "upload_failed", failure.message ?? "", failure.retry_after_ms ?? null);
}

/** Ends when the library has taken the work; rejects with its reason when it did not. */
async function accepted(id: string, signal: AbortSignal): Promise<Work> {
  for (;;) {
    signal.throwIfAborted();
    const work = await sendJson<Work>(`/api/works/${id}`);
    if (work.state === "accepted") return work;
    if (work.state === "refused") throw refusal(work.code || "upload_failed", work.message ?? "");
    await sleep(work.retry_after_ms || ASK_MS);
  }
}

/** Width and height in metres of a picture as it will hang; null for what is no picture. */
async function shapeOf(file: File): Promise<[number, number] | null> {
  if (!file.type.startsWith("image/")) return null;
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return null;
  const share = PICTURE_M / Math.max(image.width, image.height);
  const shape: [number, number] = [image.width * share, image.height * share];
  image.close();
  return shape;
}

/** What to place of an accepted work. `shape` is that of the picture it was, where known. */
export function sourceOf(work: Work, shape: [number, number] | null = null): Source {
  const label = work.name;
  const model = modelOf(work);
  if (model) return { label, entity: { model } };
  const kind = work.kind as NonNullable<Source["entity"]["media"]>["kind"];
  const sizes: Record<typeof kind, [number, number]> = {
    image: shape ?? sized(work, PICTURE_M) ?? [PICTURE_M, PICTURE_M * 0.75],
    panorama: [PANORAMA_M, PANORAMA_M],
    pdf: sized(work, PAGE_M) ?? [PAGE_M * 0.707, PAGE_M],
    epub: [PAGE_M * 0.667, PAGE_M],
    audio: [AUDIO_M, AUDIO_M],
  };
  return { label, entity: { media: { kind, work: work.id, size: sizes[kind] ?? sizes.image } } };
}

/** Width and height in metres of what shows a work, its longer side as given; null when no picture of it says. */
function sized({ files }: Work, longer_m: number): [number, number] | null {
  const shown = files.find(({ role, facts }) => role !== THUMBNAIL && facts["width"] && (facts["page"] ?? 1) === 1);
  if (!shown) return null;
  const { width, height } = shown.facts as { width: number; height: number };
  const share = longer_m / Math.max(width, height);
  return [width * share, height * share];
}

function base64(words: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(words)));
}

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
