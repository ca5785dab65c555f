/** Small GLBs with whatever JSON, for readers that count before they build. */
export function makeGlb(json: object, body: Uint8Array = new Uint8Array()): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const head = 20 + Math.ceil(text.length / 4) * 4;
  const length = Math.ceil(body.length / 4) * 4;
  const bytes = new Uint8Array(head + 8 + length).fill(0x20, 20, head);
  const view = new DataView(bytes.buffer);
  [0x46546c67, 2, bytes.length, head - 20, 0x4e4f534a].forEach((word, i) => view.setUint32(4 * i, word, true));
  bytes.set(text, 20);
  view.setUint32(head, length, true);
  view.setUint32(head + 4, 0x004e4942, true);
  bytes.set(body, head + 8);
  return bytes.buffer;
}

/** `nodes` that show one mesh of `triangles`, all of them the same three corners. */
export function makeCopies(nodes: number, triangles: number, more: object = {}): ArrayBuffer {
  const corners = new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0]);
  const index = Uint16Array.from({ length: 3 * triangles }, (_, i) => i % 3);
  const body = new Uint8Array(corners.byteLength + index.byteLength);
  body.set(new Uint8Array(corners.buffer));
  body.set(new Uint8Array(index.buffer), corners.byteLength);
  return makeGlb(
    {
      asset: { version: "2.0" },
      scene: 0,
      scenes: [{ nodes: Array.from({ length: nodes }, (_, i) => i) }],
      nodes: Array.from({ length: nodes }, (_, i) => ({ mesh: 0, translation: [i, 0, 0] })),
      meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
      accessors: [
        { bufferView: 0, componentType: 5126, count: 3, type: "VEC3", min: [0, 0, 0], max: [1, 1, 0] },
        { bufferView: 1, componentType: 5123, count: 3 * triangles, type: "SCALAR" },
      ],
      bufferViews: [
        { buffer: 0, byteOffset: 0, byteLength: 36 },
        { buffer: 0, byteOffset: 36, byteLength: 6 * triangles },
      ],
      buffers: [{ byteLength: body.length }],
      ...more,
    },
    body,
  );
}
