/** Named viewpoints of halls: eye, what it looks at, vertical field of view in degrees. */
export interface HallView {
  at: [number, number, number];
  to: [number, number, number];
  fov: number;
}

export const VIEWS: Record<string, HallView> = {
  entrance: { at: [0.6, 1.75, -0.6], to: [-0.35, 3.3, -16], fov: 66 },
  midhall: { at: [-3.5, 1.62, -10.4], to: [3.2, 2.4, -19], fov: 62 },
  shelf: { at: [-4.62, 1.86, -13.05], to: [-5.56, 1.8, -13.75], fov: 50 },
  desk: { at: [-0.9, 1.65, -22.4], to: [0.15, 2.4, -32], fov: 58 },
  gallery: { at: [-4.85, 5.65, -4.6], to: [1.6, 3.5, -19], fov: 64 },
  back: { at: [1.2, 1.7, -25], to: [-1.2, 3.8, -6], fov: 66 },
  window: { at: [1.2, 1.7, -11.6], to: [6, 4.6, -14.6], fov: 60 },
  table: { at: [-0.6, 1.5, -12.2], to: [3.0, 0.7, -14.6], fov: 50 },
  stair: { at: [-0.2, 1.7, -5.2], to: [-3.4, 2.2, -1.4], fov: 62 },
  wide: { at: [0.0, 2.05, -0.9], to: [0.0, 3.35, -16], fov: 58 },
  doors: { at: [-2.6, 1.65, -14.6], to: [-6, 1.9, -18.6], fov: 60 },
  studies: { at: [-4.75, 5.6, -8.6], to: [-6, 5.3, -14.5], fov: 62 },
  read: { at: [-4.98, 1.62, -14.35], to: [-5.56, 1.58, -14.4], fov: 62 },
  ancient: { at: [0.0, 1.65, -0.9], to: [0.0, 1.75, -8.0], fov: 62 },
  ancient_arch: { at: [1.3, 1.6, -6.4], to: [-0.2, 1.5, -12.0], fov: 60 },
  consultation: { at: [2.3, 1.62, -0.8], to: [-0.6, 1.25, -4.4], fov: 62 },
  consultation_arch: { at: [0.15, 1.6, -0.5], to: [0.0, 1.35, -6.2], fov: 62 },
  exhibition: { at: [0.3, 1.65, -1.0], to: [-0.1, 1.75, -12.0], fov: 64 },
  exhibition_arch: { at: [2.6, 1.65, -17.6], to: [-1.6, 1.6, -6.0], fov: 60 },
  walnut: { at: [2.1, 1.62, -0.55], to: [-1.1, 1.3, -5], fov: 58 },
  walnut_arch: { at: [0.9, 1.5, -2.2], to: [-2.6, 1.2, -4.4], fov: 56 },
  garden: { at: [0.9, 1.5, -0.5], to: [-0.4, 1.15, -6], fov: 60 },
  garden_arch: { at: [0.3, 1.25, -2.0], to: [-0.4, 1.1, -7], fov: 58 },
  loft: { at: [-2.7, 1.65, -0.7], to: [1.5, 1.55, -6], fov: 60 },
  loft_arch: { at: [-1.2, 1.6, -1.0], to: [2.6, 1.5, -5.4], fov: 60 },
  sea: { at: [0, 1.7, -1.0], to: [0, 2.5, -12], fov: 64 },
  sea_arch: { at: [-7.0, 1.7, -9.2], to: [1.5, 2.9, -12], fov: 66 },
  arch: { at: [0.0, 1.72, -19.5], to: [0.0, 3.6, -32], fov: 52 },
};
