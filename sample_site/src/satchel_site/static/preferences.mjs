// Each setting is saved when it is changed; what the page itself shows changes at once.
export function watchPreferences(root) {
  root.addEventListener("change", (event) => save(event.target.form));
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    save(event.target);
  });
  offerOwnZone(root);
}

async function save(form) {
  const said = form.querySelector("[data-said]");
  const fields = new URLSearchParams(new FormData(form));
  said.classList.remove("bad");
  said.textContent = "";
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: fields });
    const { saved, error } = await answer.json();
    said.textContent = saved ?? error;
    said.classList.toggle("bad", !answer.ok);
    if (answer.ok) show(fields.get("name"), fields.get("value"));
  } catch {
    said.classList.add("bad");
    said.textContent = "Not saved: there is no connection. Try again.";
  }
}

function show(name, value) {
  const { dataset } = document.documentElement;
  if (name === "theme") {
    if (value === "system") delete dataset.theme;
    else dataset.theme = value;
    document.querySelector("meta[name=color-scheme]").content = value === "system" ? "light dark" : value;
  }
  if (name === "density") dataset.density = value;
}

function offerOwnZone(root) {
  const select = root.querySelector("[data-zone]");
  const button = root.querySelector("[data-own-zone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isListed = [...select.options].some((option) => option.value === zone);
  if (!isListed || select.value === zone) return;
  button.textContent = `Use ${zone.replaceAll("_", " ")}`;
  button.hidden = false;
  button.addEventListener("click", () => {
    select.value = zone;
    button.hidden = true;
    save(select.form);
  });
}
