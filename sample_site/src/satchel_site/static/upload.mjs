import { size } from "./say.mjs";

const TRIES = 8;

// One file on its way: sent whole at first, and from where it stopped when the connection broke.
export class Upload {
  constructor(form, row, file, place, changed) {
    Object.assign(this, { form, row, file, place, changed, tries: 0, state: "waiting" });
    this.renew();
    this.bar = row.querySelector("progress");
    this.why = row.querySelector(".why");
    row.querySelector(".name").textContent = file.name;
    row.querySelector(".size").textContent = size(file.size);
    row.querySelector("[data-remove]").setAttribute("aria-label", `Remove ${file.name}`);
    this.bar.setAttribute("aria-label", `Upload of ${file.name}`);
    this.tell("Waiting");
  }

  renew() {
    this.token = crypto.randomUUID?.().replaceAll("-", "") ?? randomToken();
    this.url = `${this.form.dataset.files}/${this.token}`;
  }

  waits() {
    return this.state === "waiting";
  }

  isMoving() {
    return this.state === "moving" || this.state === "pausing";
  }

  isOver() {
    return this.state === "done" || this.state === "failed" || this.state === "gone";
  }

  start() {
    this.state = "moving";
    this.send(0);
    return 1;
  }

  retry() {
    this.row.classList.remove("failed");
    this.row.querySelector("[data-retry]").hidden = true;
    this.tries = 0;
    this.state = "waiting";
  }

  abort() {
    this.state = "gone";
    this.request?.abort();
    clearTimeout(this.timer);
  }

  tell(words) {
    this.why.hidden = !words;
    this.why.textContent = words;
  }

  send(offset) {
    const request = (this.request = new XMLHttpRequest());
    const began = performance.now();
    request.open(offset ? "PATCH" : "PUT", this.url);
    request.responseType = "json";
    this.head(request, offset);
    request.upload.onprogress = ({ loaded }) => this.progress(offset + loaded, loaded, performance.now() - began);
    request.upload.onload = () => this.state === "moving" && this.tell("Checking");
    request.onload = () => this.answered(request);
    request.onerror = request.ontimeout = () => this.again("The connection broke");
    request.send(offset ? this.file.slice(offset) : this.file);
  }

  head(request, offset) {
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", this.form.elements.csrf.value);
    request.setRequestHeader("X-Filename", encodeURIComponent(this.file.name.toWellFormed()));
    request.setRequestHeader("X-Position", String(this.place));
    request.setRequestHeader("Upload-Length", String(this.file.size));
    if (offset) request.setRequestHeader("Upload-Offset", String(offset));
    request.setRequestHeader("Content-Type", this.file.type || "application/octet-stream");
  }

  progress(done, loaded, time) {
    this.bar.value = this.file.size ? done / this.file.size : 1;
    const speed = time > 500 ? ` · ${size((loaded / time) * 1000)}/s` : "";
    this.tell(`${size(done)} of ${size(this.file.size)}${speed}`);
  }

  answered({ status, response }) {
    if (status >= 200 && status < 300 && response?.sealed) return this.done(response);
    if (status >= 200 && status < 300) return this.again("It was interrupted");
    if (status === 409 && response?.offset !== undefined) return this.again("It was interrupted");
    if (status === 408 || status === 429 || status >= 500) return this.again(response?.error ?? "The server is busy");
    if (status === 410) this.renew(); // what was removed under its token stays so, a retry is another file
    this.fail(response?.error ?? "The file was not accepted.");
  }

  done(said) {
    this.state = "done";
    this.row.dataset.id = said.id;
    this.row.querySelector(".name").textContent = said.filename;
    this.bring("file", said.id);
    this.bring(`name-${said.id}`, said.filename); // so that a refusal can name a file that is gone
    this.bar.remove();
    this.tell("");
    this.changed();
  }

  bring(name, value) {
    const field = this.row.appendChild(document.createElement("input"));
    Object.assign(field, { type: "hidden", name, value });
  }

  fail(words) {
    this.state = "failed";
    this.row.classList.add("failed");
    this.row.querySelector("[data-retry]").hidden = false;
    this.tell(words);
    this.changed();
  }

  again(words) {
    if (this.state === "gone") return;
    this.tries += 1;
    if (this.tries > TRIES) return this.fail(`${words}. The file was not attached.`);
    this.state = "pausing";
    const pause = Math.min(30000, 500 * 2 ** this.tries) * (0.7 + Math.random() * 0.6);
    this.tell(`${words}, trying again (${this.tries} of ${TRIES})`);
    this.timer = setTimeout(() => this.resume(), pause);
  }

  async resume() {
    try {
      const answer = await fetch(this.url, { method: "HEAD" });
      if (this.state === "gone") return;
      this.state = "moving";
      if (answer.status === 404) return this.send(0);
      if (!answer.ok) return this.again("The server is busy");
      this.send(Math.min(Number(answer.headers.get("Upload-Offset")), this.file.size));
    } catch {
      this.again("There is no connection");
    }
  }
}

// Plain HTTP to another machine has no randomUUID.
function randomToken() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
