import { watchFrames } from "./frames.mjs";

let loading;

// A message opens beside the list without loading the list again. When anything is unusual
// the browser simply goes to the address, which is a page of its own.
export function watchPanes() {
  if (!document.querySelector("[data-reader]")) return;
  history.replaceState({ pane: true }, "");
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-pane]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link.href, true);
  });
  addEventListener("popstate", (event) => {
    if (event.state?.pane) open(location.href, false);
  });
}

async function open(url, isNew) {
  const reader = document.querySelector("[data-reader]");
  loading?.abort();
  loading = new AbortController();
  reader.classList.add("busy");
  try {
    const answer = await fetch(url, { headers: { "Satchel-Part": "reader" }, signal: loading.signal });
    const text = await answer.text();
    if (!answer.ok || answer.redirected || !answer.headers.has("Satchel-Title")) return location.assign(url);
    if (isNew) history.pushState({ pane: true }, "", url);
    show(reader, text, decodeURIComponent(answer.headers.get("Satchel-Title")));
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
    return;
  }
  reader.classList.remove("busy");
}

function show(reader, text, title) {
  // The same server wrote this block that writes the whole page; a message's own HTML is never in it.
  reader.innerHTML = text;
  document.title = title;
  watchFrames(reader);
  const heading = reader.querySelector("#subject");
  document.querySelector(".shell").classList.toggle("reading", Boolean(heading));
  markRow();
  heading?.focus({ preventScroll: true });
}

function markRow() {
  const path = location.pathname;
  for (const link of document.querySelectorAll(".row > a")) {
    const row = link.parentElement;
    const isOpen = link.pathname === path;
    row.classList.toggle("current", isOpen);
    link.toggleAttribute("aria-current", isOpen);
    if (!isOpen) continue;
    link.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    if (!row.classList.replace("unread", "seen")) continue;
    link.querySelector(".unseen")?.remove();
    lowerCount();
  }
}

function lowerCount() {
  const badge = document.querySelector(".folders a[aria-current] .badge");
  if (!badge) return;
  const [shown, spoken] = badge.children;
  const left = parseInt(spoken.textContent, 10) - 1;
  if (left < 1) return badge.remove();
  spoken.textContent = `${left} unread`;
  shown.textContent = left < 100 ? left : "99+";
}
