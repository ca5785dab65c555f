/** Bodies of the people in a room. */
export type { Ambient, AmbientProbe } from "./ambient";
export { warmAmbient } from "./ambient";
export { Body } from "./body";
export { Crowd, type CrowdOptions } from "./crowd";
export { type Look, LookLibrary, type LookList, LOOKS_URL } from "./look";
export { NamePlates, type PlateState } from "./name_plate";
export type { Colours } from "./palette";
export { type Reaction, REACTIONS } from "./plate_painter";
