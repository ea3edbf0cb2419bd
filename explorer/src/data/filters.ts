/** Which events and which rows of a table somebody wants to see. */
import type { Row } from "./table";
import { cell } from "../text/format";

export const STATUSES = ["happened", "ongoing", "planned", "possible", "denied"] as const;

/** What the address of the events' views says; everything may be missing. */
export interface EventFilter {
  type?: string;
  status?: string;
  /** Words in the name of an actor, or an entity's id. */
  actor?: string;
  /** ISO days; an event without a day of its own is in no period. */
  from?: string;
  to?: string;
}

export function matchesEvent(event: Row, filter: EventFilter): boolean {
  return (
    (!filter.type || event["type"] === filter.type) &&
    (!filter.status || filter.status.split(",").includes(String(event["status"]))) &&
    (!filter.actor || isActor(event, filter.actor)) &&
    isWithin(event, filter.from, filter.to)
  );
}

function isActor(event: Row, actor: string): boolean {
  if (event["actor_entity_id"] === actor) return true;
  return [event["actor_name"], event["actor_text"]].some(
    (name) => typeof name === "string" && contains(name, actor),
  );
}

function isWithin(event: Row, from?: string, to?: string): boolean {
  if (!from && !to) return true;
  const first = event["date_start"];
  const last = event["date_end"] ?? first;
  if (!(first instanceof Date) || !(last instanceof Date)) return false;
  return (
    (!from || last.toISOString().slice(0, 10) >= from) &&
    (!to || first.toISOString().slice(0, 10) <= to)
  );
}

/** Whether any cell of the row holds the words, whatever their case. */
export function matchesWords(row: Row, columns: readonly string[], wanted: string): boolean {
  return !wanted || columns.some((column) => contains(cell(row[column]), wanted));
}

function contains(text: string, wanted: string): boolean {
  return text.toLocaleLowerCase("en").includes(wanted.toLocaleLowerCase("en"));
}

/** Rows in the order of a column, those without a value last. */
export function sorted(rows: readonly Row[], column: string, descending: boolean): Row[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((left, right) => {
    const [a, b] = [left[column], right[column]];
    if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
    if (b === null || b === undefined) return -1;
    if (typeof a === "string" && typeof b === "string") return sign * a.localeCompare(b, "en");
    return a < b ? -sign : a > b ? sign : 0;
  });
}
