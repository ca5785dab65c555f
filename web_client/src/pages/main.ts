/** The plain pages: all of them work without this. The menu folds, times are the reader's own, a code is written as it is typed. */
import.meta.glob("../ui/css/*.css", { eager: true });

const menu = document.querySelector<HTMLButtonElement>(".top__menu");
const nav = document.getElementById("nav");
menu?.addEventListener("click", () => {
  const open = nav?.classList.toggle("is-open") ?? false;
  menu.setAttribute("aria-expanded", String(open));
});

const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time")) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.valueOf())) time.textContent = format.format(at);
}

const code = document.querySelector<HTMLInputElement>("input[name=code]");
code?.addEventListener("input", () => {
  code.value = code.value.toUpperCase().replace(/[^0-9A-Z]/g, "");
});
