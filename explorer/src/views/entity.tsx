/** Everywhere an entity is: what it is, what it did, what it said, where it is named. */
import { type Release, tableOf } from "../data/release";
import type { Row } from "../data/table";
import { useLoaded, useScan } from "../hooks";
import { counted, day, words } from "../text/format";
import { Await, ArticleLink, EventList, EVENT_COLUMNS, Heading, Portions, ScanBar, type ViewProps } from "./parts";
import { QUOTE_COLUMNS, QuoteList } from "./quotes";

export function Entity({ release, query }: ViewProps) {
  const id = query["id"] ?? "";
  const loaded = useLoaded(`entity ${id}`, async () => {
    const [entity] = await tableOf(release, "entities").find("entity_id", id);
    if (!entity) throw new Error(`This release has no entity ${id}.`);
    return entity;
  });
  return (
    <Await loaded={loaded}>
      {(entity) => (
        <>
          <Heading note={words(entity["description"])}>{words(entity["name"])}</Heading>
          <About entity={entity} />
          <Acts key={`acts ${id}`} release={release} id={id} />
          <Said key={`said ${id}`} release={release} id={id} />
          <Named key={`named ${id}`} release={release} id={id} />
        </>
      )}
    </Await>
  );
}

function About({ entity }: { entity: Row }) {
  const item = words(entity["wikidata_id"]);
  const aliases = Array.isArray(entity["aliases"]) ? entity["aliases"].join(", ") : "";
  const facts: [string, string][] = [
    ["type", words(entity["type"])],
    ["also written", aliases],
    ["country", words(entity["country"])],
    ["sector", words(entity["sector"])],
    ["mentions", `${entity["n_mentions"]} in ${counted(Number(entity["n_articles"]), "article")}`],
    ["first in news of", day(entity["first_published_at"])],
    ["last in news of", day(entity["last_published_at"])],
  ];
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      {/^Q\d+$/.test(item) && (
        <>
          <dt>Wikidata</dt>
          <dd>
            <a href={`https://www.wikidata.org/wiki/${item}`} rel="noreferrer">
              {item}
            </a>
          </dd>
        </>
      )}
    </dl>
  );
}

interface Part {
  release: Release;
  id: string;
}

function Acts({ release, id }: Part) {
  const { scan, progress } = useScan(tableOf(release, "events"), EVENT_COLUMNS, {
    $or: [{ actor_entity_id: { $eq: id } }, { recipient_entity_id: { $eq: id } }],
  });
  return (
    <section>
      <h2>Events as actor or recipient</h2>
      <ScanBar scan={scan} progress={progress} />
      <EventList events={progress.rows} />
    </section>
  );
}

function Said({ release, id }: Part) {
  const { scan, progress } = useScan(tableOf(release, "quotes"), QUOTE_COLUMNS, {
    speaker_entity_id: { $eq: id },
  });
  return (
    <section>
      <h2>Quotes as speaker</h2>
      <ScanBar scan={scan} progress={progress} />
      <QuoteList quotes={progress.rows} />
    </section>
  );
}

const MENTION_COLUMNS = ["mention_id", "article_id", "entity_id", "char_start", "text", "kind"];

function Named({ release, id }: Part) {
  const { scan, progress } = useScan(tableOf(release, "mentions"), MENTION_COLUMNS, {
    entity_id: { $eq: id },
  });
  const first = firstInArticle(progress.rows);
  return (
    <section>
      <h2>Articles that mention it</h2>
      <ScanBar scan={scan} progress={progress} />
      <Portions rows={first} noun="article">
        {(portion) => (
          <ul class="list mentions">
            {portion.map((row) => (
              <li key={String(row["article_id"])}>
                <ArticleLink
                  release={release}
                  id={words(row["article_id"])}
                  query={{ mention: words(row["mention_id"]) }}
                />
                <span class="when">
                  {counted(Number(row["times"]), "mention")}, first as “{words(row["text"])}”
                </span>
              </li>
            ))}
          </ul>
        )}
      </Portions>
    </section>
  );
}

/** One row an article: its first mention, and how many there are. */
export function firstInArticle(mentions: readonly Row[]): Row[] {
  const found = new Map<string, Row>();
  for (const mention of mentions) {
    const id = words(mention["article_id"]);
    const first = found.get(id);
    found.set(id, first ? { ...first, times: Number(first["times"]) + 1 } : { ...mention, times: 1 });
  }
  return [...found.values()];
}
