/** Into the headset on this device, or by a code typed on another. */
import { Cleanup } from "../hall/signal";
import { attempt, asTrouble, troubleWords, wordsFace, type Context } from "./context";
import { button, el } from "./dom";
import type { Content } from "./panel";

const MINUTE_MS = 60_000;
const SVG = "http://www.w3.org/2000/svg";

export function headsetPanel(context: Context): Content {
  const { state, actions, words } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  const enter = button(t("headset.enter"), () => void attempt(context, actions.enterHeadset()), {
    kind: "btn--main",
    icon: "headset",
  });
  const presenting = el("p", { class: "small" }, t("headset.presenting"));
  cleanup.add(
    state.headset.watch((kind) => {
      enter.hidden = kind !== "available";
      presenting.hidden = kind !== "presenting";
    }),
  );
  const ticket = el("div", { class: "pairing", role: "status" });
  let timer: ReturnType<typeof setInterval> | null = null;
  cleanup.add(() => {
    if (timer) clearInterval(timer);
  });
  const ask = async (): Promise<void> => {
    try {
      show(await actions.pairingCode());
    } catch (error) {
      ticket.replaceChildren(el("p", { class: "error" }, troubleWords(wordsFace(words), asTrouble(error))));
    }
  };
  const show = (answer: { code: string; url: string; expiresMs: number; svg?: string }): void => {
    const left = el("p", { class: "small muted" });
    const tell = (): void => {
      const minutes = Math.ceil((answer.expiresMs - Date.now()) / MINUTE_MS);
      left.textContent = minutes > 0 ? t("headset.left", { minutes }) : t("headset.over");
      if (minutes <= 0 && timer) clearInterval(timer);
    };
    if (timer) clearInterval(timer);
    timer = setInterval(tell, MINUTE_MS / 4);
    tell();
    askButton.textContent = t("headset.again");
    ticket.replaceChildren(
      ...(answer.svg ? [qrFrom(answer.svg, t("headset.qr"))].filter((made) => made !== null) : []),
      el(
        "dl",
        {},
        el("dt", {}, t("headset.address")),
        el("dd", { class: "mono" }, answer.url),
        el("dt", {}, t("headset.code")),
        el("dd", { class: "code" }, spaced(answer.code)),
      ),
      left,
    );
  };
  const askButton = button(t("headset.get"), () => void ask());
  return {
    title: t("headset.title"),
    element: el(
      "div",
      { class: "sheet__body sheet__scroll headset" },
      enter,
      presenting,
      el("h3", {}, t("headset.other")),
      el("p", { class: "small" }, t("headset.steps")),
      ticket,
      askButton,
    ),
    dispose: () => cleanup.dispose(),
  };
}

/** Two groups of three are read and typed more easily; the space is not part of the code. */
function spaced(code: string): string {
  return code.length === 6 ? `${code.slice(0, 3)}\u2009${code.slice(3)}` : code;
}

/** Only the paths' geometry is taken from the answer: nothing in it can act. Null when there is none. */
export function qrFrom(svg: string, label: string): SVGSVGElement | null {
  const source = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const paths = [...source.querySelectorAll("path")].map(
    (path) => [path.getAttribute("d") ?? "", path.getAttribute("stroke")] as const,
  );
  const width = Number(source.getAttribute("width")) || 0;
  const viewBox = source.getAttribute("viewBox") ?? (width ? `0 0 ${width} ${width}` : "");
  if (!viewBox || paths.length === 0) return null;
  const picture = document.createElementNS(SVG, "svg");
  const attributes = { viewBox, class: "pairing__qr", role: "img", "aria-label": label };
  for (const [name, value] of Object.entries(attributes)) picture.setAttribute(name, value);
  for (const [d, stroke] of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.setAttribute(stroke ? "stroke" : "fill", "#1a120b");
    if (stroke) path.setAttribute("fill", "none");
    picture.append(path);
  }
  return picture;
}
