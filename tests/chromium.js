// chromium.js - opens a page in headless Chromium and says what a reader would meet: tests/chromium.sh asks.
//
//   node tests/chromium.js CHROMIUM PAGE.html OUT_FOLDER [AXE.js]
//
// Speaks DevTools over a pipe, so it needs no package. Prints one line a check, "ok TEXT" or "no TEXT", and with
// PICTURES=yes writes screenshots (light, dark, narrow) to the folder; a PDF always.
"use strict";
const { spawn } = require("child_process");
const fs = require("fs");
const path = require("path");
const os = require("os");

const [chromium, page, out, axe] = process.argv.slice(2);
const pictures = process.env.PICTURES === "yes";
const profile = fs.mkdtempSync(path.join(os.tmpdir(), "gpuplan-chromium-"));
const browser = spawn(chromium, ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
  "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });

let next = 1, buffer = "";
const waiting = new Map(), heard = [];
browser.stdio[4].on("data", (data) => {
  buffer += data;
  for (let end; (end = buffer.indexOf("\0")) >= 0; buffer = buffer.slice(end + 1)) {
    const message = JSON.parse(buffer.slice(0, end));
    if (message.id && waiting.has(message.id)) {
      const { resolve, reject } = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) reject(new Error(message.error.message));
      else resolve(message.result);
    } else heard.push(message);
  }
});
function send(method, params = {}, sessionId) {
  const id = next++;
  browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let failed = 0;
function check(text, good, found) {
  console.log(`${good ? "ok" : "no"} ${text}${good || found === undefined ? "" : ": " + found}`);
  failed += !good;
}

// In the page: what axe-core does not ask, or what is asked without it.
const LANDMARKS = `(() => {
  const wrong = [];
  for (const one of ["header", "nav", "main", "footer", "h1"])
    if (document.querySelectorAll(one).length !== 1) wrong.push(one + " is not there once");
  if (document.documentElement.lang !== "en") wrong.push("no lang");
  for (const section of document.querySelectorAll("main section"))
    if (!document.getElementById(section.getAttribute("aria-labelledby"))) wrong.push("section without a name");
  return wrong.join("; ");
})()`;
const TABLES = `(() => {
  const heads = Array.from(document.querySelectorAll("th"));
  const bad = heads.filter((th) => !["col", "row"].includes(th.getAttribute("scope"))).length;
  const bare = Array.from(document.querySelectorAll("table")).filter((t) => !t.caption || !t.tHead).length;
  return heads.length > 0 && bad === 0 && bare === 0 ? "" : bad + " th without scope, " + bare + " tables without a head";
})()`;
const FIGURES = `(() => {
  const wrong = [];
  const ids = Array.from(document.querySelectorAll("[id]"), (one) => one.id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length) wrong.push("ids twice: " + twice.slice(0, 5));
  for (const svg of document.querySelectorAll("main svg")) {
    const named = (svg.getAttribute("aria-labelledby") || "").split(" ").every((id) => document.getElementById(id));
    if (svg.getAttribute("role") !== "img" || !named) wrong.push("svg without role or name");
    if (!svg.closest("figure").querySelector("figcaption")) wrong.push("figure without caption");
    for (const use of svg.querySelectorAll("use"))
      if (!svg.querySelector(use.getAttribute("href"))) wrong.push("mark that is not there: " + use.getAttribute("href"));
  }
  return wrong.join("; ");
})()`;
// Each text against the first opaque ground behind it; of drawings the section's.
const CONTRAST = `(() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const one = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * one(r) + 0.7152 * one(g) + 0.0722 * one(b);
  };
  const ground = (at) => {
    for (; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const low = new Set();
  let asked = 0, least = 99;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const of = node.parentElement;
    if (!node.data.trim() || of.closest("script, style, title, desc, .sr, .skip")) continue;
    const style = getComputedStyle(of);
    const front = parse(of.closest("svg") ? style.fill : style.color);
    const back = ground(of);
    const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    asked++;
    least = Math.min(least, ratio);
    if (ratio < 4.5) low.add(ratio.toFixed(2) + " of '" + node.data.trim().slice(0, 30) + "'");
  }
  return { asked, least, low: Array.from(low).slice(0, 8).join("; ") };
})()`;
const OVERFLOW = `document.documentElement.scrollWidth - document.documentElement.clientWidth`;

async function main() {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const ask = (method, params) => send(method, params, sessionId);
  const value = async (expression) => {
    const answer = await ask("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description || "script failed");
    return answer.result.value;
  };
  const look = async (name, width, scheme) => { // as a file only where somebody looks
    await ask("Emulation.setEmulatedMedia", { media: "screen", features: [{ name: "prefers-color-scheme", value: scheme }] });
    await ask("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 });
    await sleep(150);
    if (!pictures) return;
    const { cssContentSize } = await ask("Page.getLayoutMetrics");
    const height = Math.min(cssContentSize.height, 15000);
    const shot = await ask("Page.captureScreenshot",
      { format: "png", captureBeyondViewport: true, clip: { x: 0, y: 0, width, height, scale: 1 } });
    fs.writeFileSync(path.join(out, `${name}.png`), Buffer.from(shot.data, "base64"));
  };
  for (const domain of ["Page", "Network", "Runtime", "Log"]) await ask(`${domain}.enable`);
  const url = "file://" + path.resolve(page);
  await ask("Page.navigate", { url });
  for (let i = 0; i < 200 && !heard.some((m) => m.method === "Page.loadEventFired"); i++) await sleep(50);
  check("the page loads", heard.some((m) => m.method === "Page.loadEventFired"));

  await value(`document.querySelectorAll("details").forEach((one) => { one.open = true; })`);
  check("landmarks, one h1, a language, named sections", (await value(LANDMARKS)) === "", await value(LANDMARKS));
  check("every table has a caption and heads with a scope", (await value(TABLES)) === "", await value(TABLES));
  check("figures have names and captions, ids are there once", (await value(FIGURES)) === "", await value(FIGURES));
  for (const scheme of ["light", "dark"]) {
    await look(`${scheme}-open`, 1400, scheme);
    const contrast = await value(CONTRAST);
    check(`contrast of ${contrast.asked} texts, ${scheme}: at least 4.5 (${contrast.least.toFixed(2)})`,
      contrast.asked > 50 && contrast.low === "", contrast.low);
    if (axe) {
      await value(fs.readFileSync(axe, "utf8") + "; 0");
      const found = JSON.parse(await value(`axe.run(document, { resultTypes: ["violations"] }).then((all) =>
        JSON.stringify(all.violations.map((one) => one.id + " x " + one.nodes.length + " " + one.nodes[0].target)))`));
      check(`axe-core finds nothing, ${scheme}`, found.length === 0, found.join("; "));
    }
  }
  await value(`(() => { const b = document.querySelector("th button"); if (b) { b.click(); b.click(); } })()`);
  check("a table is sorted at a click", (await value(
    `!document.querySelector("th button") || document.querySelector("th[aria-sort=descending]") !== null`)) === true);
  await look("narrow-open", 390, "light");
  check("no sideways scrolling at 390 pixels", (await value(OVERFLOW)) <= 0, await value(OVERFLOW));
  await value(`document.querySelectorAll("details").forEach((one) => { one.open = false; })`);
  await look("light", 1400, "light");
  await look("dark", 1400, "dark");
  await look("narrow", 390, "light");
  await ask("Emulation.clearDeviceMetricsOverride");
  await ask("Emulation.setEmulatedMedia", { media: "", features: [] });
  const pdf = await ask("Page.printToPDF", { printBackground: false });
  fs.writeFileSync(path.join(out, "print.pdf"), Buffer.from(pdf.data, "base64"));

  const asked = heard.filter((m) => m.method === "Network.requestWillBeSent").map((m) => m.params.request.url);
  const outside = asked.filter((one) => one !== url && !one.startsWith("data:"));
  check("no request leaves the page", asked.length > 0 && outside.length === 0, outside.slice(0, 3).join(" "));
  const said = heard.filter((m) => m.method === "Runtime.exceptionThrown" || m.method === "Log.entryAdded" ||
    (m.method === "Runtime.consoleAPICalled" && ["error", "warning"].includes(m.params.type)));
  check("nothing in the console", said.length === 0, JSON.stringify(said.slice(0, 2)));
}

const limit = setTimeout(() => { console.log("no answer within three minutes"); browser.kill("SIGKILL"); process.exit(1); }, 180000);
main().catch((error) => { console.log(`no ${error.message}`); failed++; }).then(async () => {
  clearTimeout(limit);
  const gone = new Promise((resolve) => browser.once("exit", resolve));
  send("Browser.close").catch(() => {});
  await Promise.race([gone, sleep(3000)]);
  browser.kill("SIGKILL");
  fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  process.exit(failed ? 1 : 0);
});
