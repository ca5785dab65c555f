/** The parts of a look drawn as one body. */
import { BufferAttribute, BufferGeometry } from "three";

/** Geometries of one skeleton as one, with the first one's morphs; the others do not follow those. */
export function joined(all: readonly BufferGeometry[]): BufferGeometry {
  const [first] = all;
  if (!first) throw new Error("There is nothing to join.");
  const out = new BufferGeometry();
  const count = all.reduce((sum, { attributes }) => sum + attributes["position"]!.count, 0);
  for (const [name, { itemSize }] of Object.entries(first.attributes)) {
    const values = new Float32Array(count * itemSize);
    let at = 0;
    for (const geometry of all) {
      const from = geometry.getAttribute(name);
      for (let i = 0; i < from.count; i++) for (let c = 0; c < itemSize; c++) values[at++] = from.getComponent(i, c);
    }
    out.setAttribute(name, new BufferAttribute(values, itemSize));
  }
  for (const [name, morphs] of Object.entries(first.morphAttributes)) {
    out.morphAttributes[name as "position"] = (morphs ?? []).map((morph) => {
      const values = new Float32Array(count * 3);
      for (let i = 0; i < morph.count; i++) for (let c = 0; c < 3; c++) values[3 * i + c] = morph.getComponent(i, c);
      const attribute = new BufferAttribute(values, 3);
      attribute.name = morph.name;
      return attribute;
    });
  }
  out.morphTargetsRelative = first.morphTargetsRelative;
  const index: number[] = [];
  let base = 0;
  for (const geometry of all) {
    for (const corner of geometry.index?.array ?? []) index.push(base + corner);
    base += geometry.getAttribute("position").count;
  }
  out.setIndex(new BufferAttribute(new Uint16Array(index), 1));
  return out;
}
