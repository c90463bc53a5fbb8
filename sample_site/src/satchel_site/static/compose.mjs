import { say } from "./say.mjs";
import { watchRecipients } from "./suggest.mjs";
import { watchUploads } from "./uploads.mjs";

const PAUSE = 2000;
const LONGEST = 20000;

export function watchCompose(form) {
  const tray = watchUploads(form);
  const saver = new Saver(form);
  watchRecipients(form);
  form.addEventListener("input", (event) => {
    if (event.target.type !== "file" && !event.target.name.startsWith("name-")) saver.note();
  });
  form.querySelector("[data-from]")?.addEventListener("change", () => saver.changeSender());
  document.addEventListener("visibilitychange", () => document.hidden && saver.save());
  form.addEventListener("submit", (event) => {
    if (event.submitter?.matches("[data-remove]")) return;
    if (event.submitter?.value === "send" && tray.isBusy()) {
      event.preventDefault();
      return tray.complain();
    }
    if (saver.saving) {
      event.preventDefault();
      return saver.saving.then(() => form.requestSubmit(event.submitter));
    }
    saver.stop();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-send]"));
    } else if (event.key === "Enter" && event.target.matches(".line .input")) {
      event.preventDefault();
    }
  });
  addEventListener("beforeunload", (event) => tray.isBusy() && event.preventDefault());
}

class Saver {
  constructor(form) {
    this.form = form;
    this.line = form.querySelector("[data-save-line]");
    this.waits = 0;
  }

  note() {
    this.changed ??= Date.now();
    clearTimeout(this.timer);
    const rest = Math.max(0, this.changed + LONGEST - Date.now());
    this.timer = setTimeout(() => this.save(), Math.min(PAUSE, rest));
  }

  // The server changes the signature in the text, as it does for the button of the plain page.
  changeSender() {
    this.deed = "from";
    this.changed ??= Date.now();
    this.save();
  }

  stop() {
    clearTimeout(this.timer);
    this.changed = undefined;
    this.stopped = true;
  }

  async save() {
    clearTimeout(this.timer);
    if (!this.changed || this.saving || this.stopped) return;
    this.changed = undefined;
    let finish;
    this.saving = new Promise((resolve) => (finish = resolve));
    this.line.textContent = "Saving…";
    try {
      await this.post();
      this.waits = 0;
    } catch {
      this.waits += 1;
      this.line.textContent = `Not saved – retrying (${this.waits})`;
      this.changed = Date.now();
      this.timer = setTimeout(() => this.save(), Math.min(30000, PAUSE * 2 ** this.waits));
    } finally {
      this.saving = undefined;
      finish();
    }
    if (this.deed && !this.waits) this.changeSender();
    else if (this.changed && !this.waits) this.note();
  }

  async post() {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && !name.startsWith("name-")) fields.append(name, value);
    }
    const deed = this.deed ?? "save";
    this.deed = undefined;
    fields.set("do", deed);
    const answer = await fetch(this.form.action, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": this.form.elements.csrf.value },
      body: fields,
    });
    if (answer.status >= 500) {
      if (deed === "from") this.deed = deed;
      throw new Error("try again");
    }
    const said = await answer.json();
    if (answer.ok) {
      this.form.elements.version.value = said.version;
      this.line.textContent = said.saved;
      if (deed === "from") this.sign(said, fields);
      return;
    }
    this.line.textContent = "Not saved";
    if (answer.status === 409 && said.version) return this.ask(said.version);
    if (answer.status === 401) return say(this.form, `${said.error} Sign in again in another tab; your text stays here.`);
    say(this.form, said.error);
  }

  sign({ message, bcc }, sent) {
    const fields = this.form.elements;
    // What was typed meanwhile is kept; the change is then asked for once more.
    if (fields.message.value !== sent.get("message") || fields.from.value !== sent.get("from")) {
      this.deed = "from";
      this.changed = Date.now();
      return;
    }
    const { selectionStart, selectionEnd } = fields.message;
    fields.message.value = message;
    fields.message.setSelectionRange(selectionStart, selectionEnd);
    fields.bcc.value = bcc;
    fields.from_shown.value = sent.get("from");
  }

  ask(version) {
    const box = say(this.form, "This draft was changed in another tab.");
    const keep = box.appendChild(document.createElement("button"));
    keep.type = "button";
    keep.className = "button small";
    keep.textContent = "Keep mine";
    keep.addEventListener("click", () => {
      this.form.elements.version.value = version;
      box.remove();
      this.changed = Date.now();
      this.save();
    });
    const load = box.appendChild(document.createElement("a"));
    load.href = location.href;
    load.className = "button small";
    load.textContent = "Load that";
  }
}
