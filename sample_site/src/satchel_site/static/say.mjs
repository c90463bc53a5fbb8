// An error over the form; it stays until the form is sent or the same words come again.
export function say(form, words) {
  const place = form.querySelector("[data-alerts]");
  for (const old of place.children) if (old.dataset.words === words) old.remove();
  const box = place.appendChild(document.createElement("div"));
  box.className = "notice bad";
  box.dataset.words = words;
  box.setAttribute("role", "alert");
  box.appendChild(document.createElement("p")).textContent = words;
  return box;
}

const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

export function size(count) {
  if (count === 1) return "1 byte";
  let unit = 0;
  while (count >= 999.5 && unit < UNITS.length - 1) {
    count /= 1000;
    unit += 1;
  }
  return `${count.toFixed(unit && count < 9.95 ? 1 : 0)} ${UNITS[unit]}`;
}
