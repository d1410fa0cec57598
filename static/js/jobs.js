// Follows the long work of <div data-job data-url>: what changes is asked for every two seconds, less often when the
// page is hidden or the server does not answer. Without this script the page reloads by itself.
const place = document.querySelector("[data-job]");
const says = document.querySelector("[data-job-says]");
const state = () => place.firstElementChild?.dataset.state;
const going = () => state() === "queued" || state() === "running";
let told = 0;
let wait = 2000;

/** The title and, every quarter, the words for those who do not see the bar. */
function tell(ended) {
  const percent = Number(place.firstElementChild?.dataset.percent ?? -1);
  const words = (selector) => place.querySelector(selector)?.textContent.trim().replace(/\s+/g, " ") ?? "";
  const name = document.title.replace(/^.{1,4}%\s·\s/, "");
  document.title = going() && percent >= 0 ? `${percent}\u00a0% · ${name}` : name;
  if (ended) says.textContent = `${words(".job__state")}. ${words(".job__message")}`;
  else if (percent >= told + 25) { told = percent - (percent % 25); says.textContent = words(".job__count"); }
}

async function follow() {
  try {
    const answer = await fetch(place.dataset.url, { headers: { "X-Requested-With": "fetch" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const kept = place.contains(document.activeElement) ? document.activeElement.className : "";
    place.replaceChildren(...page.body.children);
    if (kept) (place.querySelector("button, a.button") ?? place).focus();
    wait = document.hidden ? 10000 : 2000;
    tell(!going());
  } catch {
    // Signed out, or the network is gone: the page stays as it is, and asks again more and more rarely.
    wait = Math.min(wait * 2, 60000);
  }
  if (going()) setTimeout(follow, wait);
}

if (place && going()) setTimeout(follow, 1000);
