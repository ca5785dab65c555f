/** The room's scene document: what is where. Read with care, for a room may hold what this page does not know yet. */
import type { Place } from "../hall/state";
import { sendJson } from "../net/http";
import { refusal } from "../net/requests";

export type Triple = [number, number, number];
export type Names = Record<string, string>;

interface Located {
  id: string;
  position: Triple;
  /** Radians; 0 looks along −Z, positive turns left. */
  heading: number;
}

export interface SceneSeat extends Located {
  name: Names | null;
}

export interface ScenePortal extends Located {
  name: Names;
  room: string;
  open: boolean;
}

export interface SceneDesk extends Located {
  name: Names;
}

export interface SceneDocument {
  title: Names;
  /** Addresses, or null where the room has none. */
  model: string | null;
  collider: string | null;
  plan: string | null;
  /** The table of the shelves' books, and what is written on them. */
  books: string | null;
  titles: string | null;
  bounds: { min: Triple; max: Triple };
  seats: SceneSeat[];
  places: Place[];
  portals: ScenePortal[];
  desks: SceneDesk[];
}

/** As `server` sends it; see docs/design/hall-format.md. */
interface WireModel {
  url: string;
  sha256: string;
}

interface WireEntity {
  id: string;
  transform: { position: Triple; rotation?: [number, number, number, number] };
  seat?: { heading_degrees: number };
  portal?: { target: string; label: Names; is_open: boolean };
  place?: { name: Names; heading_degrees: number; order?: number };
  desk?: { label: Names };
}

interface WireDocument {
  title: Names;
  environment: { model: WireModel; collider?: WireModel; plan?: WireModel; books?: WireModel; titles?: WireModel };
  bounds: { low: Triple; high: Triple };
  entities: WireEntity[];
}

const RADIANS = Math.PI / 180;

export async function loadScene(url: string): Promise<SceneDocument> {
  const wire = await sendJson<Partial<WireDocument> | null>(url);
  if (!wire?.environment || !wire.bounds || !Array.isArray(wire.entities))
    throw refusal("load_failed", `${url} is not a scene document`);
  return readScene(wire as WireDocument, url);
}

/** `url` is the document's own address: those inside are relative to it. */
export function readScene({ title, environment, bounds, entities }: WireDocument, url: string): SceneDocument {
  const out: SceneDocument = {
    title,
    model: address(environment.model, url),
    collider: address(environment.collider, url),
    plan: address(environment.plan, url),
    books: address(environment.books, url),
    titles: address(environment.titles, url),
    bounds: { min: bounds.low, max: bounds.high },
    seats: [],
    places: [],
    portals: [],
    desks: [],
  };
  const ordered: { order: number; place: Place }[] = [];
  for (const entity of entities) {
    const { id, transform, seat, portal, place, desk } = entity;
    const { position } = transform;
    const facing = transform.rotation ? headingOf(transform.rotation) : 0;
    if (seat) out.seats.push({ id, position, heading: seat.heading_degrees * RADIANS, name: null });
    if (portal)
      out.portals.push({
        id,
        position,
        heading: facing,
        name: portal.label,
        room: portal.target,
        open: portal.is_open,
      });
    if (desk) out.desks.push({ id, position, heading: facing, name: desk.label });
    if (place)
      ordered.push({
        order: place.order ?? 0,
        place: { id, name: place.name, position, heading: place.heading_degrees * RADIANS },
      });
  }
  out.places = ordered.sort((a, b) => a.order - b.order).map(({ place }) => place);
  return out;
}

/** The digest makes the address of exactly these bytes, which may be cached for good. */
function address(model: WireModel | undefined, document: string): string | null {
  if (!model) return null;
  // Any origin serves to resolve a path; only the path is kept, for nothing is fetched from elsewhere.
  const { pathname } = new URL(model.url, new URL(document, "http://localhost"));
  return `${pathname}?v=${model.sha256.slice(0, 16)}`;
}

function headingOf([x, y, z, w]: [number, number, number, number]): number {
  return Math.atan2(2 * (w * y + x * z), 1 - 2 * (y * y + x * x));
}

/** A room whose document could not be had: its bounds, so that people can at least meet. */
export function bareScene(min: Triple, max: Triple): SceneDocument {
  return {
    title: {},
    model: null,
    collider: null,
    plan: null,
    books: null,
    titles: null,
    bounds: { min, max },
    seats: [],
    places: [],
    portals: [],
    desks: [],
  };
}
