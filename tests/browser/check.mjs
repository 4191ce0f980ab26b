// Opens each page of a folder in Chromium as a reader would, on a telephone and on a desk, light and dark:
// node check.mjs FOLDER CHROMIUM. Ends with 1 if anything runs, loads, complains, overflows or cannot be reached.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, chromium] = process.argv.slice(2);
const modules = createRequire(join(resolve(folder), "npm", "package.json"));
const puppeteer = modules("puppeteer-core");
const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [390, 1280];
const SCHEMES = ["light", "dark"];
const FULLY = ["empty.html", "full.html"]; // the others are seen once at each width
const GRAVE = ["serious", "critical"];
let failures = 0;

function fail(where, what) {
  failures += 1;
  console.log(`FAILED ${where}: ${what}`);
}

function listen(page, url, where) {
  page.on("console", (told) => ["error", "warn"].includes(told.type()) && fail(where, `console: ${told.text()}`));
  page.on("pageerror", (error) => fail(where, `error: ${error.message}`));
  page.on("dialog", async (dialog) => { fail(where, `a dialog: ${dialog.message()}`); await dialog.dismiss(); });
  page.on("request", (request) => request.url().split("#")[0] !== url && fail(where, `a request to ${request.url()}`));
}

async function look(page, where) {
  const seen = await page.evaluate(() => ({
    title: document.title,
    wide: document.scrollingElement.scrollWidth - document.documentElement.clientWidth,
    scripts: document.scripts.length,
    handlers: [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes]).filter((one) => /^on|^style$/.test(one.name)).length,
    drawn: [...document.querySelectorAll("use")].filter((one) => !document.querySelector(one.getAttribute("href"))).length,
  }));
  if (!/(posture|make) of AWS Panorama's roles$/.test(seen.title)) fail(where, `the title is ${seen.title}`);
  if (seen.wide > 0) fail(where, `the page is ${seen.wide} pixels wider than the window`);
  if (seen.scripts || seen.handlers) fail(where, `${seen.scripts} scripts, ${seen.handlers} handlers or styles in attributes`);
  if (seen.drawn) fail(where, `${seen.drawn} symbols are drawn from nothing`);
}

async function judge(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  for (const one of violations) {
    const words = `axe ${one.impact} ${one.id}: ${one.help}, ${one.nodes.length} times, first ${one.nodes[0].target}`;
    if (GRAVE.includes(one.impact)) fail(where, words);
    else console.log(`note   ${where}: ${words}`);
  }
}

async function walk(page, where) {
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => {
    const box = document.activeElement.getBoundingClientRect();
    return { name: document.activeElement.className, shown: box.left >= 0 && box.top >= 0 && box.width > 0 };
  });
  if (first.name !== "skip" || !first.shown) fail(where, "the first tab does not lead to a visible link past the header");
  await page.keyboard.press("Enter");
  if (await page.evaluate(() => document.activeElement.id) !== "main") fail(where, "that link does not lead to the verdicts");
  await page.keyboard.press("Tab");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  if (outline === "none") fail(where, "what has the focus does not show it");
}

async function visit(browser, file, width, scheme) {
  const url = pathToFileURL(resolve(folder, file)).href;
  const where = `${file} ${width} ${scheme}`;
  const page = await browser.newPage();
  listen(page, url, where);
  await page.setViewport({ width, height: width < 600 ? 844 : 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(url, { waitUntil: "load" });
  await look(page, where);
  await walk(page, where);
  await judge(page, where);
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: join(folder, `${file}-${width}-${scheme}.png`), fullPage: !file.startsWith("many") });
  if (file === "full.html" && width > 600 && scheme === "light") await page.pdf({ path: join(folder, `${file}.pdf`), format: "A4" });
  await page.close();
  console.log(`seen   ${where}`);
}

const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"], protocolTimeout: 300_000 });
try {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".html")).sort())
    for (const [at, width] of WIDTHS.entries())
      for (const scheme of FULLY.includes(file) ? SCHEMES : [SCHEMES[at]]) await visit(browser, file, width, scheme);
} finally {
  await browser.close();
}
console.log(failures ? `${failures} failures` : "the page holds in the browser");
process.exit(failures ? 1 : 0);
