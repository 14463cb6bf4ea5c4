// What HTML can't do by itself: live parts, dialogs, copying, the menu on a phone, and the browser's time zone.
// Everything works without it, only less comfortably.
"use strict";

// The daemon writes times in the reader's zone once it knows it. No zone's name has a character that a cookie may not have.
const zone = "orgsync_zone=" + Intl.DateTimeFormat().resolvedOptions().timeZone;
if (!document.cookie.split("; ").includes(zone)) {
  document.cookie = zone + "; Path=/; Max-Age=31536000; SameSite=Strict";
}

// Live parts (`data-live`) are asked for anew whenever tasks have moved. Nothing is heard while the tab is hidden; whoever
// begins to listen hears of a move at once, because something may have been missed.
let moves = null;

function moved() {
  for (const part of document.querySelectorAll("[data-live]")) htmx.trigger(part, "moved");
}

function listen() {
  const wanted = !document.hidden && document.querySelector("[data-live]") !== null;
  if (wanted && moves === null) {
    moves = new EventSource("/live");
    moves.addEventListener("moved", moved);
    // A stream that breaks is taken up again by the browser, one that is refused is not: the session has ended, and what is
    // asked for next leads to the log-in; or a proxy has no daemon to ask.
    moves.addEventListener("error", () => {
      if (moves?.readyState !== EventSource.CLOSED) return;
      moves = null;
      setTimeout(() => { listen(); moved(); }, 5000);
    });
  } else if (!wanted && moves !== null) {
    moves.close();
    moves = null;
  }
}

document.addEventListener("visibilitychange", listen);
document.addEventListener("htmx:after:swap", listen);
document.addEventListener("DOMContentLoaded", listen);

document.addEventListener("click", (event) => {
  const on = (attribute) => event.target.closest("[" + attribute + "]");
  // Browsers from before 2025 don't know what a button commands.
  const commands = "command" in HTMLButtonElement.prototype ? null : on("commandfor");
  if (commands) {
    const dialog = document.getElementById(commands.getAttribute("commandfor"));
    if (commands.getAttribute("command") === "close") dialog.close();
    else dialog.showModal();
  }
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

// A refusal is never shown in the place of a part. What was asked for by itself is asked for again later, and it is said that
// the page may be out of date; what the reader asked for is shown as a page; of what they wanted done, the reason is told.
function tell(text, tone) {
  const notice = document.createElement("p");
  notice.className = "notice " + tone;
  notice.textContent = text;
  document.querySelector(".notices").replaceChildren(notice);
}

const isOwn = (element) => element?.matches?.("[data-live], [data-poll]");

document.addEventListener("htmx:before:swap", (event) => {
  const { response, request, sourceElement, text } = event.detail.ctx ?? {};
  // A form with what is wrong with it (422) is shown in its place.
  if (!response || response.status < 400 || response.status === 422) {
    if (isOwn(sourceElement)) document.querySelector(".notice.stale")?.remove();
    return;
  }
  event.preventDefault();
  if (isOwn(sourceElement)) {
    stale(sourceElement);
  } else if (request.method === "GET") {
    location.assign(request.action);
  } else {
    const main = new DOMParser().parseFromString(text ?? "", "text/html").querySelector("main");
    const parts = main ? [...main.querySelectorAll("h1, h1 ~ p, dd")].slice(0, 3) : [];
    tell(parts.map((part) => part.textContent.trim()).join(". ") || response.status, "danger");
    scrollTo(0, 0);
  }
});

document.addEventListener("htmx:error", (event) => {
  const source = event.detail.ctx?.sourceElement;
  if (isOwn(source)) stale(source);
});

function stale(part) {
  if (!document.querySelector(".notice.stale")) tell(document.body.dataset.stale, "warning stale");
  if (part.hasAttribute("data-live")) setTimeout(() => htmx.trigger(part, "moved"), 5000);
}

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
