/** Rows as RFC 4180 has them. */
import type { Row, Value } from "../data/table";

export function csv(columns: readonly string[], rows: readonly Row[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => plain(row[column])))];
  return lines.map((line) => line.map(quoted).join(",") + "\r\n").join("");
}

/** A value as text that a program reads back: ISO 8601 times, JSON lists, nothing for null. */
export function plain(value: Value): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return isoTime(value);
  if (Array.isArray(value)) return JSON.stringify(value.map((one) => json(one)));
  return String(value);
}

/** The day alone where there is nothing but midnight. */
export function isoTime(time: Date): string {
  const iso = time.toISOString();
  return iso.endsWith("T00:00:00.000Z") ? iso.slice(0, 10) : iso;
}

function json(value: Value): unknown {
  if (typeof value === "bigint") return Number(value);
  return Array.isArray(value) ? value.map(json) : value;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
