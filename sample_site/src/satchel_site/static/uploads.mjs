import { say, size } from "./say.mjs";
import { Upload } from "./upload.mjs";

const AT_ONCE = 3;

// Files go up as they are chosen or dropped, three at a time; each has a row that tells how it stands.
export function watchUploads(form) {
  const tray = new Tray(form);
  const input = form.querySelector("#files");
  const take = () => {
    tray.add(input.files);
    input.value = "";
  };
  input.addEventListener("change", take);
  if (input.files.length) take(); // chosen before this script had come
  watchDrops(form, tray);
  form.addEventListener("click", (event) => tray.click(event));
  addEventListener("online", () => tray.go());
  return tray;
}

function watchDrops(form, tray) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  const shade = (shown) => document.body.classList.toggle("dropping", shown);
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    shade(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget || shade(false));
  addEventListener("drop", (event) => {
    shade(false);
    if (!hasFiles(event)) return;
    event.preventDefault();
    tray.add(event.dataTransfer.files);
  });
  form.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    tray.add(event.clipboardData.files);
  });
}

class Tray {
  constructor(form) {
    this.form = form;
    this.list = form.querySelector("[data-tray]");
    this.sum = form.querySelector("[data-sum]");
    this.template = document.querySelector("[data-upload-row]");
    this.limit = Number(form.dataset.limit);
    this.uploads = new Map();
  }

  isBusy() {
    return [...this.uploads.values()].some((upload) => !upload.isOver());
  }

  complain() {
    say(this.form, "Some files are still on their way. Send again when they have arrived, or remove them.");
  }

  add(files) {
    let place = this.list.children.length;
    for (const file of files) {
      if (file.size > this.limit) {
        say(this.form, `“${file.name}” has ${size(file.size)}. The limit is ${size(this.limit)} a file.`);
        continue;
      }
      const row = this.list.appendChild(this.template.content.firstElementChild.cloneNode(true));
      const upload = new Upload(this.form, row, file, place++, () => this.go());
      this.uploads.set(row, upload);
    }
    this.go();
  }

  go() {
    const all = [...this.uploads.values()];
    let free = AT_ONCE - all.filter((upload) => upload.isMoving()).length;
    for (const upload of all) if (free > 0 && upload.waits()) free -= upload.start();
    this.count();
  }

  count() {
    const rows = this.list.children.length;
    const moving = [...this.uploads.values()].filter((upload) => !upload.isOver()).length;
    if (moving) this.sum.textContent = `Waiting for ${moving} of ${rows} ${rows === 1 ? "file" : "files"}`;
    else this.sum.textContent = rows ? `${rows} ${rows === 1 ? "file" : "files"} attached` : "";
  }

  async click(event) {
    const row = event.target.closest("[data-tray] > li");
    if (!row) return;
    const upload = this.uploads.get(row);
    if (event.target.closest("[data-retry]")) return upload.retry(), this.go();
    if (!event.target.closest("[data-remove]")) return;
    event.preventDefault();
    const next = row.nextElementSibling ?? row.previousElementSibling;
    upload?.abort();
    if (await this.isDeleted(row, upload)) {
      row.remove();
      this.uploads.delete(row);
      (next?.querySelector("[data-remove]") ?? this.form.querySelector("#files")).focus();
      this.go();
    }
  }

  async isDeleted(row, upload) {
    const id = row.dataset.id ?? upload?.token;
    try {
      const answer = await fetch(`${this.form.dataset.files}/${id}`, {
        method: "DELETE",
        headers: { Accept: "application/json", "X-CSRF-Token": this.form.elements.csrf.value },
      });
      if (answer.ok || answer.status === 404) return true;
      say(this.form, (await answer.json()).error);
    } catch {
      say(this.form, "The file could not be removed: there is no connection. Try again.");
    }
    return false;
  }
}
