/** What the page costs on a large release: `node browser/measure.mjs DIR`. */
import { join } from "node:path";
import { decompress } from "fzstd";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { openBrowser, openPage, serve } from "./support.mjs";

const TIMES = 5;

const folder = process.argv[2];
const file = await asyncBufferFromFile(join(folder, "articles.parquet"));
const compressors = { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) };
const ids = (
  await parquetReadObjects({ file, compressors, columns: ["article_id"] })
).map((row) => row.article_id);

/** From the first request to the last thing a view is about, in a browser that knows nothing yet,
 * or has just opened another view. */
async function measure(browser, address, view, there, opened) {
  const { page, problems, close } = await openPage(browser);
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  // Processor time of the page's own thread: what the clock says hangs on what else runs here.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  let bytes = 0;
  let requests = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests += 1;
  });
  if (opened) {
    await page.goto(`${address}#/${opened.view}`);
    await page.locator(opened.there).first().waitFor();
  }
  const began = performance.now();
  await page.goto(`${address}#/${view}`);
  await page.locator(there).first().waitFor({ timeout: 120_000 });
  const seconds = (performance.now() - began) / 1000;
  const { metrics } = await session.send("Performance.getMetrics");
  const cpu = metrics.find(({ name }) => name === "TaskDuration").value;
  if (problems.length) throw new Error(problems.join("\n"));
  await close();
  return { seconds, cpu, bytes, requests };
}

const VIEWS = {
  "first view": () => ["overview", "text=expectations met"],
  "one article": (n) => [`article?id=${ids[(n * 9973) % ids.length]}`, ".reader article .m-event"],
  "one article, from the list": (n) => [
    `article?id=${ids[(n * 9973) % ids.length]}`,
    ".reader article .m-event",
    { view: "articles", there: "ul.list li" },
  ],
  "quotes, first rows": () => ["quotes", "ul.quotes li"],
  "events, first rows": () => ["events", ".chart svg"],
  "a common entity, first rows": () => ["entity?id=Q3", "ul.mentions li"],
  "a rare entity, first rows": () => ["entity?id=Q90000", "h1"],
};

const browser = await openBrowser();
const server = await serve(folder);
// The browser's own start is nobody's cost.
await measure(browser, server.address, ...VIEWS["first view"]());
for (const [name, view] of Object.entries(VIEWS)) {
  const runs = [];
  for (let n = 0; n < TIMES; n += 1) runs.push(await measure(browser, server.address, ...view(n)));
  const median = (key) => runs.map((run) => run[key]).sort((a, b) => a - b)[TIMES >> 1];
  console.log(
    `${name}: ${median("seconds").toFixed(2)} s (${Math.min(...runs.map((run) => run.seconds)).toFixed(2)} at best, ` +
      `${median("cpu").toFixed(2)} s of processor), ${(median("bytes") / 1e6).toFixed(2)} MB in ${median("requests")} requests`,
  );
}
await browser.close();
server.stop();
