/** Bones of a human figure by their names in VRM 1.0, from the names that other programs give them. The server reads them by the same table (`avatars/vrm/bones.py`). */

/** VRM 0.x calls the thumb's bones one joint further out. */
const THUMBS_OF_0: Readonly<Record<string, string>> = {
  ThumbProximal: "ThumbMetacarpal",
  ThumbIntermediate: "ThumbProximal",
};

const TRUNK: Readonly<Record<string, readonly string[]>> = {
  hips: ["hips", "pelvis", "hip"],
  spine: ["spine", "spine01", "spine1of3"],
  chest: ["spine1", "chest", "spine02"],
  upperChest: ["spine2", "upperchest", "spine03"],
  neck: ["neck", "neck01"],
  head: ["head"],
};
const FINGERS = { Index: "index", Middle: "middle", Ring: "ring", Little: "pinky" } as const;
const SIDED: Readonly<Record<string, readonly string[]>> = {
  Shoulder: ["shoulder", "clavicle"],
  UpperArm: ["arm", "upperarm"],
  LowerArm: ["forearm", "lowerarm"],
  Hand: ["hand"],
  UpperLeg: ["upleg", "thigh", "upperleg"],
  LowerLeg: ["leg", "calf", "shin", "lowerleg"],
  Foot: ["foot"],
  Toes: ["toebase", "toe", "ball", "toes"],
  Eye: ["eye"],
  ThumbMetacarpal: ["handthumb1", "thumb01"],
  ThumbProximal: ["handthumb2", "thumb02"],
  ...Object.fromEntries(
    Object.entries(FINGERS).flatMap(([ours, theirs]) => [
      [`${ours}Proximal`, [`hand${theirs}1`, `${theirs}01`]],
      [`${ours}Intermediate`, [`hand${theirs}2`, `${theirs}02`]],
    ]),
  ),
};
const BY_NAME: ReadonlyMap<string, string> = new Map([
  ...Object.entries(TRUNK).flatMap(([bone, names]) => names.map((name) => [name, bone] as const)),
  ...Object.entries(SIDED).flatMap(([bone, names]) =>
    ["left", "right"].flatMap((side) => names.map((name) => [side + name, side + bone] as const)),
  ),
]);
const PREFIX = /^(?:mixamorig\d*[:_\-. ]*|(?:bip0?1|def|armature|rig)[:_\-. ]+)/i;
const SIDE_MARK = /(?:^|[_\-. ])([lr])(?=$|[_\-. ])/gi;
const MOST_CHARS = 80;

/** The bone that a node of this name is meant to be, or null: `mixamorig:LeftArm`, `LeftArm`, `upperarm_l`, `upper_arm.L` are one. */
export function boneNamed(name: string): string | null {
  const plain = name.slice(0, MOST_CHARS).replace(PREFIX, "");
  const mark = [...plain.matchAll(SIDE_MARK)].at(-1)?.[1]?.toLowerCase();
  const side = mark === "l" ? "left" : mark === "r" ? "right" : "";
  const bare = (side ? plain.replace(SIDE_MARK, "") : plain).toLowerCase().replace(/[^a-z0-9]/g, "");
  return BY_NAME.get(side + bare) ?? null;
}

interface Json {
  [name: string]: unknown;
}

/** Bone → number of its node, as a glTF document says it: by VRM 1.0, by VRM 0.x, else by the nodes' names. */
export function bonesOf(document: Json): Map<string, number> {
  const { VRMC_vrm: one, VRM: zero } = (document["extensions"] ?? {}) as { VRMC_vrm?: Json; VRM?: Json };
  if (one) {
    const bones = (one["humanoid"] as { humanBones: Record<string, { node: number }> }).humanBones;
    return new Map(Object.entries(bones).map(([bone, { node }]) => [bone, node]));
  }
  if (zero) {
    const bones = (zero["humanoid"] as { humanBones: { bone: string; node: number }[] }).humanBones;
    return new Map(bones.filter(({ node }) => node >= 0).map(({ bone, node }) => [renamed(bone), node]));
  }
  const found = new Map<string, number>();
  const nodes = (document["nodes"] ?? []) as { name?: string; mesh?: number }[];
  nodes.forEach(({ name, mesh }, node) => {
    const bone = name === undefined || mesh !== undefined ? null : boneNamed(name);
    if (bone && !found.has(bone)) found.set(bone, node);
  });
  return found;
}

function renamed(bone: string): string {
  const side = bone.startsWith("left") ? "left" : bone.startsWith("right") ? "right" : "";
  const now = THUMBS_OF_0[bone.slice(side.length)];
  return side && now ? side + now : bone;
}
