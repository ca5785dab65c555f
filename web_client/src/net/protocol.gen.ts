// Made from server/wire by `make generate`. Do not edit.

export const PROTOCOL_VERSION = 1 as const;
export const SCHEMA_HASH = "aa4587c99ce006c3" as const;
export const UP = {"pose":1,"request":2,"ping":3,"drag":4} as const;
export const DOWN = {"frame":129,"answer":130,"pong":131,"private":132} as const;
export const FLAG = {"hands":1,"left":2,"right":4,"seated":8,"jump":16,"away":32,"speaking":64,"fingers":128} as const;
export const STEP = {"position_m":0.002,"hand_m":0.0001,"scale":0.00390625} as const;
export const HEADER_BYTES = 20 as const;
export const SECTION_BYTES = 4 as const;
export const RECORD = {"desktop":{"kind":1,"bytes":14,"fields":{"slot":{"offset":0,"type":"uint16","count":1},"flags":{"offset":2,"type":"uint8","count":1},"sequence":{"offset":3,"type":"uint8","count":1},"head":{"offset":4,"type":"int16","count":3},"rotation":{"offset":10,"type":"uint32","count":1}}},"headset":{"kind":2,"bytes":34,"fields":{"slot":{"offset":0,"type":"uint16","count":1},"flags":{"offset":2,"type":"uint8","count":1},"sequence":{"offset":3,"type":"uint8","count":1},"head":{"offset":4,"type":"int16","count":3},"rotation":{"offset":10,"type":"uint32","count":1},"left":{"offset":14,"type":"int16","count":3},"left_rotation":{"offset":20,"type":"uint32","count":1},"right":{"offset":24,"type":"int16","count":3},"right_rotation":{"offset":30,"type":"uint32","count":1}}},"fingers":{"kind":3,"bytes":39,"fields":{"slot":{"offset":0,"type":"uint16","count":1},"flags":{"offset":2,"type":"uint8","count":1},"sequence":{"offset":3,"type":"uint8","count":1},"head":{"offset":4,"type":"int16","count":3},"rotation":{"offset":10,"type":"uint32","count":1},"left":{"offset":14,"type":"int16","count":3},"left_rotation":{"offset":20,"type":"uint32","count":1},"right":{"offset":24,"type":"int16","count":3},"right_rotation":{"offset":30,"type":"uint32","count":1},"curls":{"offset":34,"type":"uint8","count":5}}},"head":{"kind":4,"bytes":14,"fields":{"slot":{"offset":0,"type":"uint16","count":1},"flags":{"offset":2,"type":"uint8","count":1},"sequence":{"offset":3,"type":"uint8","count":1},"head":{"offset":4,"type":"int16","count":3},"rotation":{"offset":10,"type":"uint32","count":1}}},"crumb":{"kind":5,"bytes":8,"fields":{"slot":{"offset":0,"type":"uint16","count":1},"head":{"offset":2,"type":"int16","count":3}}},"drag":{"kind":6,"bytes":16,"fields":{"slot":{"offset":0,"type":"uint16","count":1},"sequence":{"offset":2,"type":"uint8","count":1},"flags":{"offset":3,"type":"uint8","count":1},"position":{"offset":4,"type":"int16","count":3},"rotation":{"offset":10,"type":"uint32","count":1},"scale":{"offset":14,"type":"uint16","count":1}}}} as const;
export const UP_DRAG = {"bytes":14,"fields":{"kind":{"offset":0,"type":"uint8","count":1},"sequence":{"offset":1,"type":"uint8","count":1},"position":{"offset":2,"type":"int16","count":3},"rotation":{"offset":8,"type":"uint32","count":1},"scale":{"offset":12,"type":"uint16","count":1}}} as const;
/** First message on a socket: a single-use ticket, or the resume token of a connection that was lost. `last_event` and `last_private` are the highest numbers seen (0: none). `pose` is the last pose message the client sent, offered again after a server's restart; it is taken when it lies within the room. */
export interface Hello {
  type: "hello";
  protocol: number;
  schema: string;
  ticket?: string | null;
  resume?: string | null;
  last_event?: number;
  last_private?: number;
  pose?: Uint8Array | null;
  id: number;
}
/** Chat. `nearby` reaches those within hearing, `room` everybody, `direct` the participant named in `to`. */
export interface Say {
  type: "say";
  scope: "direct" | "nearby" | "room";
  text: string;
  to?: string | null;
  id: number;
}
export interface React {
  type: "react";
  reaction: "applause" | "heart" | "laugh" | "nod" | "question" | "wave";
  id: number;
}
export interface RaiseHand {
  type: "raise_hand";
  raised: boolean;
  id: number;
}
export interface SetAway {
  type: "set_away";
  away: boolean;
  id: number;
}
/** A GLB that stands at the entity's transform; `url` is relative to the origin. */
export interface Model {
  url: string;
  sha256: string;
}
/** An avatar's look: which body, and the colours a person chose for its tint slots. `model` is a body of the person's own, an accepted avatar; where it cannot be shown, or is too far away, the shipped one stands for it. */
export interface Look {
  id?: string;
  colours?: Record<string, string>;
  model?: Model | null;
}
export interface SetLook {
  type: "set_look";
  name?: string | null;
  look?: Look | null;
  id: number;
}
/** I no longer want this participant's words; only I notice. */
export interface Mute {
  type: "mute";
  participant: string;
  muted: boolean;
  id: number;
}
/** Neither of us hears or sees the other any more, in this room and whenever we meet. */
export interface Block {
  type: "block";
  participant: string;
  blocked: boolean;
  id: number;
}
/** Tell the moderators. The last lines that the reported person said to the reporter go with it. */
export interface Report {
  type: "report";
  participant: string;
  reason: "harassment" | "impersonation" | "other" | "spam" | "unsafe";
  note?: string;
  id: number;
}
/** Leave to a safe place at once: the server moves the avatar to the room's quiet spot. */
export interface GoSafe {
  type: "go_safe";
  id: number;
}
/** A moderator's act on a participant. `minutes` bounds a mute or ban (0: without end, for an admin's ban only). */
export interface Moderate {
  type: "moderate";
  participant: string;
  act: "ban" | "mute" | "remove" | "unmute" | "warn";
  reason: string;
  minutes?: number;
  id: number;
}
/** Goodbye: the place is given up at once instead of being kept for a resume. */
export interface Leave {
  type: "leave";
  id: number;
}
export interface Transform {
  position: [number, number, number];
  rotation?: [number, number, number, number];
  scale?: number;
}
/** The transform is where the hips rest; the heading is where a seated person looks. */
export interface Seat {
  heading_degrees: number;
}
/** The same words in the languages the house speaks. */
export interface Text {
  en: string;
  zh: string;
}
/** A way to another space; a closed one shows its name and does not lead anywhere yet. */
export interface Portal {
  target: string;
  label: Text;
  is_open: boolean;
  size: [number, number];
}
/** Where people arrive. `is_safe` marks the places one may retreat to. */
export interface SpawnPoint {
  heading_degrees: number;
  radius_m?: number;
  is_safe?: boolean;
}
/** An entry of the "go to" list; `order` sorts it. */
export interface Place {
  name: Text;
  heading_degrees: number;
  order?: number;
}
/** A reference desk: people who ask stand at the transform, within `reach_m`. */
export interface Desk {
  label: Text;
  reach_m: number;
}
/** A light that a dynamic thing may care about: linear colour, reach in metres. */
export interface Light {
  colour: [number, number, number];
  reach_m: number;
}
/** A surface that people write on together; width and height. */
export interface Board {
  size: [number, number];
}
/** A bookcase: its frame stands at its lower left front corner, x along it, z out of it. Boards from the bottom up. */
export interface Shelf {
  label: Text;
  size: [number, number, number];
  bays: number;
  base_m: number;
  boards_m: number[];
  zone?: number;
}
/** A page of the library shown in the space; `page` is a path on the origin. */
export interface Panel {
  page: string;
  size: [number, number];
}
/** Words that somebody has put up, in one language (a tag like `en` or `zh-Hans`). */
export interface Caption {
  text: string;
  language: string;
}
/** A reader's work on a surface: `work` is the SHA-256 of the accepted original, `size` width and height, `page` counts from 1. */
export interface Media {
  kind: "audio" | "epub" | "image" | "panorama" | "pdf";
  work: string;
  size: [number, number];
  page?: number;
}
/** A thing with a name and what it is: any component may be there or not; the transform must. */
export interface Entity {
  transform: Transform;
  model?: Model | null;
  seat?: Seat | null;
  portal?: Portal | null;
  spawn_point?: SpawnPoint | null;
  place?: Place | null;
  desk?: Desk | null;
  light?: Light | null;
  board?: Board | null;
  shelf?: Shelf | null;
  panel?: Panel | null;
  caption?: Caption | null;
  media?: Media | null;
  id: string;
}
/** Place a thing. Its id is chosen at random by the client: `t-` and twelve hexadecimal digits. */
export interface Spawn {
  type: "spawn";
  entity: Entity;
  id: number;
}
/** What an entity may be. In a change of one, those that are given replace those that are there. */
export interface Components {
  transform?: Transform | null;
  model?: Model | null;
  seat?: Seat | null;
  portal?: Portal | null;
  spawn_point?: SpawnPoint | null;
  place?: Place | null;
  desk?: Desk | null;
  light?: Light | null;
  board?: Board | null;
  shelf?: Shelf | null;
  panel?: Panel | null;
  caption?: Caption | null;
  media?: Media | null;
}
/** Change a placed thing: components in `set` replace those that are there, those named in `unset` go. */
export interface Patch {
  type: "patch";
  entity: string;
  set?: Components;
  unset?: string[];
  id: number;
}
export interface Remove {
  type: "remove";
  entity: string;
  id: number;
}
/** Hold a thing, alone. The hold is a lease: drags (or another grab) renew it, and it ends with `release`, by itself, or when one leaves. One thing at a time. */
export interface Grab {
  type: "grab";
  entity: string;
  id: number;
}
/** Put down what one holds: at `transform`, or without one where it stood. */
export interface Release {
  type: "release";
  entity: string;
  transform?: Transform | null;
  id: number;
}
/** Take back my last change of the scene. Refused with `overtaken` when somebody else has changed the thing since; that step is then forgotten. */
export interface Undo {
  type: "undo";
  id: number;
}
/** Do again what I have taken back. */
export interface Redo {
  type: "redo";
  id: number;
}
export interface Result {
  type: "result";
  id: number;
}
/** A request about the scene has been carried out and is durable. `op_sequence` is its operation's number; after a grab, or a release that moved nothing, which are no operations, the newest one's. `entity` is the thing concerned. */
export interface Applied {
  type: "applied";
  id: number;
  op_sequence: number;
  entity?: string | null;
}
/** `code` is stable and translated by clients; `message` is an English sentence that says what to do. */
export interface Failure {
  type: "failure";
  id: number | null;
  code: string;
  message: string;
  retry_after_ms?: number | null;
}
/** What a client must know of the room itself, and of what one may do with its scene. `scene_url` is the base document, which never changes; `arrangement_url` answers with an `Arranged`. `owner` is what stands on my own things; `may_restore` says whether I may look at earlier states and bring one back. */
export interface Space {
  room: string;
  scene_url: string;
  scene_sha256: string;
  op_sequence: number;
  arrangement_url: string;
  owner: string;
  may_place: boolean;
  may_change: "any" | "none" | "own";
  may_restore: boolean;
  entity_limit: number;
  origin: [number, number, number];
  bounds_min: [number, number, number];
  bounds_max: [number, number, number];
}
/** The limits that a well-behaved client keeps to. */
export interface Pacing {
  tick_hz: number;
  pose_hz: number;
  chat_chars: number;
  chats_per_minute: number;
  hearing_metres: number;
  resume_window_ms: number;
  lease_ms: number;
}
/** Somebody present in a room, as everybody may know them. */
export interface Person {
  participant: string;
  slot: number;
  name: string;
  role: "admin" | "bot" | "creator" | "guest" | "librarian" | "moderator" | "reader";
  look: Look;
  away?: boolean;
  hand_raised?: boolean;
  muted?: boolean;
}
export interface Said {
  type: "said";
  participant: string;
  name: string;
  scope: "direct" | "nearby" | "room";
  text: string;
  room_ms: number;
  to?: string | null;
}
/** Somebody holds this thing; until `released` its place comes with the drags of `slot`, once they come. */
export interface Grabbed {
  type: "grabbed";
  entity: string;
  participant: string;
  slot: number;
}
/** Answer to `Hello`: who and where you are. The next shared event has the number `event_sequence`; `people` and `held` are complete up to it. `resumed` true: what you knew still holds, `people`, `chat` and `held` are empty and the missed events follow. False after a resume means that the gap was too long: forget what you knew and start from `people`. `private_sequence` is the number of the next private event. */
export interface Welcome {
  type: "welcome";
  id: number;
  resumed: boolean;
  participant: string;
  slot: number;
  resume_token: string;
  space: Space;
  pacing: Pacing;
  position: [number, number, number];
  heading: number;
  room_ms: number;
  epoch_ms: number;
  event_sequence: number;
  private_sequence: number;
  permissions: string[];
  people: Person[];
  muted?: string[];
  blocked?: string[];
  chat?: Said[];
  held?: Grabbed[];
}
export interface Arrived {
  type: "arrived";
  person: Person;
}
/** Replaces everything known of this participant. */
export interface Changed {
  type: "changed";
  person: Person;
}
export interface Left {
  type: "left";
  participant: string;
  slot: number;
  reason: "left" | "lost" | "moved" | "removed";
}
export interface Reacted {
  type: "reacted";
  participant: string;
  reaction: "applause" | "heart" | "laugh" | "nod" | "question" | "wave";
}
/** A placed entity and whose it is. */
export interface Placement {
  entity: Entity;
  owner: string;
}
/** The scene has changed, durably: `put` replaces or adds, `gone` takes away. `op_sequence` grows by one an operation. `by` is who did it, null for the house. With `reload` too much has changed to say it here: fetch the arrangement. */
export interface Operated {
  type: "operated";
  op_sequence: number;
  by: string | null;
  put?: Placement[];
  gone?: string[];
  reload?: boolean;
}
/** Nobody holds it any more. It stands where the last operation has put it. */
export interface Released {
  type: "released";
  entity: string;
}
/** The server put you elsewhere: `safe_place`, `arrival`, or `corrected` when a pose was refused. */
export interface Moved {
  type: "moved";
  position: [number, number, number];
  heading: number;
  reason: "arrival" | "corrected" | "safe_place";
}
/** A word from the house to you alone; `code` is translated, `detail` is a moderator's reason. */
export interface Notice {
  type: "notice";
  code: "banned" | "muted" | "removed" | "reported" | "restarting" | "taken_over" | "unmuted" | "warned";
  detail?: string;
  until_ms?: number | null;
}
/** Somebody is now (or no longer) muted or blocked for you: also when they blocked you. */
export interface Preference {
  type: "preference";
  participant: string;
  muted: boolean;
  blocked: boolean;
}
/** Up, `direct`: words to a person anywhere in the library. */
export interface DirectMessage {
  to: string;
  text: string;
}
/** Up, `invite`: ask somebody to come to the room where you are. */
export interface Invitation {
  to: string;
}
/** Up, `inbox`: what came after `since`; letters up to `since` are taken as read and forgotten. */
export interface InboxRequest {
  since?: number;
}
/** Down, `letter`: something for one person, numbered for resuming. `body` depends on `kind`. */
export interface Letter {
  number: number;
  kind: "direct" | "invitation" | "notice";
  sender: string | null;
  sender_name: string;
  text: string;
  room?: string | null;
  sent_unix_ms?: number;
}
/** Answer to each event of the library channel: `ok`, or a code and a sentence. */
export interface Acknowledgement {
  ok: boolean;
  code?: string | null;
  message?: string | null;
  retry_after_ms?: number | null;
  data?: unknown;
}
/** POST /api/rooms/{room}/enter. `resume` proves which participant this was, also to a server that has restarted since. */
export interface EnterRequest {
  name?: string | null;
  look?: Look | null;
  spawn?: string | null;
  resume?: string | null;
}
/** Where and with what to open the room channel. The ticket is single-use and lives for `ticket_ms`. */
export interface EnterAnswer {
  room_url: string;
  tunnel: boolean;
  ticket: string;
  ticket_ms: number;
  participant: string;
  slot: number;
  epoch_ms: number;
  protocol: number;
  schema: string;
}
export interface RoomSummary {
  room: string;
  title: Record<string, string>;
  people: number;
  capacity: number;
}
/** GET /api/rooms/{room}/scene: everything placed, as after the operation `op_sequence`; `?at=N` asks for an earlier state. */
export interface Arranged {
  room: string;
  op_sequence: number;
  placed: Placement[];
}
/** One line of a scene's history. `entity` is null for a restore; `name` is the person's name at that time. */
export interface PastOperation {
  op_sequence: number;
  at_unix_ms: number;
  name: string;
  kind: "patch" | "redo" | "remove" | "restore" | "spawn" | "undo";
  entity?: string | null;
}
/** GET /api/rooms/{room}/history, newest first, from before `?before=N`. States from `oldest` on can be looked at and restored. */
export interface SceneHistory {
  room: string;
  op_sequence: number;
  oldest: number;
  operations: PastOperation[];
}
/** POST /api/rooms/{room}/restore: let the scene be as after this operation again. Itself an operation; answered with `Restored`. */
export interface RestoreRequest {
  op_sequence: number;
}
/** `left_out` counts the things that may not be shown any more and did not come back. */
export interface Restored {
  op_sequence: number;
  left_out?: number;
}
export type RoomRequest = Hello | Say | React | RaiseHand | SetAway | SetLook | Mute | Block | Report | GoSafe | Moderate | Leave | Spawn | Patch | Remove | Grab | Release | Undo | Redo;
export type Answer = Result | Applied | Failure | Welcome;
export type SharedEvent = Arrived | Changed | Left | Said | Reacted | Operated | Grabbed | Released;
export type PrivateEvent = Said | Moved | Notice | Preference;
