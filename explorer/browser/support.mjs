/** A release served by `onrecord explore`, and a browser that looks at it. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const ROOT = resolve(import.meta.dirname, "../..");
const ONRECORD = join(ROOT, ".venv/bin/onrecord");

const BROWSERS = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Nothing but the page's own requests leaves the browser. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const SEEDS = join(ROOT, "data");
export const IMAGES = join(ROOT, "docs/images");

export async function openBrowser() {
  const executablePath = BROWSERS.find((path) => path && existsSync(path));
  if (!executablePath) {
    throw new Error("No Chromium: `apt-get install chromium`, or name one in CHROMIUM.");
  }
  return chromium.launch({ executablePath, args: QUIET });
}

/** Serve a release; what comes back has its address and stops it. */
export async function serve(folder) {
  const server = spawn(ONRECORD, ["explore", folder, "--no-browser", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PYTHONUNBUFFERED: "1" },
  });
  const address = await new Promise((found, failed) => {
    server.stdout.on("data", (line) => {
      const match = /http:\S+/.exec(String(line));
      if (match) found(match[0]);
    });
    server.on("exit", (code) => failed(new Error(`onrecord explore ended with ${code}`)));
  });
  return { address, stop: () => server.kill() };
}

/** Publish a release to a folder, and serve that with a server that knows nothing of ranges. */
export async function servePublished(release) {
  const folder = mkdtempSync(join(tmpdir(), "onrecord-"));
  const done = spawnSync(ONRECORD, ["publish", folder, "--out", release], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
  const server = spawn(
    join(ROOT, ".venv/bin/python"),
    ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const address = await new Promise((found, failed) => {
    server.stdout.on("data", (line) => {
      const match = /http:[^)\s]+/.exec(String(line));
      if (match) found(match[0]);
    });
    server.on("exit", (code) => failed(new Error(`the server ended with ${code}`)));
  });
  const stop = () => {
    server.kill();
    rmSync(folder, { recursive: true });
  };
  return { address, stop };
}

/** A release of one invented article, made by a run like any other. */
export function makeRelease(article) {
  const folder = mkdtempSync(join(tmpdir(), "onrecord-"));
  const source = join(folder, "news.jsonl");
  writeFileSync(source, JSON.stringify(article));
  const out = join(folder, "release");
  const done = spawnSync(ONRECORD, ["run", source, "--out", out, "--json"], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
  return { out, remove: () => rmSync(folder, { recursive: true }) };
}

/** A page that remembers what went wrong in it, and which addresses it asked for. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1180, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  const problems = [];
  const hosts = new Set();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  return { page, problems, hosts, close: () => context.close() };
}

/** The words of all stretches that are part of the selected row's evidence. */
export function marked(page, part) {
  return page
    .locator(`article [data-parts~="${part}"]`)
    .evaluateAll((stretches) => stretches.map((one) => one.textContent).join(""));
}
