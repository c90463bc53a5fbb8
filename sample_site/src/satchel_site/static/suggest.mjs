const PAUSE = 150;

// Suggests people and groups while a recipient is typed. The field stays a textbox inside of a
// combobox; without this script it is a plain field, and a page of contacts stands beside it.
export function watchRecipients(form) {
  for (const box of form.querySelectorAll("[data-combobox]")) new Field(box);
}

class Field {
  constructor(box) {
    this.box = box;
    const input = (this.input = box.querySelector("input"));
    this.people = [];
    this.active = -1;
    this.build();
    input.addEventListener("input", (event) => event.isTrusted && this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take([...this.list.children].indexOf(option));
    });
    if (document.activeElement === input) this.typed(); // begun before this script had come
  }

  build() {
    const { id, labels } = this.input;
    this.list = document.createElement("ul");
    this.said = document.createElement("span");
    this.box.append(this.list, this.said);
    set(this.box, { role: "combobox", "aria-expanded": "false", "aria-haspopup": "listbox", "aria-label": `Recipients in ${labels[0].textContent}`, "aria-controls": `${id}-list` });
    this.list.className = "suggestions";
    this.list.hidden = true;
    set(this.list, { id: `${id}-list`, role: "listbox", "aria-label": `Suggestions for ${labels[0].textContent}` });
    this.said.className = "unseen";
    set(this.said, { role: "status" });
    set(this.input, { "aria-autocomplete": "list", "aria-controls": `${id}-list` });
  }

  typed() {
    clearTimeout(this.timer);
    this.asked?.abort();
    const { text } = this.piece();
    if (!text) return this.close();
    this.timer = setTimeout(() => this.ask(text), PAUSE);
  }

  async ask(text) {
    this.asked = new AbortController();
    try {
      const answer = await fetch(`/contacts/suggest?${new URLSearchParams({ text })}`, {
        headers: { Accept: "application/json" },
        signal: this.asked.signal,
      });
      const { suggestions } = await answer.json();
      if (!suggestions) return this.close();
      if (document.activeElement === this.input) this.show(suggestions, text);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(people, text) {
    this.people = people;
    this.list.replaceChildren(...people.map((one, at) => this.option(one, at, text)));
    if (!people.length) return this.close();
    this.list.hidden = false;
    set(this.box, { "aria-expanded": "true" });
    this.said.textContent = `${people.length} ${people.length === 1 ? "suggestion" : "suggestions"}`;
    // Whoever types an address to its end means this address.
    this.mark(text.includes("@") ? -1 : 0);
  }

  option(one, at, text) {
    const option = document.createElement("li");
    set(option, { id: `${this.list.id}-${at}`, role: "option", "aria-selected": "false" });
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    set(icon, { class: "icon", "aria-hidden": "true" });
    const use = icon.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "use"));
    set(use, { href: `${this.input.form.dataset.icons}#${one.group ? "group" : "people"}` });
    const words = document.createElement("span");
    for (const [tag, said] of [["b", one.name || one.address], ["small", one.name && one.address]]) {
      if (said) words.append(marked(tag, said, text), tag === "b" && one.name ? " " : "");
    }
    option.append(icon, words);
    return option;
  }

  mark(at) {
    this.active = at;
    [...this.list.children].forEach((option, each) => {
      set(option, { "aria-selected": String(each === at) });
      if (each === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at < 0) this.input.removeAttribute("aria-activedescendant");
    else set(this.input, { "aria-activedescendant": this.list.children[at].id });
  }

  key(event) {
    if (this.list.hidden) {
      if (event.key === "ArrowDown" && this.piece().text) return this.typed(), event.preventDefault();
      return;
    }
    const count = this.people.length;
    if (event.key === "ArrowDown") this.mark((this.active + 1) % count);
    else if (event.key === "ArrowUp") this.mark((this.active <= 0 ? count : this.active) - 1);
    else if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
      if (this.active < 0 || event.shiftKey) return;
      this.take(this.active);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async take(at) {
    const one = this.people[at];
    this.close();
    const entry = one.group ? await members(one.group) : one.entry;
    if (!entry) return;
    const { start, end } = this.piece();
    const before = this.input.value.slice(0, start);
    const after = this.input.value.slice(end).replace(/^[\s,;]+/, "");
    const head = `${before}${before && !before.endsWith(" ") ? " " : ""}${entry}, `;
    this.input.value = head + after;
    this.input.setSelectionRange(head.length, head.length);
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.list.hidden = true;
    this.said.textContent = "";
    this.mark(-1);
    set(this.box, { "aria-expanded": "false" });
  }

  // What is being typed: from the last comma before the caret, outside of quotes, to the caret.
  piece() {
    const end = this.input.selectionStart;
    let start = 0;
    let quoted = false;
    [...this.input.value.slice(0, end)].reduce((at, letter) => {
      if (letter === '"') quoted = !quoted;
      else if ((letter === "," || letter === ";") && !quoted) start = at + 1;
      return at + letter.length;
    }, 0);
    return { start, end, text: this.input.value.slice(start, end).trim() };
  }
}

async function members(group) {
  try {
    const answer = await fetch(`/contacts/groups/${group}/recipients`, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).entry : "";
  } catch {
    return "";
  }
}

function marked(tag, said, text) {
  const element = document.createElement(tag);
  element.dir = "auto";
  // Only where a word begins; letters that grow or shrink in lower case would shift the place.
  const lower = said.toLowerCase();
  const found = ` ${lower}`.replace(/[^\p{L}\p{N}]/gu, " ").indexOf(` ${text.toLowerCase()}`);
  const at = lower.length === said.length ? found : -1;
  if (at < 0) return (element.textContent = said), element;
  const mark = document.createElement("mark");
  mark.textContent = said.slice(at, at + text.length);
  element.append(said.slice(0, at), mark, said.slice(at + text.length));
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
