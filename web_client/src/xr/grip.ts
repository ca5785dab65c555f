/** One hand of the headset: its controller or its joints, drawn by our own simple shapes, and the ray it points with. */
import {
  BufferGeometry,
  CapsuleGeometry,
  type Group,
  Line,
  LineBasicMaterial,
  Mesh,
  MeshBasicMaterial,
  Quaternion,
  TorusGeometry,
  Vector3,
  type WebGLRenderer,
  type XRHandSpace,
} from "three";
import { Cleanup } from "../hall/signal";
import { fromGrip, fromWrist } from "./hand_frame";
import { curlsOf, JointHand } from "./joints";

const WALNUT = 0x4a3323;
const BRASS = 0xb8955a;
const RAY_METRES = 6;
/** A hand round a controller is half closed; its thumb lies on the stick or a button (numbers of the WebXR gamepad mapping). */
const HELD = 0.5;
const THUMB_REST = [2, 3, 4, 5] as const;

export interface GripListener {
  /** Trigger, grip or pinch. */
  pressed(grip: Grip): void;
  released(grip: Grip): void;
}

export class Grip {
  readonly origin = new Vector3();
  readonly direction = new Vector3();
  readonly position = new Vector3();
  readonly rotation = new Quaternion();
  side: "left" | "right" | null = null;
  gamepad: Gamepad | null = null;
  /** Seen by the headset now. */
  tracked = false;
  byHand = false;
  #connected = false;
  readonly #ray: Group;
  readonly #grip: Group;
  readonly #hand: XRHandSpace;
  readonly #handle = new Mesh(
    new CapsuleGeometry(0.018, 0.09, 4, 10),
    new MeshBasicMaterial({ color: WALNUT, toneMapped: false }),
  );
  readonly #band = new Mesh(
    new TorusGeometry(0.021, 0.004, 6, 20),
    new MeshBasicMaterial({ color: BRASS, toneMapped: false }),
  );
  readonly #joints: JointHand;
  readonly #line: Line<BufferGeometry, LineBasicMaterial>;
  readonly #scale = new Vector3();
  readonly #curls = [0, 0, 0, 0, 0];
  readonly #cleanup = new Cleanup();

  constructor(renderer: WebGLRenderer, rig: Group, index: number, listener: GripListener) {
    this.#ray = renderer.xr.getController(index);
    this.#grip = renderer.xr.getControllerGrip(index);
    this.#hand = renderer.xr.getHand(index);
    // A held rod lies along the grip's Z.
    this.#handle.rotation.x = Math.PI / 2;
    this.#band.position.z = -0.03;
    this.#grip.add(this.#handle, this.#band);
    const line = new BufferGeometry().setFromPoints([new Vector3(), new Vector3(0, 0, -1)]);
    this.#line = new Line(line, new LineBasicMaterial({ color: BRASS, transparent: true, opacity: 0.6, fog: false }));
    this.#line.scale.z = RAY_METRES;
    this.#ray.add(this.#line);
    this.#joints = new JointHand(rig);
    rig.add(this.#ray, this.#grip, this.#hand);
    const on = (type: string, listener: (event: { data?: XRInputSource }) => void): void => {
      const target = this.#ray as unknown as {
        addEventListener(type: string, listener: unknown): void;
        removeEventListener(type: string, listener: unknown): void;
      };
      target.addEventListener(type, listener);
      this.#cleanup.add(() => target.removeEventListener(type, listener));
    };
    on("connected", ({ data }) => {
      this.side = data?.handedness === "left" || data?.handedness === "right" ? data.handedness : null;
      this.gamepad = data?.gamepad ?? null;
      this.byHand = Boolean(data?.hand);
      this.#connected = true;
    });
    on("disconnected", () => {
      this.#connected = this.tracked = false;
      this.gamepad = null;
    });
    for (const type of ["selectstart", "squeezestart"]) on(type, () => listener.pressed(this));
    for (const type of ["selectend", "squeezeend"]) on(type, () => listener.released(this));
  }

  /** Reads where the hand is, in room metres: its ray, and its palm with fingers along −Z and its back up. */
  update(): void {
    // A hand out of sight keeps its last place but is not there.
    this.tracked = this.#connected && this.#ray.visible;
    this.#ray.updateWorldMatrix(true, false);
    this.origin.setFromMatrixPosition(this.#ray.matrixWorld);
    this.direction.set(0, 0, -1).transformDirection(this.#ray.matrixWorld);
    this.#line.visible = this.tracked;
    this.#handle.visible = this.#band.visible = this.tracked && !this.byHand;
    this.#joints.visible = this.tracked && this.byHand;
    const wrist = this.byHand ? this.#hand.joints["wrist"] : undefined;
    const held = wrist ?? this.#grip;
    held.updateWorldMatrix(true, false);
    held.matrixWorld.decompose(this.position, this.rotation, this.#scale);
    if (wrist) fromWrist(this.position, this.rotation);
    else if (this.side) fromGrip(this.side, this.rotation);
    if (this.byHand && this.tracked) this.#joints.update(this.#hand);
  }

  /** How far the fingers are closed, thumb first: of a tracked hand as they are, of a controller by what is pressed. Null where nothing tells. */
  get curls(): readonly number[] | null {
    if (this.byHand) return curlsOf(this.#hand.joints, this.#curls);
    const buttons = this.gamepad?.buttons;
    if (!buttons?.length) return null;
    const squeeze = buttons[1]?.value ?? 0;
    this.#curls[0] = THUMB_REST.some((i) => buttons[i]?.touched || buttons[i]?.pressed) ? HELD : HELD / 2;
    this.#curls[1] = HELD + (1 - HELD) * (buttons[0]?.value ?? 0);
    for (let finger = 2; finger < 5; finger++) this.#curls[finger] = HELD + (1 - HELD) * squeeze;
    return this.#curls;
  }

  /** How far the ray is drawn. */
  reach(metres: number): void {
    this.#line.scale.z = Math.min(RAY_METRES, metres);
  }

  /** Axes of the stick, 0 when there is none. */
  stick(axis: "x" | "y"): number {
    const axes = this.gamepad?.axes;
    if (!axes) return 0;
    return axes[axis === "x" ? 2 : 3] ?? axes[axis === "x" ? 0 : 1] ?? 0;
  }

  pressedButton(index: number): boolean {
    return this.gamepad?.buttons[index]?.pressed ?? false;
  }

  dispose(): void {
    this.#cleanup.dispose();
    for (const part of [this.#handle, this.#band, this.#line]) {
      part.removeFromParent();
      part.geometry.dispose();
      part.material.dispose();
    }
    this.#joints.dispose();
  }
}
