/** Who is quoted, via whom, and with which words. */
import { matchesWords } from "../data/filters";
import { tableOf } from "../data/release";
import type { Row } from "../data/table";
import { useScan } from "../hooks";
import { link, replaceRoute } from "../route";
import { counted, who, words } from "../text/format";
import { Chain } from "./evidence";
import { Heading, Input, Portions, ScanBar, Select, type ViewProps } from "./parts";

export const QUOTE_COLUMNS = [
  "quote_id",
  "article_id",
  "text",
  "kind",
  "attitude",
  "speaker_text",
  "speaker_name",
  "speaker_entity_id",
  "via_text",
  "via_entity_id",
  "addressee_text",
  "addressee_entity_id",
];

const MOST_QUOTED = 30;

export function Quotes({ release, query }: ViewProps) {
  const { scan, progress } = useScan(tableOf(release, "quotes"), QUOTE_COLUMNS);
  const change = (changed: Record<string, string>) => replaceRoute("quotes", { ...query, ...changed });
  const shown = progress.rows.filter((row) => matches(row, query));
  return (
    <>
      <Heading>Quotes</Heading>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Select
          label="Kind"
          value={query["kind"] ?? ""}
          choices={["direct", "indirect", "mixed"].map((value) => ({ value }))}
          onChange={(kind) => change({ kind })}
        />
        <Input
          label="Words said, or speaker"
          value={query["words"] ?? ""}
          onChange={(value) => change({ words: value })}
        />
      </form>
      <ScanBar scan={scan} progress={progress} />
      <div class="split">
        <Speakers rows={progress.rows} query={query} />
        <section aria-label="Quotes">
          <h2>{query["speaker"] ? `${query["speaker"]}: ${shown.length}` : counted(shown.length, "quote")}</h2>
          <QuoteList quotes={shown} />
        </section>
      </div>
    </>
  );
}

function matches(quote: Row, query: Record<string, string>): boolean {
  return (
    (!query["kind"] || quote["kind"] === query["kind"]) &&
    (!query["speaker"] || who(quote, "speaker") === query["speaker"]) &&
    matchesWords(quote, ["text", "speaker_name", "speaker_text"], query["words"] ?? "")
  );
}

function Speakers({ rows, query }: { rows: readonly Row[]; query: Record<string, string> }) {
  const quoted = new Map<string, number>();
  for (const row of rows) {
    const name = who(row, "speaker");
    if (name) quoted.set(name, (quoted.get(name) ?? 0) + 1);
  }
  const most = [...quoted].sort((a, b) => b[1] - a[1]).slice(0, MOST_QUOTED);
  const { speaker: chosen, ...others } = query;
  return (
    <nav aria-label="Speakers">
      <h2>Speakers</h2>
      <ul class="choices">
        {chosen && (
          <li>
            <a href={link("quotes", others)}>all speakers</a>
          </li>
        )}
        {most.map(([name, times]) => (
          <li key={name}>
            <a
              href={link("quotes", { ...others, speaker: name })}
              aria-current={name === chosen ? "true" : undefined}
            >
              {name} <span class="when">{times}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function QuoteList({ quotes }: { quotes: readonly Row[] }) {
  return (
    <Portions rows={quotes} noun="quote">
      {(portion) => (
        <ul class="list quotes">
          {portion.map((quote) => (
            <li key={String(quote["quote_id"])}>
              <Chain quote={quote} />
              <a
                class="words"
                href={link("article", { id: words(quote["article_id"]), quote: words(quote["quote_id"]) })}
              >
                {words(quote["text"])}
              </a>
              <span class="when">
                {words(quote["kind"])}, {words(quote["attitude"])}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Portions>
  );
}
