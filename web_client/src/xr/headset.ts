/** The headset's session: one's head and hands in the hall, moving by arc or stick, acting by rays, the panel. */
import { Mesh, MeshBasicMaterial, SphereGeometry, Vector3 } from "three";
import { Cleanup } from "../hall/signal";
import type { Editor } from "../editor/editor";
import type { HallActions, HallState } from "../hall/state";
import { refusal } from "../net/requests";
import { trouble, type Visit } from "../hall/visit";
import { EYE_METRES, SEATED_EYE_METRES } from "../world/walker";
import type { World } from "../world/world";
import { Grip } from "./grip";
import { Hands } from "./hands";
import { Menu } from "./menu";
import { Panel, type PanelButton } from "./panel";
import { Ride } from "./ride";
import { TeleportView } from "./teleport";
import { Vignette } from "./vignette";

const FEATURES = ["local-floor", "bounded-floor", "hand-tracking", "layers"];
const GLIDE_METRES_PER_S = 2.2;
const SMOOTH_TURN_RADIANS_PER_S = 1.6;
const STICK_IN = 0.6;
const STICK_OUT = 0.3;
/** Buttons of the xr-standard mapping: A or X, B or Y. */
const MENU_BUTTONS = [4, 5] as const;
const REPAINT_S = 0.5;
const VIGNETTE_AFTER_S = 0.2;
const SIGHT_METRES = 12;
/** Who went so far from the panel left it behind; the chip brings it back. */
const LEFT_BEHIND_METRES = 1;

export class Headset {
  readonly #world: World;
  readonly #state: HallState;
  readonly #visit: Visit;
  readonly #ride: Ride;
  readonly #arc: TeleportView;
  readonly #vignette: Vignette;
  readonly #panel: Panel;
  readonly #menu: Menu;
  readonly #hands: Hands;
  readonly #grips: readonly [Grip, Grip];
  readonly #chip: Mesh<SphereGeometry, MeshBasicMaterial>;
  readonly #cleanup = new Cleanup();
  readonly #chip_at = new Vector3();
  #aiming: Grip | null = null;
  #by_stick = false;
  #turned = false;
  #menu_down = false;
  #moved_s = 0;
  #painted_s = 0;
  #dirty = true;

