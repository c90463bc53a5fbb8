import { watchFrames } from "./frames.mjs";
import { watchKeys } from "./keys.mjs";
import { watchList } from "./list.mjs";
import { watchPanes } from "./panes.mjs";

watchFrames(document);
watchKeys();
watchList();
watchPanes();

const form = document.querySelector("[data-compose]");
if (form) {
  const { watchCompose } = await import("./compose.mjs");
  watchCompose(form);
}

const preferences = document.querySelector("[data-preferences]");
if (preferences) {
  const { watchPreferences } = await import("./preferences.mjs");
  watchPreferences(preferences);
}

// The demo's accounts fill the form with one click.
for (const button of document.querySelectorAll("[data-address]")) {
  button.addEventListener("click", () => {
    document.querySelector("#address").value = button.dataset.address;
    document.querySelector("#password").value = button.dataset.password;
    document.querySelector("#password").form.querySelector("button").focus();
  });
}

// A form goes out once: a second click while the answer is on its way does nothing.
document.addEventListener("submit", (event) => {
  const { target } = event;
  if (event.defaultPrevented) return;
  if (target.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (target.method === "post") target.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const sent of document.querySelectorAll("[data-sent]")) delete sent.dataset.sent;
});
