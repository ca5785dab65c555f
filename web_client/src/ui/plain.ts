/** The hall's plain page: the same visit without the picture, for browsers that cannot draw it and people who do not want it. */

/** Why there is no picture: the browser cannot, or the person chose so; false where there is one. */
export type Plain = "no_webgl" | "chosen" | false;

export function plainOf(trouble: string | undefined, search: string): Plain {
  if (trouble === "no_webgl") return "no_webgl";
  return new URLSearchParams(search).get("render") === "off" ? "chosen" : false;
}

/** The plain page of the hall at `location`, or with `picture` the one with its picture; what else was asked for stays asked. */
export function plainAddress({ pathname, search }: Pick<Location, "pathname" | "search">, picture = false): string {
  const query = new URLSearchParams(search);
  if (picture) query.delete("render");
  else query.set("render", "off");
  const text = query.toString();
  return text ? `${pathname}?${text}` : pathname;
}
