/** A quote or an event in the margin: what the row says, and the words it says it from. */
import type { Row } from "../data/table";
import { link } from "../route";
import { days, who, words } from "../text/format";
import type { Offsets } from "../text/offsets";
import { EntityLink, Parties, Status } from "./parts";

export function QuoteEvidence({ quote, article, open }: { quote: Row; article: Row; open: boolean }) {
  const id = words(quote["article_id"]);
  return (
    <li class={open ? "open" : undefined} aria-current={open ? "true" : undefined}>
      <Chain quote={quote} article={article} />
      <a class="words" href={link("article", { id, quote: words(quote["quote_id"]) })}>
        {words(quote["text"])}
      </a>
      {open && <QuoteFacts quote={quote} />}
    </li>
  );
}

/** Through whose mouths the words went: outlet, medium in between, speaker, addressee. */
export function Chain({ quote, article }: { quote: Row; article?: Row | undefined }) {
  const outlet = [words(article?.["publisher"]), words(article?.["agency"])].filter(Boolean);
  const addressee = words(quote["addressee_text"]);
  return (
    <p class="chain">
      {outlet.length > 0 && <span>{outlet.join(", from ")} › </span>}
      {words(quote["via_text"]) && (
        <>
          via <EntityLink id={quote["via_entity_id"]} name={words(quote["via_text"])} /> ›{" "}
        </>
      )}
      <strong>
        <EntityLink id={quote["speaker_entity_id"]} name={who(quote, "speaker") || "nobody named"} />
      </strong>
      {addressee && (
        <>
          {" "}
          to <EntityLink id={quote["addressee_entity_id"]} name={addressee} />
        </>
      )}
      :
    </p>
  );
}

function QuoteFacts({ quote }: { quote: Row }) {
  return (
    <Facts
      facts={{
        kind: words(quote["kind"]),
        attitude: `${words(quote["attitude"])}${quote["negated"] ? ", negated" : ""}`,
        cue: words(quote["cue_text"]),
        "speaker as written": words(quote["speaker_text"]),
        said: days(quote["said_start"], quote["said_end"]),
        confidence: String(Number(quote["confidence"]).toFixed(2)),
        characters: `${quote["char_start"]} to ${quote["char_end"]}`,
      }}
    />
  );
}

export function EventEvidence({
  event,
  actors,
  offsets,
  open,
}: {
  event: Row;
  actors: Row[];
  offsets: Offsets;
  open: boolean;
}) {
  const id = words(event["article_id"]);
  return (
    <li class={open ? "open" : undefined} aria-current={open ? "true" : undefined}>
      <a href={link("article", { id, event: words(event["event_id"]) })}>
        {words(event["type"])} “{words(event["trigger_text"])}”
      </a>{" "}
      <Status value={words(event["status"])} />
      <p class="chain">
        <Parties event={event} />
      </p>
      {open && (
        <>
          {Number(event["sentence_end"]) <= offsets.length && (
            <blockquote>
              {offsets.slice(Number(event["sentence_start"]), Number(event["sentence_end"]))}
            </blockquote>
          )}
          <EventFacts event={event} actors={actors} />
        </>
      )}
    </li>
  );
}

function EventFacts({ event, actors }: { event: Row; actors: Row[] }) {
  const claim = words(event["attributed_to_quote_id"]);
  const id = words(event["article_id"]);
  return (
    <>
      <Facts
        facts={{
          "why this status": words(event["status_cue_text"]),
          "in PLOVER": [words(event["plover_type"]), words(event["mode"])].filter(Boolean).join(", "),
          when: days(event["date_start"], event["date_end"]),
          "as written": words(event["date_text"]),
          where: words(event["place_text"]),
          parties: actors.map((row) => `${row["text"]} (${row["role"]})`).join(", "),
          confidence: Number(event["confidence"]).toFixed(2),
          characters: `${event["trigger_start"]} to ${event["trigger_end"]}`,
        }}
      />
      {claim && (
        <p>
          <a href={link("article", { id, quote: claim })}>A source says so, not the paper</a>
        </p>
      )}
    </>
  );
}

function Facts({ facts }: { facts: Record<string, string> }) {
  return (
    <dl class="facts">
      {Object.entries(facts)
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
    </dl>
  );
}
