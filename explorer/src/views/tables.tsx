/** Any table of the release as rows and columns, to sort, filter and take away. */
import { matchesWords, sorted } from "../data/filters";
import { type Field, type Release, type Resource, tableOf } from "../data/release";
import type { Row, Value } from "../data/table";
import { useMade, useScan } from "../hooks";
import { link, replaceRoute } from "../route";
import { csv } from "../text/csv";
import { cell, counted, webAddress } from "../text/format";
import { Heading, Input, Portions, ScanBar, Select, type ViewProps } from "./parts";

/** Left out until somebody asks for it: the longest column by far. */
const HEAVY = new Set(["text"]);

export function Tables({ release, query }: ViewProps) {
  const resources = release.description.resources.filter((one) => pathOf(release, one) !== undefined);
  const name = query["name"] ?? "events";
  const resource = resources.find((one) => one.name === name);
  return (
    <>
      <Heading>Tables</Heading>
      <nav aria-label="Tables">
        <ul class="choices across">
          {resources.map((one) => (
            <li key={one.name}>
              <a
                href={link("table", { name: one.name })}
                aria-current={one.name === name ? "page" : undefined}
              >
                {one.title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {resource ? (
        <OneTable key={name} release={release} resource={resource} query={query} />
      ) : (
        <p role="alert">This release has no table {name}.</p>
      )}
    </>
  );
}

/** The manifest's name of a table; the descriptor writes "changelog-events" for "changelog/events". */
function pathOf(release: Release, resource: Resource): string | undefined {
  return [...release.tables.keys()].find((path) => path.replace("/", "-") === resource.name);
}

function OneTable({
  release,
  resource,
  query,
}: ViewProps & { resource: Resource }) {
  const { fields } = resource.schema;
  const columns = columnsOf(resource, query);
  const path = pathOf(release, resource) ?? resource.name;
  const { scan, progress } = useScan(tableOf(release, path), columns);
  const change = (changed: Record<string, string>) => replaceRoute("table", { ...query, name: resource.name, ...changed });
  const { words: wanted = "", sort = "", column = "", equals = "" } = query;
  const shown = useMade(() => {
    const searched = column ? [column] : columns;
    const kept = progress.rows.filter(
      (row) =>
        matchesWords(row, searched, wanted) && (!column || !equals || cell(row[column]) === equals),
    );
    return sort ? sorted(kept, sort.replace("-", ""), sort.startsWith("-")) : kept;
  }, [progress.rows, wanted, sort, column, equals]);
  const choices = fields.find((field) => field.name === column)?.constraints?.enum;
  return (
    <>
      <p>{resource.description}</p>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Select
          label="Look in"
          value={column}
          choices={columns.map((value) => ({ value }))}
          onChange={(value) => change({ column: value, equals: "" })}
        />
        {choices ? (
          <Select
            label="Value"
            value={equals}
            choices={choices.map((value) => ({ value }))}
            onChange={(value) => change({ equals: value })}
          />
        ) : (
          <Input label="Words" value={wanted} onChange={(value) => change({ words: value })} />
        )}
        <button type="button" onClick={() => save(`${resource.name}.csv`, csv(columns, shown))}>
          CSV of {counted(shown.length, "row")}
        </button>
        {hasHeavy(resource) && (
          <a href={link("table", { ...query, name: resource.name, text: query["text"] ? "" : "1" })}>
            {query["text"] ? "without the text" : "with the text"}
          </a>
        )}
      </form>
      <ScanBar scan={scan} progress={progress} />
      {sort && progress.read < progress.total && <p>Sorted among the rows read so far.</p>}
      <Portions rows={shown} noun="row">
        {(portion) => (
          <Grid
            name={resource.name}
            fields={fields.filter((field) => columns.includes(field.name))}
            rows={portion}
            sort={sort}
            onSort={(next) => change({ sort: next })}
          />
        )}
      </Portions>
    </>
  );
}

function hasHeavy(resource: Resource): boolean {
  return resource.name === "articles" && resource.schema.fields.some((field) => HEAVY.has(field.name));
}

function columnsOf(resource: Resource, query: Record<string, string>): string[] {
  const names = resource.schema.fields.map((field) => field.name);
  return hasHeavy(resource) && !query["text"] ? names.filter((name) => !HEAVY.has(name)) : names;
}

function Grid({
  name,
  fields,
  rows,
  sort,
  onSort,
}: {
  name: string;
  fields: Field[];
  rows: readonly Row[];
  sort: string;
  onSort: (sort: string) => void;
}) {
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={`Rows of ${name}`}>
      <table>
        <thead>
          <tr>
            {fields.map((field) => (
              <th
                scope="col"
                key={field.name}
                title={field.description}
                aria-sort={
                  sort === field.name ? "ascending" : sort === `-${field.name}` ? "descending" : "none"
                }
              >
                <button
                  type="button"
                  onClick={() => onSort(sort === field.name ? `-${field.name}` : field.name)}
                >
                  {field.name}
                  <span aria-hidden="true">
                    {sort === field.name ? " ↑" : sort === `-${field.name}` ? " ↓" : ""}
                  </span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {fields.map((field) => (
                <td key={field.name}>{linked(field.name, row[field.name])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function linked(column: string, value: Value) {
  const text = cell(value);
  if (!text) return "";
  if (column === "article_id" || column === "duplicate_of") {
    return <a href={link("article", { id: text })}>{text}</a>;
  }
  if (column.endsWith("entity_id")) return <a href={link("entity", { id: text })}>{text}</a>;
  const address = column === "url" ? webAddress(value) : null;
  return address ? (
    <a href={address} rel="noreferrer">
      {text}
    </a>
  ) : (
    text
  );
}

function save(name: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: "text/csv;charset=utf-8" }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(address);
}
