// A juror's grid: the total as one scores, and the keyboard. Without this script the server gives the total
// after each save, and every note is a plain radio button.
//
// The sum is the server's own (candidatures/methods/scoring.py), in integers: no binary fraction rounds it.

const OUT_OF = 20n;
const language = document.documentElement.lang || "fr";
const figure = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

// [{weight, max, value}] → hundredths of the total out of 20, rounded half up; null when nothing is noted.
export function hundredths(noted) {
  if (!noted.length) return null;
  const common = noted.reduce((all, { max }) => (all * max) / gcd(all, max), 1n);
  const top = noted.reduce((sum, { weight, max, value }) => sum + weight * value * (common / max), 0n);
  const bottom = common * noted.reduce((sum, { weight }) => sum + weight, 0n);
  return (top * OUT_OF * 200n + bottom) / (2n * bottom);
}

class Grid {
  constructor(form) {
    this.form = form;
    this.criteria = [...form.querySelectorAll("[data-weight]")];
    this.total = form.querySelector("[data-total]");
    this.count = form.querySelector("[data-total-count]");
    this.working = document.querySelector("[data-working]");
    form.addEventListener("input", () => this.show());
    form.addEventListener("change", () => this.show());
    form.addEventListener("keydown", (event) => this.key(event));
    // What the autosave put back, or the browser after "back", is counted too.
    window.addEventListener("pageshow", () => this.show());
    this.show();
  }

  notes(criterion) {
    return [...criterion.querySelectorAll('[name^="note_"]')];
  }

  value(criterion) {
    const [first, ...others] = this.notes(criterion);
    const chosen = first.type === "radio" ? [first, ...others].find((radio) => radio.checked)?.value : first.value;
    return /^\d+$/.test(chosen ?? "") && BigInt(chosen) <= BigInt(criterion.dataset.max) ? BigInt(chosen) : null;
  }

  show() {
    const all = this.criteria.map((criterion) => ({
      weight: BigInt(criterion.dataset.weight), max: BigInt(criterion.dataset.max), value: this.value(criterion),
    }));
    const noted = all.filter(({ value }) => value !== null);
    const found = hundredths(noted);
    const text = found === null ? "–" : figure.format(Number(found) / 100);
    // Written only when it changes: a screen reader says it each time.
    if (this.total.textContent !== text) this.total.textContent = text;
    const { complete, none, partial } = this.count.dataset;
    const said = noted.length === all.length ? complete : !noted.length ? none
      : partial.replace("{noted}", noted.length).replace("{criteria}", all.length);
    if (this.count.textContent !== said) this.count.textContent = said;
    if (!this.working) return;
    const terms = noted.map(({ weight, max, value }) => `${weight} × ${value}/${max}`).join(" + ");
    const weights = noted.reduce((sum, { weight }) => sum + weight, 0n);
    this.working.textContent = found === null ? "" : `${OUT_OF} × (${terms}) ÷ ${weights} = ${text}`;
  }

  // The keyboard ----------------------------------------------------------------------------------

  key(event) {
    const { target } = event;
    const criterion = target.closest("[data-weight]");
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      this.form.querySelector("[data-file]").click();
    } else if (event.key === "Escape" && target.tagName === "TEXTAREA" && criterion) {
      event.preventDefault();
      this.focus(criterion);
    } else if (target.type === "radio" && criterion && !event.ctrlKey && !event.altKey && !event.metaKey) {
      // By the key's place and not its sign: on a French keyboard the row of figures gives signs.
      const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
      if (digit) this.give(event, criterion, digit[1]);
      else if (event.key === "Delete" || event.key === "Backspace") this.take(event, criterion);
    }
  }

  give(event, criterion, digit) {
    const radio = this.notes(criterion).find((one) => one.value === digit);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    const next = this.criteria[this.criteria.indexOf(criterion) + 1];
    this.focus(next || this.form.querySelector(".criterion--advice"));
  }

  take(event, criterion) {
    const radio = this.notes(criterion).find((one) => one.checked);
    if (!radio) return;
    event.preventDefault();
    radio.checked = false;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }

  focus(criterion) {
    const controls = [...criterion.querySelectorAll("input")];
    (controls.find((one) => one.checked) || controls[0])?.focus();
  }
}

for (const form of document.querySelectorAll("form[data-review]")) new Grid(form);

// From one dossier to the next, wherever the focus is.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const way = { PageDown: "[data-next]", PageUp: "[data-previous]" }[event.key];
  const link = way && document.querySelector(way);
  if (!link) return;
  event.preventDefault();
  link.click();
});
