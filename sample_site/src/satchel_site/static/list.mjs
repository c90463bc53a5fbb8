// Selecting many messages: all of the page, or all between two clicks with Shift.
export function watchList() {
  const form = document.querySelector(".messages-form");
  if (!form) return;
  const all = form.querySelector("[data-select-all]");
  const boxes = [...form.querySelectorAll(".row input[type=checkbox]")];
  let last;
  all?.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  form.addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && last !== undefined) {
      for (const box of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) box.checked = event.target.checked;
    }
    last = at;
    all.checked = boxes.every((box) => box.checked);
  });
}
