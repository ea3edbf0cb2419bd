/** The page as a reader uses it, on the release of the seeds. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { decompress } from "fzstd";
import { IMAGES, makeRelease, marked, openBrowser, openPage, SEEDS, serve, servePublished } from "./support.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const compressors = { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) };

async function rowsOf(release, table) {
  const file = await asyncBufferFromFile(join(release, `${table}.parquet`));
  return parquetReadObjects({ file, compressors });
}

/** Characters of a text by the offsets of a row, counted as the tables count. */
const between = (text, start, end) => [...text].slice(start, end).join("");

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

describe("the release of the seeds", () => {
  let server, opened, page, events, article;
  before(async () => {
    server = await serve(SEEDS);
    [events, [article]] = await Promise.all([rowsOf(SEEDS, "events"), rowsOf(SEEDS, "articles")]);
  });
  after(() => server.stop());
  beforeEach(async () => {
    opened = await openPage(browser);
    page = opened.page;
  });
  afterEach(async () => {
    await opened.close();
    assert.deepEqual(opened.problems, [], "nothing on the console");
    assert.deepEqual([...opened.hosts], [new URL(server.address).host], "no other host asked");
  });
  const open = (view) => page.goto(`${server.address}#/${view}`);

  test("an event leads to exactly its sentence", async () => {
    const event = events[2];
    await open(`article?id=${article.article_id}`);
    await page.locator(`aside a[href*="${event.event_id}"]`).first().click();
    await page.locator('[data-parts~="sentence"]').first().waitFor();
    const { text } = article;
    assert.equal(
      await marked(page, "sentence"),
      between(text, event.sentence_start, event.sentence_end),
    );
    assert.equal(await marked(page, "words"), event.trigger_text);
    assert.equal(
      await page.locator("aside blockquote").textContent(),
      between(text, event.sentence_start, event.sentence_end),
    );
  });

  test("a trigger in the text selects its event", async () => {
    const event = events[2];
    await open(`article?id=${article.article_id}`);
    await page.locator(`article a[href*="event=${event.event_id}"]`).first().click();
    await page.locator("aside li.open").waitFor();
    assert.match(await page.locator("aside li.open").textContent(), new RegExp(event.type));
  });

  test("a quote shows its words and through whom they came", async () => {
    const quotes = await rowsOf(SEEDS, "quotes");
    const quote = quotes.find((row) => row.via_text && row.piece_starts.length === 1);
    await open(`article?id=${article.article_id}`);
    await page.locator(`aside a[href*="${quote.quote_id}"]`).click();
    await page.locator("aside li.open").waitFor();
    assert.equal(await marked(page, "words"), quote.text);
    assert.match(await page.locator("aside li.open .chain").textContent(), /via/);
  });

  test("the whole text is there, paragraph by paragraph", async () => {
    await open(`article?id=${article.article_id}`);
    await page.locator(".reader article").waitFor();
    const shown = await page.locator(".reader article > *").allTextContents();
    assert.equal(shown.join("\n\n"), article.text);
  });

  test("denied events are found by their status, and a reload keeps them", async () => {
    const denied = events.filter((row) => row.status === "denied");
    await open("events");
    await page.getByLabel("Status").selectOption("denied");
    const list = page.locator("ul.events li");
    await page.waitForFunction(
      (wanted) => document.querySelectorAll("ul.events li").length === wanted,
      denied.length,
    );
    assert.deepEqual(new Set(await list.locator(".status").allTextContents()), new Set(["denied"]));
    await page.reload();
    await list.first().waitFor();
    assert.equal(await list.count(), denied.length);
    assert.equal(await page.getByLabel("Status").inputValue(), "denied");
  });

  test("a name leads to everywhere its entity is", async () => {
    const mentions = await rowsOf(SEEDS, "mentions");
    const entities = await rowsOf(SEEDS, "entities");
    const entity = entities.find((row) => row.name === "Turkey");
    await open(`article?id=${article.article_id}`);
    await page.locator(`article a[href*="entity?id=${entity.entity_id}"]`).first().click();
    await page.getByRole("heading", { level: 1, name: "Turkey" }).waitFor();
    const named = mentions.filter((row) => row.entity_id === entity.entity_id).length;
    await page.locator("ul.mentions li").waitFor();
    assert.match(await page.locator("ul.mentions li").textContent(), new RegExp(`${named} mentions`));
    const acting = events.filter((row) =>
      [row.actor_entity_id, row.recipient_entity_id].includes(entity.entity_id),
    );
    assert.equal(await page.locator("ul.events li").count(), acting.length);
    await page.locator("ul.mentions a").click();
    await page.locator('[data-parts~="words"]').waitFor();
  });

  test("the matrix has every pair and leads to its events", async () => {
    await open("dyads");
    const cell = page.locator("table.matrix td a").first();
    const counted = Number(await cell.textContent());
    await cell.click();
    await page.locator("ul.events li").first().waitFor();
    assert.equal(await page.locator("ul.events li").count(), counted);
  });

  test("a table is sorted, filtered and taken away as CSV", async () => {
    await open("table?name=events");
    await page.getByRole("button", { name: "confidence" }).click();
    await page.getByLabel("Look in").selectOption("status");
    await page.getByLabel("Value").selectOption("possible");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /^CSV of/ }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8").split("\r\n");
    const wanted = events.filter((row) => row.status === "possible");
    assert.equal(lines.length, wanted.length + 2);
    const least = wanted.reduce((a, b) => (a.confidence <= b.confidence ? a : b));
    assert.ok(lines[1].startsWith(least.event_id));
  });

  test("the keyboard alone reaches an event's sentence", async () => {
    await open(`article?id=${article.article_id}`);
    const link = page.locator(`aside a[href*="event=${events[0].event_id}"]`);
    await link.focus();
    await page.keyboard.press("Enter");
    await page.locator('[data-parts~="sentence"]').first().waitFor();
  });

  const VIEWS = {
    overview: "overview",
    articles: "articles",
    article: () => `article?id=${article.article_id}&event=${events[1].event_id}`,
    quotes: "quotes",
    events: "events",
    dyads: "dyads",
    map: "map",
    entity: "entity?id=Q43",
    table: "table?name=events",
    dictionary: "dictionary?name=quotes",
    downloads: "downloads",
  };
  for (const [name, view] of Object.entries(VIEWS)) {
    for (const scheme of ["light", "dark"]) {
      test(`${name} is usable by all, ${scheme}`, async () => {
        await page.emulateMedia({ colorScheme: scheme });
        await open(typeof view === "string" ? view : view());
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.waitForLoadState("networkidle");
        await page.waitForTimeout(250);
        assert.deepEqual(await page.getByRole("alert").allTextContents(), []);
        const charts = { events: 1, map: 1 }[name] ?? 0;
        assert.equal(await page.locator(".chart svg[aria-hidden], .chart figure").count() > 0, charts > 0);
        // Playwright's evaluation is not subject to the page's content policy.
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
        assert.deepEqual(
          grave.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html)]),
          [],
        );
        if (scheme === "light" && process.env.SCREENSHOTS) {
          await page.screenshot({ path: join(IMAGES, `explorer-${name}.png`) });
        }
      });
    }
    test(`${name} fits a telephone`, async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      await open(typeof view === "string" ? view : view());
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      const [width, beyond] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        [...document.querySelectorAll("body *")]
          .filter((one) => one.getBoundingClientRect().right > 360 && !one.closest(".wide, svg"))
          .map((one) => one.outerHTML.slice(0, 120)),
      ]);
      assert.ok(width <= 360, `${width} pixels wide: ${beyond.join("; ")}`);
      if (name === "article" && process.env.SCREENSHOTS) {
        await page.screenshot({ path: join(IMAGES, "explorer-telephone.png") });
      }
    });
  }
});

