/** The text of an article with marks on it. */
import type { ComponentChildren } from "preact";
import type { Row, Value } from "../data/table";
import { link } from "../route";
import { words } from "../text/format";
import type { Offsets } from "../text/offsets";
import { type Mark, paragraphs, type Segment, segments } from "../text/segments";
import type { Found } from "./reader";

export interface Selection {
  event: Row | undefined;
  quote: Row | undefined;
  mention: Row | undefined;
}

/** Why a stretch is marked, and where a click on it leads. */
export interface Marked {
  kind: "quote" | "mention" | "event" | "part";
  /** Style, beyond that of the kind. */
  part?: string;
  href?: string;
  title?: string;
}

type TextMark = Mark<Marked>;

export function marksOf(found: Found, selection: Selection, offsets: Offsets): TextMark[] {
  const id = words(found.article["article_id"]);
  const at = (start: Value, end: Value, data: Marked): TextMark[] =>
    typeof start === "number" && typeof end === "number" && end <= offsets.length
      ? [{ start: offsets.at(start), end: offsets.at(end), data }]
      : [];
  return [
    ...found.quotes.flatMap((quote) =>
      pieces(quote).flatMap(([start, end]) =>
        at(start, end, { kind: "quote", href: link("article", { id, quote: words(quote["quote_id"]) }) }),
      ),
    ),
    ...found.mentions.flatMap((mention) =>
      at(mention["char_start"], mention["char_end"], {
        kind: "mention",
        href: link("entity", { id: words(mention["entity_id"]) }),
        title: `${words(mention["type"])}: everywhere it is`,
      }),
    ),
    ...found.events.flatMap((event) =>
      at(event["trigger_start"], event["trigger_end"], {
        kind: "event",
        href: link("article", { id, event: words(event["event_id"]) }),
        title: `${words(event["type"])}, ${words(event["status"])}: show its evidence`,
      }),
    ),
    ...parts(found, selection).flatMap(([start, end, part]) => at(start, end, { kind: "part", part })),
  ];
}

/** The parts of a quotation that its cue leaves; it is whole where none are named. */
export function pieces(quote: Row): [Value, Value][] {
  const [starts, ends] = [quote["piece_starts"], quote["piece_ends"]];
  if (!Array.isArray(starts) || !Array.isArray(ends) || starts.length === 0) {
    return [[quote["char_start"], quote["char_end"]]];
  }
  return starts.map((start, index) => [start, ends[index]]);
}

/** Where the evidence of the selected row stands: [start, end), and what part of it that is. */
function parts(found: Found, { event, quote, mention }: Selection): [Value, Value, string][] {
  return [
    ...(event ? eventParts(event, found.actors) : []),
    ...(quote ? quoteParts(quote) : []),
    ...(mention ? [[mention["char_start"], mention["char_end"], "words"] as [Value, Value, string]] : []),
  ];
}

function eventParts(event: Row, actors: Row[]): [Value, Value, string][] {
  return [
    [event["sentence_start"], event["sentence_end"], "sentence"],
    [event["trigger_start"], event["trigger_end"], "words"],
    ...actors
      .filter((row) => row["event_id"] === event["event_id"])
      .map((row): [Value, Value, string] => [row["char_start"], row["char_end"], String(row["role"])]),
  ];
}

function quoteParts(quote: Row): [Value, Value, string][] {
  return [
    ...pieces(quote).map(([start, end]): [Value, Value, string] => [start, end, "words"]),
    [quote["cue_start"], quote["cue_end"], "cue"],
    [quote["speaker_start"], quote["speaker_end"], "speaker"],
  ];
}

export function Text({
  article,
  offsets,
  marks,
}: {
  article: Row;
  offsets: Offsets;
  marks: TextMark[];
}) {
  const starts = (article["paragraph_starts"] ?? []) as number[];
  const headings = new Set((article["heading_starts"] ?? []) as number[]);
  const focus = Math.min(...marks.filter((mark) => mark.data.kind === "part").map((mark) => mark.start));
  return (
    <>
      {paragraphs(starts, offsets.length).map(([start, end]) => {
        const content = segments(offsets.at(start), offsets.at(end), marks).map((segment) => (
          <Stretch key={segment.start} text={offsets.text} segment={segment} focus={focus} />
        ));
        return headings.has(start) ? <h2 key={start}>{content}</h2> : <p key={start}>{content}</p>;
      })}
    </>
  );
}

/** The innermost of the marks decides where a click leads: event, then name, then quote. */
const RANK = ["event", "mention", "quote"] as const;

function Stretch({
  text,
  segment,
  focus,
}: {
  text: string;
  segment: Segment<Marked>;
  focus: number;
}) {
  const content = text.slice(segment.start, segment.end);
  if (segment.marks.length === 0) return <>{content}</>;
  const leading = RANK.map((kind) => segment.marks.find((mark) => mark.kind === kind)).find(Boolean);
  const attributes = {
    class: ["m", ...segment.marks.map((mark) => `m-${mark.part ?? mark.kind}`)].join(" "),
    "data-parts": segment.marks.flatMap((mark) => mark.part ?? []).join(" ") || undefined,
    "data-focus": segment.start === focus ? "" : undefined,
  };
  return <Linked leading={leading} attributes={attributes}>{content}</Linked>;
}

function Linked({
  leading,
  attributes,
  children,
}: {
  leading: Marked | undefined;
  attributes: Record<string, string | undefined>;
  children: ComponentChildren;
}) {
  if (!leading?.href) return <span {...attributes}>{children}</span>;
  const { href } = leading;
  // Whole quotes would be long links, one after the other: by keyboard they are reached in the margin.
  if (leading.kind === "quote") {
    return (
      <span {...attributes} onClick={() => location.assign(href)}>
        {children}
      </span>
    );
  }
  return (
    <a {...attributes} href={href} title={leading.title}>
      {children}
    </a>
  );
}
