// Lighthouse in its mobile setting: addresses on the standard input, one JSON line an address.
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";
import readline from "node:readline";

const chrome = await chromeLauncher.launch({
  chromePath: process.env.CHROMIUM || "/usr/bin/chromium",
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--lang=fr-FR"],
});
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
try {
  for await (const url of readline.createInterface({ input: process.stdin })) {
    const { lhr } = await lighthouse(url, {
      port: chrome.port, output: "json", logLevel: "silent", formFactor: "mobile", onlyCategories: CATEGORIES,
    });
    const requests = (lhr.audits["network-requests"].details?.items ?? []).filter((item) => item.url.startsWith("http"));
    const refs = new Set(CATEGORIES.flatMap((key) =>
      (lhr.categories[key]?.auditRefs ?? []).filter((ref) => ref.weight > 0).map((ref) => ref.id)));
    console.log(JSON.stringify({
      url,
      error: lhr.runtimeError?.message ?? "",
      scores: Object.fromEntries(CATEGORIES.map((key) => [key, Math.round((lhr.categories[key]?.score ?? 0) * 100)])),
      bytes: requests.reduce((total, item) => total + (item.transferSize ?? 0), 0),
      requests: requests.length,
      // Speed is judged by the score alone: a paint at 0.95 is no fault.
      faults: Object.values(lhr.audits)
        .filter((audit) => refs.has(audit.id) && audit.score !== null && audit.score < 0.9)
        .map((audit) => `${audit.id} ${audit.displayValue ?? ""} ` +
          (audit.details?.items ?? []).slice(0, 2).map((item) => item.node?.snippet ?? "").join(" ")),
    }));
  }
} finally {
  chrome.kill();
}
