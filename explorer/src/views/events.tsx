/** Events over time, as far as they are dated, and one by one. */
import { type EventFilter, matchesEvent, STATUSES } from "../data/filters";
import { type Release, tableOf } from "../data/release";
import type { Row } from "../data/table";
import { useMade, useScan } from "../hooks";
import { replaceRoute } from "../route";
import { count, counted } from "../text/format";
import { Chart } from "./chart";
import {
  DayInput,
  EVENT_COLUMNS,
  EventList,
  Heading,
  Input,
  ScanBar,
  Select,
  type ViewProps,
} from "./parts";

/** The values of a column that the schema allows. */
function allowed(release: Release, column: string): string[] {
  const events = release.description.resources.find((one) => one.name === "events");
  return events?.schema.fields.find((field) => field.name === column)?.constraints?.enum ?? [];
}

/** The events read so far that the address asks for, and what changes the address. */
export function useEvents(release: Release, query: Record<string, string>) {
  const { scan, progress } = useScan(tableOf(release, "events"), EVENT_COLUMNS);
  const key = JSON.stringify(query);
  const shown = useMade(
    () => progress.rows.filter((row) => matchesEvent(row, query as EventFilter)),
    [progress.rows, key],
  );
  return { scan, progress, shown };
}

export function EventFilters({ release, query, view }: ViewProps & { view: string }) {
  const change = (changed: Record<string, string>) => replaceRoute(view, { ...query, ...changed });
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <Select
        label="Type"
        value={query["type"] ?? ""}
        choices={allowed(release, "type").map((value) => ({ value }))}
        onChange={(type) => change({ type })}
      />
      <Select
        label="Status"
        value={query["status"] ?? ""}
        choices={[
          { value: "happened,ongoing", label: "took place (happened, ongoing)" },
          ...STATUSES.map((value) => ({ value })),
        ]}
        onChange={(status) => change({ status })}
      />
      <Input label="Actor" value={query["actor"] ?? ""} onChange={(actor) => change({ actor })} />
      <DayInput label="From" value={query["from"] ?? ""} onChange={(from) => change({ from })} />
      <DayInput label="To" value={query["to"] ?? ""} onChange={(to) => change({ to })} />
    </form>
  );
}

export function Events({ release, query }: ViewProps) {
  const { scan, progress, shown } = useEvents(release, query);
  const dated = shown.filter((row) => row["date_start"] instanceof Date);
  return (
    <>
      <Heading>Events</Heading>
      <EventFilters release={release} query={query} view="events" />
      <ScanBar scan={scan} progress={progress} />
      <p>
        {counted(shown.length, "event")}, {count(dated.length)} of them with a day of their own.
      </p>
      {dated.length > 0 && <Timeline events={dated} />}
      <EventList events={shown} />
    </>
  );
}

const DAY = 86_400_000;

/** Bars as wide as makes between ten and some hundred of them. */
export function interval(first: Date, last: Date): "day" | "month" | "quarter" | "year" {
  const span = (last.getTime() - first.getTime()) / DAY;
  if (span <= 92) return "day";
  if (span <= 366 * 4) return "month";
  return span <= 366 * 20 ? "quarter" : "year";
}

function Timeline({ events }: { events: readonly Row[] }) {
  const times = events.map((row) => row["date_start"] as Date);
  const sum = STATUSES.map(
    (status) => `${count(events.filter((row) => row["status"] === status).length)} ${status}`,
  );
  return (
    <Chart
      label={`Events by the day they begin: ${sum.join(", ")}. The list below has them one by one.`}
      inputs={[events]}
      draw={async (width) => {
        const { timeline } = await import("./plots");
        return timeline(events, interval(earliest(times), latest(times)), width);
      }}
    />
  );
}

function earliest(times: readonly Date[]): Date {
  return times.reduce((a, b) => (a < b ? a : b));
}

function latest(times: readonly Date[]): Date {
  return times.reduce((a, b) => (a > b ? a : b));
}
