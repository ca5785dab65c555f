/** The way in over HTTP: a session when there is none, then a ticket for the room. */
import { postJson, sendJson } from "./http";
import type { EnterAnswer, EnterRequest, Look } from "./protocol.gen";
import { isRefusal } from "./requests";

export interface Entry {
  /** Origin of the page; a worker's own relative addresses would start at its script. */
  origin: string;
  room: string;
  language: string;
  name: string | null;
  look: Look | null;
}

/** Makes a guest session unless the browser has one. */
export async function ensureSession({ origin, name, language }: Entry): Promise<void> {
  const has = await sendJson<unknown>(`${origin}/api/session`).then(
    (session) => session !== null,
    (error: unknown) => {
      if (isRefusal(error) && (error.code === "not_signed_in" || error.code === "not_found")) return false;
      throw error;
    },
  );
  if (!has) await postJson(`${origin}/api/session`, { ...(name && { name }), language });
}

/** A ticket. `resume` proves which participant this was, so that a reload is not a second person. */
export async function enterRoom(entry: Entry, resume: string | null): Promise<EnterAnswer> {
  await ensureSession(entry);
  const request: EnterRequest & { resume?: string } = {
    ...(entry.name && { name: entry.name }),
    ...(entry.look && { look: entry.look }),
    ...(resume && { resume }),
  };
  return postJson<EnterAnswer>(`${entry.origin}/api/rooms/${encodeURIComponent(entry.room)}/enter`, request);
}
