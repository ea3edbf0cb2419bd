/** One article: its text with what was found in it, and the evidence of each row. */
import { useEffect } from "preact/hooks";
import { tableOf, type Release } from "../data/release";
import type { Row } from "../data/table";
import { useLoaded, useMade } from "../hooks";
import { link } from "../route";
import { day, webAddress, words } from "../text/format";
import { Offsets } from "../text/offsets";
import { Await, Heading, type ViewProps } from "./parts";
import { EventEvidence, QuoteEvidence } from "./evidence";
import { type Selection, marksOf, Text } from "./text";

export interface Found {
  article: Row;
  mentions: Row[];
  quotes: Row[];
  events: Row[];
  actors: Row[];
}

/** What the reader shows of each table; the other columns are not asked for. */
const COLUMNS = {
  articles:
    "article_id title publisher agency authors published_at licence url text text_policy paragraph_starts heading_starts",
  mentions: "article_id mention_id entity_id char_start char_end type",
  quotes:
    "article_id quote_id char_start char_end text kind piece_starts piece_ends cue_text cue_start cue_end " +
    "speaker_text speaker_start speaker_end speaker_name speaker_entity_id via_text via_entity_id " +
    "addressee_text addressee_entity_id said_start said_end attitude negated confidence",
  events:
    "article_id event_id type status plover_type mode trigger_text trigger_start trigger_end status_cue_text " +
    "sentence_start sentence_end actor_text actor_name actor_entity_id recipient_text recipient_name " +
    "recipient_entity_id date_text date_start date_end place_text attributed_to_quote_id confidence",
  event_actors: "article_id event_id role text char_start char_end",
};

async function load(release: Release, id: string): Promise<Found> {
  const find = (table: keyof typeof COLUMNS) => {
    // A release of an earlier schema lacks columns that came later.
    const resource = release.description.resources.find((one) => one.name === table);
    const there = new Set(resource?.schema.fields.map((field) => field.name));
    const columns = COLUMNS[table].split(" ").filter((column) => there.has(column));
    return tableOf(release, table).find("article_id", id, columns);
  };
  const [articles, mentions, quotes, events, actors] = await Promise.all([
    find("articles"),
    find("mentions"),
    find("quotes"),
    find("events"),
    find("event_actors"),
  ]);
  const article = articles[0];
  if (!article) throw new Error(`This release has no article ${id}.`);
  return { article, mentions, quotes, events, actors };
}

export function Reader({ release, query }: ViewProps) {
  const id = query["id"] ?? "";
  const loaded = useLoaded(id, () => load(release, id));
  return <Await loaded={loaded}>{(found) => <Article found={found} query={query} />}</Await>;
}

function selected(found: Found, query: Record<string, string>): Selection {
  return {
    event: found.events.find((row) => row["event_id"] === query["event"]),
    quote: found.quotes.find((row) => row["quote_id"] === query["quote"]),
    mention: found.mentions.find((row) => row["mention_id"] === query["mention"]),
  };
}

function Article({ found, query }: { found: Found; query: Record<string, string> }) {
  const { article } = found;
  const offsets = useMade(() => new Offsets(words(article["text"])), [article]);
  const selection = selected(found, query);
  const chosen = query["event"] ?? query["quote"] ?? query["mention"];
  const marks = useMade(() => marksOf(found, selection, offsets), [found, chosen]);
  useEffect(() => {
    document.querySelector("[data-focus]")?.scrollIntoView({ block: "center" });
    const shown = document.querySelector<HTMLElement>("aside li.open");
    // Not `scrollIntoView`, which would move the text along.
    if (shown?.parentElement?.parentElement) {
      shown.parentElement.parentElement.scrollTop = shown.offsetTop - 8;
    }
  }, [chosen]);
  return (
    <>
      <Heading>{words(article["title"]) || "(no title)"}</Heading>
      <Origin article={article} />
      <p class="legend">
        <span class="m m-quote">quote</span> <span class="m m-mention">name</span>{" "}
        <span class="m m-event">event</span>
        {chosen && (
          <>
            {" · "}
            <a href={link("article", { id: words(article["article_id"]) })}>select nothing</a>
          </>
        )}
      </p>
      <div class="reader">
        <article>
          <Text article={article} offsets={offsets} marks={marks} />
          {(words(article["text_policy"]) || "full") !== "full" && (
            <p class="note">
              {article["text_policy"] === "none"
                ? "This release does not carry the text."
                : "This release carries only the beginning of the text."}
            </p>
          )}
        </article>
        <aside aria-label="Evidence">
          <Evidence found={found} offsets={offsets} query={query} />
        </aside>
      </div>
    </>
  );
}

function Origin({ article }: { article: Row }) {
  const address = webAddress(article["url"]);
  const origin = [
    words(article["publisher"]),
    words(article["agency"]),
    day(article["published_at"]),
    Array.isArray(article["authors"]) ? article["authors"].join(", ") : "",
  ].filter(Boolean);
  return (
    <p class="note">
      {origin.join(" · ")}
      {words(article["licence"]) && ` · licence: ${words(article["licence"])}`}
      {address && (
        <>
          {" · "}
          <a href={address} rel="noreferrer">
            where it was published
          </a>
        </>
      )}
    </p>
  );
}

function Evidence({
  found,
  offsets,
  query,
}: {
  found: Found;
  offsets: Offsets;
  query: Record<string, string>;
}) {
  return (
    <>
      <h2>Quotes: {found.quotes.length}</h2>
      <ol class="evidence">
        {found.quotes.map((quote) => (
          <QuoteEvidence
            key={String(quote["quote_id"])}
            quote={quote}
            article={found.article}
            open={query["quote"] === quote["quote_id"]}
          />
        ))}
      </ol>
      <h2>Events: {found.events.length}</h2>
      <ol class="evidence">
        {found.events.map((event) => (
          <EventEvidence
            key={String(event["event_id"])}
            event={event}
            actors={found.actors.filter((row) => row["event_id"] === event["event_id"])}
            offsets={offsets}
            open={query["event"] === event["event_id"]}
          />
        ))}
      </ol>
    </>
  );
}
