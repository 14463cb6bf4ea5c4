// What HTML can't do by itself: live parts, dialogs, copying, the menu on a phone, and the browser's time zone.
// Everything works without it, only less comfortably.
"use strict";

// The daemon writes times in the reader's zone once it knows it.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes("orgsync_zone=" + encodeURIComponent(zone))) {
  document.cookie = "orgsync_zone=" + encodeURIComponent(zone) + "; Path=/; Max-Age=31536000; SameSite=Strict";
}

// Live parts (`data-live`) are asked for anew whenever tasks have moved. Nothing is heard while the tab is hidden; when it
// is shown again, they are asked for once, because something may have been missed.
let moves = null;

function moved() {
  for (const part of document.querySelectorAll("[data-live]")) htmx.trigger(part, "moved");
}

function listen() {
  const wanted = !document.hidden && document.querySelector("[data-live]") !== null;
  if (wanted && moves === null) {
    moves = new EventSource("/live");
    moves.addEventListener("moved", moved);
    // A stream that breaks is taken up again by the browser. One that is refused has ended with the session, and what is
    // asked for next leads to the log-in.
    moves.addEventListener("error", () => {
      if (moves?.readyState === EventSource.CLOSED) moved();
    });
  } else if (!wanted && moves !== null) {
    moves.close();
    moves = null;
  }
}

document.addEventListener("visibilitychange", () => {
  listen();
  if (!document.hidden) moved();
});
document.addEventListener("htmx:after:swap", listen);
document.addEventListener("DOMContentLoaded", listen);

document.addEventListener("click", (event) => {
  const on = (attribute) => event.target.closest("[" + attribute + "]");
  const opens = on("data-opens");
  if (opens) document.getElementById(opens.dataset.opens).showModal();
  if (on("data-closes")) event.target.closest("dialog").close();
  const toggles = on("data-toggles");
  if (toggles) {
    const open = toggles.getAttribute("aria-expanded") !== "true";
    toggles.setAttribute("aria-expanded", String(open));
    document.getElementById(toggles.dataset.toggles).classList.toggle("open", open);
  }
  const copies = on("data-copy");
  if (copies) copy(copies);
  // The menu closes when something else is clicked.
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

async function copy(button) {
  const label = button.querySelector("span");
  const before = label.textContent;
  await navigator.clipboard.writeText(button.dataset.copy);
  label.textContent = button.dataset.copied;
  setTimeout(() => { label.textContent = before; }, 2000);
}

// Answers that are whole pages of a refusal are shown whole, not in the place of a list.
document.addEventListener("htmx:before:swap", (event) => {
  const response = event.detail.ctx?.response;
  // A form with what is wrong with it (422) is shown in its place.
  if (response && response.status >= 400 && response.status !== 422) {
    event.preventDefault();
    if (event.detail.ctx.request.method === "GET") location.assign(event.detail.ctx.request.action);
  }
});

// A live tail (`data-poll`) asks for what is new in place of itself; not while the tab is hidden, and not again while it
// waits. What is read stays where it is, and of the oldest lines only so many stay as the list keeps.
const isTail = (event) => event.detail.ctx?.sourceElement?.hasAttribute("data-poll");

document.addEventListener("htmx:before:request", (event) => {
  if (isTail(event) && document.hidden) event.preventDefault();
});

let held = null;

document.addEventListener("htmx:before:swap", (event) => {
  if (!isTail(event)) return;
  const list = event.detail.ctx.sourceElement.parentElement;
  const inView = (line) => line.getBoundingClientRect().bottom > 0;
  // At the very top one sees the new lines come, unless a line is open or has the focus.
  const line = list.querySelector("li:has(details[open]), li:focus-within") ?? (scrollY > 0 ? [...list.children].find(inView) : null);
  held = { list, line, top: line?.getBoundingClientRect().top };
});

document.addEventListener("htmx:after:swap", () => {
  if (held === null) return;
  const { list, line, top } = held;
  held = null;
  if (line?.isConnected) scrollBy(0, line.getBoundingClientRect().top - top);
  const last = list.children[list.dataset.keeps];
  if (last) {
    while (last.nextSibling) last.nextSibling.remove();
    const older = document.getElementById("older");
    if (older && last.dataset.place) {
      const address = new URL(older.href);
      address.searchParams.set("before", last.dataset.place);
      address.searchParams.delete("live");
      older.href = address.href;
    }
  }
});
