import {
  BoxGeometry,
  Color,
  Group,
  Mesh,
  MeshBasicMaterial,
  MeshStandardMaterial,
  ShaderLib,
  Texture,
  Vector2,
  Vector3,
} from "three";
import { describe, expect, it } from "vitest";
import { ambientCube, HallLight, HallProbes, type HallQuality, type HallSettings } from "../../src/world/hall_light";
import { HallLod } from "../../src/world/hall_lod";

const settings: HallSettings = {
  title: "Test hall",
  exposure: 1,
  tone: "aces",
  fog: [0.01, [1, 1, 1]],
  specular: 2,
  probe: [0, 2, -4],
  room_box: [
    [-6, 0, -32],
    [6, 11, 0],
  ],
  bay_m: 4,
  zones: 8,
  switch_m: { high: [2.2, 10], low: [0, 3] },
  probes: { origin: [0, 0, 0], step: [2, 2, 2], counts: [2, 1, 1], range: 4, data: "" },
};

function coded(...bytes: number[]): string {
  return btoa(String.fromCharCode(...bytes));
}

function leveled(zone: number, level: number): Mesh {
  const mesh = new Mesh(new BoxGeometry(), new MeshBasicMaterial());
  mesh.userData["carrel"] = { zone, level };
  return mesh;
}

function shown(lod: HallLod): number[][] {
  const out: number[][] = [];
  lod.root.traverse((node) => {
    const marks = node.userData["carrel"] as { zone: number; level: number } | undefined;
    if (marks && node.visible) out.push([marks.zone, marks.level]);
  });
  return out.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

describe("levels of detail", () => {
  const all = [0, 1, 2].map((level) => [0, 1, 2, 3, 4, 5, 6, 7].map((zone) => leveled(zone, level)));
  const near = new Group().add(...(all[0] ?? []));
  const others = new Group().add(...(all[1] ?? []), ...(all[2] ?? []));
  const lod = new HallLod([near, others], settings, "high");

  it("shows exactly one level a zone, by distance along the hall", () => {
    lod.update(new Vector3(0, 1.7, -1));
    expect(shown(lod)).toEqual([0, 1, 1, 2, 2, 2, 2, 2].map((level, zone) => [zone, level]));
  });

  it("keeps a level a little longer when the eye goes away", () => {
    lod.update(new Vector3(0, 1.7, -2));
    expect(shown(lod)[1]).toEqual([1, 0]);
    lod.update(new Vector3(0, 1.7, -1.5));
    expect(shown(lod)[1]).toEqual([1, 0]);
    lod.update(new Vector3(0, 1.7, -1));
    expect(shown(lod)[1]).toEqual([1, 1]);
  });
});

describe("probes", () => {
  const row = (c: number): number[] => Array.from({ length: 18 }, () => c);
  const probes = new HallProbes({ ...settings.probes, data: coded(...row(0), ...row(255)) });

  it("blends the probes around a place and holds the edge outside", () => {
    const cube = ambientCube();
    probes.sample(new Vector3(1, 0, 0), cube);
    expect(cube.colors[0].r).toBeCloseTo(2);
    probes.sample(new Vector3(9, 5, 5), cube);
    expect(cube.colors[5].b).toBeCloseTo(4);
  });

  it("refuses data of another size", () => {
    expect(() => new HallProbes({ ...settings.probes, data: coded(1, 2) })).toThrow(/2 bytes/);
  });
});

it("letters books by a material of their own that decodes the same light", () => {
  const light = new HallLight(settings, "high");
  const mesh = new Mesh(new BoxGeometry(), new MeshStandardMaterial());
  const atlas = { columns: 32, rows: 4, rows_part: 0.99, volume_band: [0.86, 0.9], numerals: 20, designs: [] };
  mesh.material.userData["carrel"] = { light: "book", range: 4, gain: 1, atlas };
  light.takeOver(mesh);
  const sheet = new Texture();
  const titled = light.titled(mesh.material, sheet, new Vector2(32, 7));
  const { vertexShader, fragmentShader } = ShaderLib.standard;
  const shader = { uniforms: {} as Record<string, { value: unknown }>, vertexShader, fragmentShader };
  (titled.onBeforeCompile as unknown as (shader: object) => void).call(titled, shader);
  expect(shader.uniforms["hallTitles"]?.value).toBe(sheet);
  expect(shader.fragmentShader).toContain("hallTitles, vTitle.xy");
  expect(titled.defines).toMatchObject({ HALL_TITLES: "", BAKE_RANGE: "4.000" });
  expect(titled.customProgramCacheKey()).not.toBe(mesh.material.customProgramCacheKey());
  expect(light.atlasOf(mesh.material)).toBe(atlas);
  light.dispose();
});

describe("materials", () => {
  const kinds = {
    vertex: { light: "vertex", range: 4, gain: 1, finishes: [[1, 1, 1, 0.5, 0]] },
    lightmap: { light: "lightmap", range: 4, gain: 1 },
    book: {
      light: "book",
      range: 4,
      gain: 1,
      atlas: { columns: 32, rows: 8, rows_part: 0.99, volume_band: [0.86, 0.9], numerals: 20 },
    },
  };
  for (const [name, made] of Object.entries(kinds)) {
    for (const quality of ["high", "low"] satisfies HallQuality[]) {
      it(`finds every piece of three's shader for ${name} at ${quality} quality`, () => {
        const light = new HallLight(settings, quality);
        const mesh = new Mesh(new BoxGeometry(), new MeshStandardMaterial({ color: new Color(1, 1, 1) }));
        mesh.material.userData["carrel"] = made;
        light.takeOver(mesh);
        const source = quality === "high" ? ShaderLib.standard : ShaderLib.basic;
        const shader = { uniforms: {}, vertexShader: source.vertexShader, fragmentShader: source.fragmentShader };
        const compile = mesh.material.onBeforeCompile as unknown as (shader: object) => void;
        compile.call(mesh.material, shader);
        expect(shader.fragmentShader).toContain("unbake");
        expect(shader.fragmentShader).not.toBe(source.fragmentShader);
        light.dispose();
      });
    }
  }
});
