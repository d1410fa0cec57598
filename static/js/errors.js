// Without this script the error summary is still first on the page, focused by its autofocus attribute.
// With it: the summary is focused even after a back/forward, and its links focus the field itself.
const summary = document.querySelector("[data-error-summary]");
if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const holder = field.closest("details");
    if (holder) holder.open = true;
    (field.closest(".field") || field).scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });
}

// Text areas with a limit say what is left, politely and not at each key.
for (const area of document.querySelectorAll("textarea[maxlength]")) {
  const limit = Number(area.getAttribute("maxlength"));
  const count = document.createElement("p");
  count.className = "char-count";
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const show = () => { count.textContent = `${number.format(area.value.length)} / ${number.format(limit)}`; };
  area.after(count);
  area.addEventListener("input", show);
  show();
}