  constructor(world: World, state: HallState, actions: () => HallActions, visit: Visit, editor: Editor) {
    this.#world = world;
    this.#state = state;
    this.#visit = visit;
    this.#hands = new Hands(editor, state);
    const { stage } = world;
    const renderer = stage.renderer!;
    this.#ride = new Ride(stage.rig);
    this.#arc = new TeleportView(stage.scene);
    this.#vignette = new Vignette(stage.camera);
    this.#panel = new Panel(stage.scene);
    const listener = { pressed: (grip: Grip) => this.#pressed(grip), released: (grip: Grip) => this.#released(grip) };
    this.#grips = [new Grip(renderer, stage.rig, 0, listener), new Grip(renderer, stage.rig, 1, listener)];
    this.#chip = new Mesh(new SphereGeometry(0.035, 20, 14), new MeshBasicMaterial({ color: 0xe6c98b, fog: false }));
    this.#chip.visible = false;
    stage.scene.add(this.#chip);
    this.#menu = new Menu(
      state,
      actions,
      { close: () => this.#show(false), leaveHeadset: () => this.leave() },
      () => (this.#dirty = true),
    );
    for (const signal of [
      state.people,
      state.chat,
      state.settings,
      state.places,
      state.seated,
      state.self,
      state.arrange.on,
      state.arrange.rights,
      state.arrange.chosen,
    ])
      this.#cleanup.add((signal as { watch(listener: () => void): () => void }).watch(() => (this.#dirty = true)));
    this.#cleanup.add(
      state.phase.watch((phase) => {
        if (phase === "closed" || phase === "failed") this.leave();
      }),
    );
    this.#look();
  }

  #look(): void {
    const { xr } = navigator;
    if (!xr) return;
    const ask = (): void =>
      void xr.isSessionSupported("immersive-vr").then(
        (supported) => {
          if (this.#state.headset.value !== "presenting") this.#state.headset.value = supported ? "available" : "none";
        },
        () => undefined,
      );
    ask();
    this.#cleanup.listen(xr, "devicechange", ask);
  }

  /** Must be called from a press of a button. Rejects with a Trouble. */
  async enter(): Promise<void> {
    const renderer = this.#world.stage.renderer!;
    if (!navigator.xr || this.#state.phase.value !== "present") throw trouble(refusal("no_headset"));
    const session = await navigator.xr
      .requestSession("immersive-vr", { optionalFeatures: FEATURES })
      .catch((error: unknown) => {
        throw trouble(refusal("no_headset", String(error)));
      });
    session.addEventListener("end", () => this.#ended(), { once: true });
    renderer.xr.setReferenceSpaceType("local-floor");
    renderer.xr.setFoveation(1);
    const { walker, stage } = this.#world;
    walker.stand();
    walker.cancel();
    stage.camera.rotation.set(0, 0, 0);
    await renderer.xr.setSession(session);
    stage.rig.position.copy(walker.feet);
    stage.rig.rotation.set(0, walker.heading, 0);
    this.#state.headset.value = "presenting";
    this.#world.headset = (dt, frame) => this.#update(dt, frame);
    this.#world.placed = () => this.#follow();
    this.#show(true);
    this.#first = true;
  }

  #first = false;

  /** Back to the page, where what ended the stay is said. */
  leave(): void {
    void this.#world.stage.renderer?.xr
      .getSession()
      ?.end()
      .catch(() => undefined);
  }

  #ended(): void {
    const { walker } = this.#world;
    this.#world.headset = null;
    this.#world.placed = null;
    this.#aiming = null;
    this.#arc.visible = false;
    this.#panel.mesh.visible = this.#chip.visible = false;
    this.#vignette.update(10, false);
    this.#state.headset.value = "available";
    walker.place({ position: this.#ride.feet.toArray(), heading: this.#ride.heading });
    this.#visit.channel.jump();
  }

  /** The server or a list put the person elsewhere: the rig goes along. */
  #follow(): void {
    const { walker } = this.#world;
    this.#ride.turn(walker.heading - this.#ride.heading);
    this.#ride.to(walker.feet);
    this.#ride.heading = walker.heading;
  }

  #update(dt: number, frame: XRFrame): void {
    const { stage, walker, pose } = this.#world;
    const space = stage.renderer!.xr.getReferenceSpace();
    const viewer = space && frame.getViewerPose(space);
    if (!viewer) return;
    const { comfort } = this.#state.settings.value;
    const eyes_metres = this.#state.seated.value ? SEATED_EYE_METRES : comfort.seated ? EYE_METRES : null;
    this.#ride.read(viewer.transform, eyes_metres);
    if (this.#first) {
      // Whoever enters stands where they stood, however far they are from the middle of their own room.
      this.#first = false;
      this.#follow();
      this.#ride.read(viewer.transform, eyes_metres);
      this.#show(true);
    }
    for (const grip of this.#grips) grip.update();
    this.#hands.update(this.#grips);
    this.#move(dt);
    walker.feet.copy(this.#ride.feet);
    walker.heading = this.#ride.heading;
    pose.fromHeadset(this.#ride.head, this.#ride.rotation, this.#state.seated.value);
    for (const grip of this.#grips) {
      if (!grip.tracked || !grip.side) continue;
      pose.hand(grip.side, grip.position, grip.rotation);
      const { curls } = grip;
      if (curls) pose.fingers(grip.side, curls);
    }
    this.#point();
    this.#paint(dt);
    this.#moved_s = Math.max(0, this.#moved_s - dt);
    this.#vignette.update(dt, comfort.vignette && this.#moved_s > 0);
  }

  #move(dt: number): void {
    const { comfort } = this.#state.settings.value;
    const walks = comfort.leftHanded ? "right" : "left";
    let turn = 0;
    for (const grip of this.#grips) {
      if (!grip.tracked || !grip.gamepad) continue;
      const x = grip.stick("x");
      const y = grip.stick("y");
      if (grip.side === walks && comfort.locomotion === "smooth") {
        if (Math.hypot(x, y) > 0.15) {
          this.#world.stand();
          this.#ride.glide(-y, x, GLIDE_METRES_PER_S * dt, this.#world.walker.ground);
          this.#moved_s = VIGNETTE_AFTER_S;
        }
        continue;
      }
      if (Math.abs(x) > Math.abs(turn)) turn = x;
      if (y < -STICK_IN && !this.#aiming) {
        this.#aiming = grip;
        this.#by_stick = true;
      } else if (this.#by_stick && this.#aiming === grip && y > -STICK_OUT) this.#land();
    }
    this.#turn(turn, dt);
    this.#menuButton();
  }

  #turn(x: number, dt: number): void {
    const { comfort } = this.#state.settings.value;
    if (this.#aiming && this.#by_stick) return;
    if (comfort.turn === "smooth") {
      if (Math.abs(x) < STICK_OUT) return;
      this.#ride.turn(-x * SMOOTH_TURN_RADIANS_PER_S * dt);
      this.#moved_s = VIGNETTE_AFTER_S;
      return;
    }
    if (Math.abs(x) > STICK_IN && !this.#turned) {
      this.#turned = true;
      this.#ride.turn((-Math.sign(x) * comfort.turnDegrees * Math.PI) / 180);
    } else if (Math.abs(x) < STICK_OUT) this.#turned = false;
  }

  #menuButton(): void {
    const down = this.#grips.some((grip) => grip.tracked && MENU_BUTTONS.some((button) => grip.pressedButton(button)));
    if (down && !this.#menu_down) this.#show(!this.#panel.mesh.visible);
    this.#menu_down = down;
  }

  /** What the rays meet: panel, menu chip, things of the hall. The last hand that meets something has the focus. */
  #point(): void {
    const { targets, walker } = this.#world;
    let focused = null;
    let lit: PanelButton | null = null;
    for (const grip of this.#grips) {
      if (!grip.tracked) continue;
      if (grip === this.#aiming) {
        this.#arc.arc.throw(grip.origin, grip.direction, walker.ground);
        this.#arc.update();
        grip.reach(0.15);
        continue;
      }
      const meeting = this.#panel.meet(grip.origin, grip.direction);
      grip.reach(meeting?.metres ?? SIGHT_METRES);
      if (meeting) lit = this.#panel.button(meeting) ?? lit;
      else focused = targets.under(grip.origin, grip.direction, walker.ground) ?? focused;
    }
    this.#panel.light(lit);
    this.#arc.visible = this.#aiming !== null;
    if (this.#state.focused.value !== focused) this.#state.focused.value = focused;
    // The chip floats low before the body, found by looking down.
    const { head, heading } = this.#ride;
    this.#chip_at.set(head.x - Math.sin(heading) * 0.55, head.y - 0.62, head.z - Math.cos(heading) * 0.55);
    this.#chip.position.lerp(this.#chip_at, 0.15);
    this.#chip.visible = !this.#panel.mesh.visible;
  }

  #pressed(grip: Grip): void {
    if (this.#state.headset.value !== "presenting") return;
    grip.update();
    if (this.#world.things.inside) return this.#world.things.stepOut();
    const meeting = this.#panel.meet(grip.origin, grip.direction);
    if (meeting) return this.#panel.button(meeting)?.press();
    if (this.#chip.visible && this.#meetsChip(grip)) return this.#show(true);
    if (this.#hands.pressed(grip)) return;
    const target = this.#world.targets.under(grip.origin, grip.direction, this.#world.walker.ground);
    if (target) return target.act();
    this.#aiming = grip;
    this.#by_stick = false;
  }

  #meetsChip(grip: Grip): boolean {
    const along = this.#chip_at.subVectors(this.#chip.position, grip.origin).dot(grip.direction);
    return along > 0 && this.#chip_at.addScaledVector(grip.direction, -along).length() < 0.09;
  }

  #released(grip: Grip): void {
    if (this.#hands.released(grip)) return;
    if (this.#aiming === grip && !this.#by_stick) this.#land();
  }

  #land(): void {
    const { arc } = this.#arc;
    const grip = this.#aiming;
    this.#aiming = null;
    this.#by_stick = false;
    if (!grip) return;
    arc.throw(grip.origin, grip.direction, this.#world.walker.ground);
    if (!arc.valid) return;
    this.#world.walker.seated = this.#state.seated.value = false;
    this.#ride.to(arc.landing);
    this.#visit.channel.jump();
  }

  #show(visible: boolean): void {
    this.#panel.mesh.visible = visible;
    if (!visible) return;
    this.#panel.place(this.#ride.head, this.#ride.heading);
    this.#dirty = true;
  }

  #paint(dt: number): void {
    this.#painted_s += dt;
    const { mesh } = this.#panel;
    if (mesh.visible && mesh.position.distanceTo(this.#ride.head) > LEFT_BEHIND_METRES) this.#show(false);
    if (!this.#panel.mesh.visible || (!this.#dirty && this.#painted_s < REPAINT_S)) return;
    // Distances change all the time; everything else says so itself.
    if (!this.#dirty && this.#menu.tab !== "here") return;
    this.#dirty = false;
    this.#painted_s = 0;
    this.#panel.show(this.#menu.page());
  }

  dispose(): void {
    this.#cleanup.dispose();
    for (const grip of this.#grips) grip.dispose();
    this.#arc.dispose();
    this.#vignette.dispose();
    this.#panel.dispose();
    this.#chip.removeFromParent();
    this.#chip.geometry.dispose();
    this.#chip.material.dispose();
  }
}
