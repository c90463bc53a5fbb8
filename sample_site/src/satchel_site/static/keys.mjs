const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";

// One key, one deed; never while the user is typing into a field.
export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.matches("#search")) return event.target.blur();
    if (event.target.closest?.(FIELDS)) return;
    if (press(event.key, event.target)) event.preventDefault();
  });
}

function press(key, target) {
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "x") return pick(target);
  if (key === "?") return location.assign("/settings#keyboard"), true;
  const visible = [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key === key && element.checkVisibility(),
  );
  if (!visible) return false;
  if (visible.matches("input")) visible.focus();
  else visible.click();
  return true;
}

function step(by) {
  const links = [...document.querySelectorAll(".row > a")];
  if (!links.length) return false;
  const here = links.findIndex((link) => link.matches(":focus, .current > a"));
  const next = links[Math.min(Math.max(here + by, 0), links.length - 1)];
  next.focus();
  if (document.querySelector(".reader")?.checkVisibility()) next.click();
  return true;
}

function pick(target) {
  const row = target.closest?.(".row") ?? document.querySelector(".row.current");
  row?.querySelector("input[type=checkbox]").click();
  return Boolean(row);
}
