// Saves <form data-autosave="url" data-version="n"> as it is filled: the whole page, a moment after each change.
// Without this script the form's own button saves the page: nothing here is needed to file.
//
// Replies, all JSON: 200 {version, message, errors, fragments} · 409 {message, conflict: true} somebody wrote first ·
// 401 {message, login_url} · 403 {message, csrf_token} the security token changed · any other 4xx {message}: a rule
// says no, trying again would change nothing. Words come from the data attributes of [data-save-status].

const WAIT = 900;
const RETRY_FIRST = 2;
const RETRY_LAST = 60;
const KEPT = 7 * 86400e3;
const PATIENCE = 4000;

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    this.version = form.dataset.version || "";
    this.status = form.querySelector("[data-save-status]") || document.querySelector("[data-save-status]");
    this.words = this.status ? this.status.dataset : {};
    this.key = `clea:${location.pathname}`;
    this.touched = new Set(); // what the person has changed: only these show errors, only these are kept aside
    this.stored = this.snapshot(); // what the server is known to hold
    this.dirty = false;
    this.busy = false;
    this.closing = false;
    this.stopped = false;
    this.expired = false;
    this.leaving = false;
    this.delay = RETRY_FIRST;

    form.addEventListener("input", (event) => this.changed(event, WAIT));
    form.addEventListener("change", (event) => this.changed(event, 150));
    form.addEventListener("submit", (event) => {
      if (this.busy && !this.waited) {
        // The save under way gives the page a new version: sent without it, this would look like another tab's.
        event.preventDefault();
        this.waited = true;
        const patience = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
        Promise.race([this.sending, patience]).then(() => form.requestSubmit(event.submitter));
        return;
      }
      this.leaving = true;
      clearTimeout(this.timer);
      this.backup(true);
    });
    window.addEventListener("pageshow", () => { this.leaving = this.waited = false; });
    window.addEventListener("beforeunload", (event) => {
      // A save sent while the page closes would race with the page that opens: the backup is enough.
      this.closing = true;
      setTimeout(() => { this.closing = false; }, 1000);
      if (!this.leaving && (this.dirty || this.busy)) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && !this.closing) this.save();
    });
    window.addEventListener("online", () => this.save());
    window.addEventListener("focus", () => { if (this.expired || this.dirty) this.save(); });
    // The page came back because somebody wrote first: nothing is written over theirs before a choice is made.
    this.undecided = Boolean(form.querySelector('input[name="ecraser"]'));
    if (this.undecided) {
      this.dirty = true;
      this.conflict({});
    } else {
      this.restore();
    }
  }

  // Fields ----------------------------------------------------------------------------------------

  follows(control) {
    return control.name && control.name !== "csrfmiddlewaretoken"
      && !["file", "hidden", "submit", "button", "reset"].includes(control.type);
  }

  controls(name) {
    return [...this.form.elements].filter((control) => control.name === name && this.follows(control));
  }

  values(name) {
    const values = [];
    for (const control of this.controls(name)) {
      if (control.type === "checkbox" || control.type === "radio") {
        if (control.checked) values.push(control.value);
      } else if (control.multiple && control.selectedOptions) {
        values.push(...[...control.selectedOptions].map((option) => option.value));
      } else {
        values.push(control.value);
      }
    }
    return values;
  }

  write(name, values) {
    for (const control of this.controls(name)) {
      if (control.type === "checkbox" || control.type === "radio") {
        control.checked = values.includes(control.value);
      } else if (control.multiple && control.options) {
        for (const option of control.options) option.selected = values.includes(option.value);
      } else {
        control.value = values[0] ?? "";
      }
    }
  }

  snapshot() {
    const names = new Set([...this.form.elements].filter((control) => this.follows(control)).map((one) => one.name));
    return new Map([...names].map((name) => [name, String(this.values(name))]));
  }

  changed(event, wait) {
    const { name } = event.target;
    if (!this.follows(event.target) || this.stopped) return;
    // Leaving a field says "changed" again for a text that is already saved.
    if (event.type === "change" && !this.dirty && this.stored.get(name) === String(this.values(name))) return;
    this.touched.add(name);
    this.dirty = true;
    this.backup();
    this.later(wait);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  // Sending ---------------------------------------------------------------------------------------

  async save(over = false) {
    if (this.busy || this.stopped || this.leaving || (!this.dirty && !over)) return;
    clearTimeout(this.timer);
    this.busy = true;
    this.dirty = false;
    if (this.status?.dataset.state !== "offline") this.say("saving");
    const body = new FormData(this.form);
    for (const control of this.form.elements) if (control.type === "file") body.delete(control.name);
    body.set("version", this.version);
    if (over) body.set("ecraser", "1");
    const sent = this.snapshot();
    let done;
    this.sending = new Promise((resolve) => { done = resolve; });
    try {
      const answer = await fetch(this.url, {
        method: "POST",
        body: new URLSearchParams(body),
        headers: { "X-Requested-With": "fetch", Accept: "application/json" },
        redirect: "error",
      });
      const data = await answer.json().catch(() => ({}));
      this.busy = false;
      if (answer.status === 200) this.stored = sent;
      this.answered(answer.status, data, over);
    } catch {
      this.busy = false;
      this.dirty = true;
      this.offline();
    } finally {
      done();
    }
  }

  answered(code, data, over) {
    if (code === 200) return this.saved(data);
    this.dirty = true;
    this.backup();
    if (code === 401) {
      this.expired = true;
      return this.say("expired", data.message, this.link(data.login_url));
    }
    if (code === 403 && data.csrf_token && !this.renewed) {
      // Signing in again, here or in another tab, gave the browser a new token.
      this.renewed = true;
      for (const input of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) input.value = data.csrf_token;
      return this.save(over);
    }
    if (code === 409 && data.conflict) return this.conflict(data);
    if (code >= 400 && code < 500 && code !== 408 && code !== 429) {
      this.stopped = true;
      this.dirty = false;
      return this.say("refused", data.message);
    }
    return this.offline();
  }

  saved(data) {
    this.delay = RETRY_FIRST;
    this.expired = false;
    this.renewed = false;
    if (data.version !== undefined) {
      this.version = String(data.version);
      this.form.dataset.version = this.version;
      const hidden = this.form.querySelector('input[name="version"]');
      if (hidden) hidden.value = this.version;
    }
    for (const [id, html] of Object.entries(data.fragments || {})) {
      const place = document.getElementById(id);
      if (place) place.innerHTML = html;
    }
    const errors = data.errors || {};
    let wrong = false;
    for (const name of this.touched) {
      this.error(name, errors[name] || []);
      wrong ||= name in errors;
    }
    if (this.dirty) return this.later(WAIT);
    if (wrong) return this.say("invalid");
    this.forget();
    if (this.undecided) return this.afresh();
    const text = data.message || (this.words.saved || "").replace("{time}", data.saved_at || "");
    return this.say("saved", text);
  }

  offline() {
    this.backup();
    this.say("offline", (this.words.offline || "").replace("{seconds}", this.delay));
    this.later(this.delay * 1000);
    this.delay = Math.min(this.delay * 2, RETRY_LAST);
  }

  conflict(data) {
    this.stopped = true;
    this.say(
      "conflict",
      data.message,
      this.button(this.words.keep, () => { this.stopped = false; this.save(true); }),
      this.button(this.words.take, () => this.afresh()),
    );
  }

  afresh() {
    // Not reload(): it would send again the form that brought this page.
    this.forget();
    this.leaving = true;
    location.replace(location.pathname + location.search);
  }

  // What people see -------------------------------------------------------------------------------

  say(state, text = "", ...extras) {
    if (!this.status) return;
    this.status.dataset.state = state;
    this.status.replaceChildren(text || this.words[state] || "", ...extras.flatMap((extra) => [" ", extra]));
  }

  link(address) {
    const anchor = document.createElement("a");
    anchor.href = address || location.href;
    anchor.target = "_blank";
    anchor.rel = "noopener";
    anchor.textContent = this.words.login;
    return anchor;
  }

  button(label, action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--secondary button--small";
    button.textContent = label;
    button.addEventListener("click", action);
    return button;
  }

  error(name, messages) {
    const control = this.controls(name)[0];
    const holder = control?.closest(".field");
    if (!holder) return;
    const group = holder.tagName === "FIELDSET";
    const id = `${group ? holder.id.replace(/_field$/, "") : control.id}_error`;
    let box = document.getElementById(id);
    const target = group ? holder : control;
    const described = new Set((target.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
    holder.classList.toggle("field--error", messages.length > 0);
    if (messages.length) {
      if (!box) {
        box = document.createElement("div");
        box.id = id;
        box.className = "error";
        holder.querySelector(".hint, label, legend").after(box);
      }
      box.replaceChildren(...messages.map((message) => {
        const line = document.createElement("p");
        line.textContent = message;
        return line;
      }));
      described.add(id);
      control.setAttribute("aria-invalid", "true");
    } else {
      box?.remove();
      described.delete(id);
      control.removeAttribute("aria-invalid");
    }
    if (described.size) target.setAttribute("aria-describedby", [...described].join(" "));
    else target.removeAttribute("aria-describedby");
  }

  // What survives an interruption ------------------------------------------------------------------

  backup(sent = false) {
    const data = Object.fromEntries([...this.touched].map((name) => [name, this.values(name)]));
    if (!this.touched.size) return;
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), version: this.version, sent, data }));
    } catch { /* storage refused or full: the page itself still holds the text */ }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch { /* nothing kept, nothing to forget */ }
  }

  restore() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(this.key) || "null");
    } catch { /* unreadable: as if there were none */ }
    if (!kept?.data) return;
    const lost = Object.entries(kept.data).filter(([name, values]) => (
      this.controls(name).length && String(this.values(name)) !== String(values)
    ));
    const newer = kept.version !== this.version;
    // Sent with its page and the page has moved on: it arrived. Old: the server's memory is the better one.
    if (!lost.length || (kept.sent && newer) || Date.now() - kept.at > KEPT) {
      this.forget();
      return;
    }
    const put = () => {
      for (const [name, values] of lost) {
        this.write(name, values);
        this.touched.add(name);
      }
      this.dirty = true;
    };
    if (newer) {
      // The dossier has changed since: the person decides which text stays.
      this.say(
        "conflict",
        this.words.found,
        this.button(this.words.keep, () => { put(); this.save(); }),
        this.button(this.words.take, () => { this.forget(); this.say("saved", " "); }),
      );
      return;
    }
    put();
    this.say("saving", this.words.restored);
    this.later(WAIT);
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) new Autosave(form);
