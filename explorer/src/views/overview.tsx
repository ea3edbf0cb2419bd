/** What the release holds, how sound it is, and what one may do with it. */
import { useLoaded } from "../hooks";
import { readJson } from "../data/ranges";
import { link } from "../route";
import { bytes, count, counted } from "../text/format";
import { Await, Heading, type ViewProps } from "./parts";

interface Validation {
  success: boolean;
  statistics: { expectations: number; met: number; missed: number; broken_references: number };
}

const COUNTED: [string, string][] = [
  ["articles", "articles"],
  ["quotes", "quotes"],
  ["events", "events"],
  ["entities", "table"],
  ["mentions", "table"],
];

export function Overview({ release }: ViewProps) {
  const { manifest, description } = release;
  return (
    <>
      <Heading note={`Release ${manifest.release}, made ${manifest.created_at.slice(0, 10)}`}>
        {description.title}
      </Heading>
      <p class="lead">{description.description.split("\n")[0]}</p>
      <ul class="counts">
        {COUNTED.map(([name, view]) => (
          <li key={name}>
            <a href={link(view, view === "table" ? { name } : {})}>
              <strong>{count(manifest.counts[name] ?? 0)}</strong> {name}
            </a>
          </li>
        ))}
      </ul>
      <Quality release={release} query={{}} />
      <section>
        <h2>Licence</h2>
        <ul>
          {description.licenses.map((licence) => (
            <li key={licence.name}>
              <a href={licence.path} rel="license noreferrer">
                {licence.title}
              </a>
            </li>
          ))}
        </ul>
        {description.description
          .split("\n\n")
          .slice(1)
          .map((note) => (
            <p key={note}>{note}</p>
          ))}
      </section>
      <section>
        <h2>What it was made by</h2>
        <dl class="facts">
          <dt>Release</dt>
          <dd>{manifest.release}</dd>
          <dt>On Record</dt>
          <dd>{manifest.pipeline_version}</dd>
          {Object.entries(manifest.versions).map(([name, version]) => (
            <>
              <dt>{name}</dt>
              <dd>
                <code>{version}</code>
              </dd>
            </>
          ))}
          <dt>size</dt>
          <dd>{bytes(release.files.reduce((sum, file) => sum + file.bytes, 0))}</dd>
        </dl>
      </section>
    </>
  );
}

function Quality({ release }: ViewProps) {
  const loaded = useLoaded("validation", () =>
    readJson<Validation>(release.address("validation.json")),
  );
  const { counts } = release.manifest;
  return (
    <section>
      <h2>Quality</h2>
      <Await loaded={loaded}>
        {({ success, statistics }) => (
          <ul>
            <li>
              {success ? "Passed its checks" : "Did not pass its checks"}: {count(statistics.met)} of{" "}
              {counted(statistics.expectations, "expectation")} met,{" "}
              {counted(statistics.broken_references, "broken reference")}. <a href={release.address("validation.html")}>The report</a>
            </li>
            <li>
              {counted(counts["quarantined"] ?? 0, "record")} quarantined
              {counts["quarantined"] ? (
                <>
                  , each with its reason: <a href={link("table", { name: "quarantine" })}>list</a>
                </>
              ) : (
                ""
              )}
            </li>
            <li>{counted(counts["duplicates"] ?? 0, "article")} marked as a copy of another</li>
          </ul>
        )}
      </Await>
      <p>
        Rows are made by a program and some are wrong: every quote and event leads to its words in
        the article. Read them before you rely on a single row.
      </p>
    </section>
  );
}
