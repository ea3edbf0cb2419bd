/** Pieces that several views show. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Release } from "../data/release";
import { tableOf } from "../data/release";
import type { Progress, Scan } from "../data/scan";
import type { Row } from "../data/table";
import type { Loaded } from "../hooks";
import { link } from "../route";
import { bytes, count, counted, day, days, who, words } from "../text/format";

/** What every view is given. */
export interface ViewProps {
  release: Release;
  query: Record<string, string>;
}

export function Heading({ children, note }: { children: ComponentChildren; note?: string }) {
  return (
    <header class="heading">
      <h1 tabIndex={-1}>{children}</h1>
      {note && <p class="note">{note}</p>}
    </header>
  );
}

/** Shows what was loaded, or that it is on its way, or why it will not come. */
export function Await<T>({
  loaded,
  children,
}: {
  loaded: Loaded<T>;
  children: (value: T) => ComponentChildren;
}) {
  if (loaded.state === "loading") return <p role="status">Reading …</p>;
  if (loaded.state === "failed") return <Failure message={loaded.error} />;
  return <>{children(loaded.value)}</>;
}

export function Failure({ message }: { message: string }) {
  return (
    <p role="alert" class="failure">
      {message}
    </p>
  );
}

/** How much of a table was read, and what reads on. */
export function ScanBar({ scan, progress }: { scan: Scan; progress: Progress }) {
  const { read, total, reading, error } = progress;
  const done = read >= total;
  return (
    <div class="scan">
      <p role="status">
        {done
          ? `All ${counted(total, "row")} read.`
          : `${count(read)} of ${counted(total, "row")} read` +
            `${progress.bytes ? ` (${bytes(progress.bytes)})` : ""}${reading ? " …" : "."}`}
      </p>
      {!done && !reading && (
        <>
          <button type="button" onClick={() => scan.more()}>
            Read more
          </button>
          <button type="button" onClick={() => scan.all()}>
            Read all
          </button>
        </>
      )}
      {!done && reading && read > 0 && (
        <button type="button" onClick={() => scan.stop()}>
          Stop
        </button>
      )}
      {error && <Failure message={error} />}
    </div>
  );
}

export function Status({ value }: { value: string }) {
  return <span class={`status status-${value}`}>{value}</span>;
}

/** A name that leads to everywhere the entity is; plain text where nobody is known. */
export function EntityLink({ id, name }: { id: unknown; name: string }) {
  if (typeof id !== "string") return <>{name || "?"}</>;
  return <a href={link("entity", { id })}>{name || id}</a>;
}

/** "Russia → Turkey", both of them links where they are known. */
export function Parties({ event }: { event: Row }) {
  const recipient = who(event, "recipient");
  return (
    <>
      <EntityLink id={event["actor_entity_id"]} name={who(event, "actor")} />
      {recipient && (
        <>
          {" → "}
          <EntityLink id={event["recipient_entity_id"]} name={recipient} />
        </>
      )}
    </>
  );
}

export const EVENT_COLUMNS = [
  "event_id",
  "article_id",
  "type",
  "status",
  "trigger_text",
  "actor_text",
  "actor_name",
  "actor_entity_id",
  "recipient_text",
  "recipient_name",
  "recipient_entity_id",
  "date_start",
  "date_end",
  "place_text",
  "latitude",
  "longitude",
  "confidence",
];

/** Events one by one; each leads to its sentence. */
export function EventList({ events }: { events: readonly Row[] }) {
  return (
    <Portions rows={events} noun="event">
      {(shown) => (
        <ul class="list events">
          {shown.map((event) => (
            <li key={String(event["event_id"])}>
              <a href={link("article", { id: words(event["article_id"]), event: words(event["event_id"]) })}>
                {words(event["type"])} “{words(event["trigger_text"])}”
              </a>{" "}
              <Status value={words(event["status"])} /> <Parties event={event} />
              <span class="when">{days(event["date_start"], event["date_end"])}</span>
            </li>
          ))}
        </ul>
      )}
    </Portions>
  );
}

const PORTION = 50;

/** Long lists, a portion at a time. */
export function Portions({
  rows,
  noun,
  children,
}: {
  rows: readonly Row[];
  noun: string;
  children: (shown: readonly Row[]) => ComponentChildren;
}) {
  const [portions, setPortions] = useState(1);
  const shown = rows.slice(0, portions * PORTION);
  return (
    <>
      {children(shown)}
      {shown.length < rows.length && (
        <button type="button" onClick={() => setPortions(portions + 1)}>
          Show more ({count(shown.length)} of {counted(rows.length, noun)})
        </button>
      )}
      {rows.length === 0 && <p>No {noun} among the rows read.</p>}
    </>
  );
}

const heads = new Map<string, Promise<Row | undefined>>();

function headOf(release: Release, id: string): Promise<Row | undefined> {
  let head = heads.get(id);
  if (!head) {
    const columns = ["article_id", "title", "publisher", "published_at"];
    head = tableOf(release, "articles").find("article_id", id, columns).then((rows) => rows[0]);
    heads.set(id, head);
  }
  return head;
}

/** A link to an article that shows its title as soon as it is read. */
export function ArticleLink({
  release,
  id,
  query = {},
}: {
  release: Release;
  id: string;
  query?: Record<string, string>;
}) {
  const [head, setHead] = useState<Row>();
  useEffect(() => {
    let current = true;
    // A title that cannot be read leaves the id, which leads to the article all the same.
    headOf(release, id).then((row) => current && setHead(row), () => undefined);
    return () => {
      current = false;
    };
  }, [id]);
  const origin = [words(head?.["publisher"]), day(head?.["published_at"])].filter(Boolean);
  return (
    <>
      <a href={link("article", { id, ...query })}>{words(head?.["title"]) || id}</a>
      {origin.length > 0 && <span class="when">{origin.join(", ")}</span>}
    </>
  );
}

export interface Choice {
  value: string;
  label?: string;
}

export function Select({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: string;
  choices: readonly Choice[];
  onChange: (value: string) => void;
}) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">all</option>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} selected={choice.value === value}>
            {choice.label ?? choice.value}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Input(props: TextField) {
  return (
    <label>
      {props.label}
      <input
        type="search"
        value={props.value}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
    </label>
  );
}

export function DayInput(props: TextField) {
  return (
    <label>
      {props.label}
      <input
        type="date"
        value={props.value}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
    </label>
  );
}

interface TextField {
  label: string;
  value: string;
  onChange: (value: string) => void;
}
