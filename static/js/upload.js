// Sends the file of <form data-upload> with its progress in words. Without this script the form posts as any other.
// Replies: 200 {redirect}, 422 {message}, 401 {message, login_url}; 503 with Retry-After is tried again by itself;
// anything else may be tried again.

const language = document.documentElement.lang || "fr";
/** How many times a busy server is asked again before the person has to. */
const PATIENCE = 12;
const format = (value) => new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(value);

class Upload {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.input = form.querySelector('input[type="file"]');
    this.button = form.querySelector("button:not([type=button])");
    this.status = form.querySelector("[data-upload-status]");
    this.max = Number(form.dataset.maxBytes) || Infinity;
    this.units = (this.words.units || "o Ko Mo Go").split(" ");
    this.said = -1;
    this.tried = 0;
    if (!this.input || !this.status) return;
    form.addEventListener("submit", (event) => { event.preventDefault(); this.tried = 0; this.send(); });
    this.input.addEventListener("change", () => { clearTimeout(this.later); this.error(""); this.weigh(); });
    window.addEventListener("beforeunload", (event) => { if (this.request) event.preventDefault(); });
  }

  size(bytes) {
    let index = 0;
    let value = bytes;
    while (value >= 1000 && index < this.units.length - 1) { value /= 1000; index += 1; }
    return `${format(index < 2 ? Math.round(value) : value)}\u00a0${this.units[index]}`;
  }

  /** Say early what the server would say later; it remains the judge. */
  weigh() {
    const file = this.input.files[0];
    if (!file || file.size <= this.max) return true;
    this.error(this.words.toobig.replace("{size}", this.size(file.size)).replace("{max}", this.words.max || this.size(this.max)));
    return false;
  }

  send() {
    clearTimeout(this.later);
    const file = this.input.files[0];
    if (!file) { this.error(this.words.choose); this.input.focus(); return; }
    if (!this.weigh()) { this.input.focus(); return; }
    this.error("");
    const request = new XMLHttpRequest();
    this.request = request;
    this.said = -1;
    this.progressBar();
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) this.progress(event); });
    request.upload.addEventListener("load", () => this.announce(this.words.checking, null));
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.failed());
    request.addEventListener("timeout", () => this.failed());
    request.addEventListener("abort", () => { this.done(); this.note(this.words.cancelled); this.button.focus(); });
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Requested-With", "fetch");
    request.send(new FormData(this.form));
    this.button.disabled = true;
  }

  progressBar() {
    this.bar = document.createElement("progress");
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", this.input.labels?.[0]?.textContent.trim() || this.input.name);
    this.line = document.createElement("p");
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "button button--quiet button--small";
    cancel.textContent = this.words.cancel;
    cancel.addEventListener("click", () => this.request?.abort());
    // The bar and its words move often: only the words at each tenth reach the live region.
    this.visible = document.createElement("p");
    this.visible.setAttribute("aria-hidden", "true");
    this.line.className = "visually-hidden";
    this.status.replaceChildren(this.line, this.visible, this.bar, cancel);
  }

  progress(event) {
    const percent = Math.floor((event.loaded / event.total) * 100);
    const text = this.words.progress.replace("{percent}", percent)
      .replace("{sent}", this.size(event.loaded)).replace("{total}", this.size(event.total));
    this.announce(text, percent);
  }

  announce(text, percent) {
    if (!this.bar) return;
    this.visible.textContent = text;
    if (percent === null) this.bar.removeAttribute("value");
    else this.bar.value = percent;
    const tenth = percent === null ? 99 : Math.floor(percent / 10);
    if (tenth !== this.said) { this.said = tenth; this.line.textContent = text; }
  }

  answered(request) {
    let data = {};
    try { data = JSON.parse(request.responseText); } catch { /* not ours: treated as a failure below */ }
    if (request.status === 200 && data.redirect) {
      this.request = null;
      location.assign(data.redirect);
      // Same page, other fragment: assign alone would not load what has just arrived.
      if (new URL(data.redirect, location.href).pathname === location.pathname) location.reload();
      return;
    }
    this.done();
    if (request.status === 401) {
      this.note(data.message || this.words.expired, data.login_url);
    } else if (request.status >= 400 && request.status < 500 && data.message) {
      this.error(data.message);
      this.input.focus();
    } else {
      const seconds = Number(request.getResponseHeader("Retry-After"));
      const again = request.status === 503 && seconds > 0 && seconds <= 60 && this.tried < PATIENCE;
      this.failed(again ? `${data.message || this.words.failed} ${this.words.again.replace("{seconds}", seconds)}` : data.message);
      if (again) { this.tried += 1; this.later = setTimeout(() => this.send(), seconds * 1000); }
    }
  }

  failed(message) {
    this.done();
    this.note(message || this.words.failed);
    const retry = document.createElement("button");
    retry.type = "button";
    retry.className = "button button--secondary button--small";
    retry.textContent = this.words.retry;
    retry.addEventListener("click", () => this.send());
    this.status.append(retry);
  }

  done() {
    this.request = null;
    this.bar = null;
    this.button.disabled = false;
    this.status.replaceChildren();
  }

  note(text, link = "") {
    const line = document.createElement("p");
    line.textContent = text;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.target = "_blank";
      anchor.rel = "noopener";
      anchor.textContent = this.words.login;
      line.append(" ", anchor);
    }
    this.status.replaceChildren(line);
  }

  error(message) {
    const id = `${this.input.id}_error`;
    const holder = this.input.closest(".field") || this.form;
    let box = document.getElementById(id);
    const described = new Set((this.input.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
    if (!message) {
      box?.remove();
      described.delete(id);
      holder.classList.remove("field--error");
      this.input.removeAttribute("aria-invalid");
    } else {
      if (!box) {
        box = document.createElement("div");
        box.id = id;
        box.className = "error";
        box.setAttribute("role", "alert");
        this.input.before(box);
      }
      const line = document.createElement("p");
      line.textContent = message;
      box.replaceChildren(line);
      described.add(id);
      holder.classList.add("field--error");
      this.input.setAttribute("aria-invalid", "true");
    }
    if (described.size) this.input.setAttribute("aria-describedby", [...described].join(" "));
    else this.input.removeAttribute("aria-describedby");
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) new Upload(form);
