/** Values as people read them. */
import type { Row, Value } from "../data/table";
import { isoTime } from "./csv";

const number = new Intl.NumberFormat("en-GB");

export function count(value: number): string {
  return number.format(value);
}

/** "1 event", "2,000 events". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  if (value < 1e6) return `${(value / 1000).toFixed(1)} kB`;
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}

export function day(value: Value): string {
  return value instanceof Date ? value.toISOString().slice(0, 10) : "";
}

/** One day, or the first and the last. */
export function days(first: Value, last: Value): string {
  const [start, end] = [day(first), day(last)];
  return !end || start === end ? start : `${start} to ${end}`;
}

/** A cell of a table. */
export function cell(value: Value): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return isoTime(value);
  if (typeof value === "number" && !Number.isInteger(value)) return String(+value.toFixed(4));
  if (Array.isArray(value)) return value.map(cell).join(", ");
  return String(value);
}

/** A value that has to be text. */
export function words(value: Value): string {
  return typeof value === "string" ? value : "";
}

/** Whom a row means: the resolved name, else the words it uses. */
export function who(row: Row, role: string): string {
  return words(row[`${role}_name`]) || words(row[`${role}_text`]);
}

/** An address that is safe to follow: a table may hold anything. */
export function webAddress(value: Value): string | null {
  return typeof value === "string" && /^https?:\/\//i.test(value) ? value : null;
}