test("a published release opens from any web server", async () => {
  const [article] = await rowsOf(SEEDS, "articles");
  const server = await servePublished(SEEDS);
  const opened = await openPage(browser);
  await opened.page.goto(`${server.address}#/article?id=${article.article_id}`);
  await opened.page.locator(".reader article .m-event").first().waitFor();
  const shown = await opened.page.locator(".reader article > *").allTextContents();
  assert.equal(shown.join("\n\n"), article.text);
  assert.deepEqual(opened.problems, []);
  await opened.close();
  server.stop();
});

describe("a release whose text has characters beyond 16 bits", () => {
  const TEXT =
    "🚢🚢 Ferry news. Peru will send ships to Chile in June, the foreign minister said.\n\n" +
    "“We 🤝 will not strike <b>today</b>,” Ana Quispe said on Saturday. Chile denied that it had arrested ten Peruvian dockers.";
  let release, server, opened;
  before(async () => {
    release = makeRelease({ id: "ferry", text: TEXT, title: "Ferry <script>alert(1)</script> 🚢", published_at: "2024-05-06" });
    server = await serve(release.out);
    opened = await openPage(browser);
  });
  after(async () => {
    await opened.close();
    server.stop();
    release.remove();
  });

  test("offsets are those of the row", async () => {
    const [events, quotes, [article]] = await Promise.all(
      ["events", "quotes", "articles"].map((table) => rowsOf(release.out, table)),
    );
    assert.equal(article.text, TEXT);
    assert.ok(events.length >= 2 && quotes.length >= 1, "the pipeline finds what the test needs");
    const { page } = opened;
    for (const event of events) {
      await page.goto(`${server.address}#/article?id=${article.article_id}&event=${event.event_id}`);
      await page.locator("aside li.open").waitFor();
      assert.equal(await marked(page, "sentence"), between(TEXT, event.sentence_start, event.sentence_end));
      assert.equal(await marked(page, "words"), event.trigger_text);
    }
    for (const quote of quotes) {
      await page.goto(`${server.address}#/article?id=${article.article_id}&quote=${quote.quote_id}`);
      await page.locator("aside li.open").waitFor();
      const pieces = quote.piece_starts.map((start, n) => between(TEXT, start, quote.piece_ends[n]));
      assert.equal(await marked(page, "words"), pieces.join(""));
    }
    assert.equal(await page.locator("h1").textContent(), "Ferry <script>alert(1)</script> 🚢");
    assert.equal(await page.locator("main b").count(), 0);
    assert.equal(await page.locator('a[href^="javascript"]').count(), 0);
    assert.deepEqual(opened.problems, []);
  });
});
