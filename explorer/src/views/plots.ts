/** Drawings by Observable Plot; loaded when a view first needs one. */
import { dot, geo, plot, rectY, ruleY, stackY } from "@observablehq/plot";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { STATUSES } from "../data/filters";
import type { Row } from "../data/table";

/** As in style.css; readable on light and on dark ground, and told apart by the colour-blind. */
const COLOURS: Record<(typeof STATUSES)[number], string> = {
  happened: "#2f7ebc",
  ongoing: "#35a08f",
  planned: "#c98a1b",
  possible: "#a477c7",
  denied: "#d1495b",
};

const colour = { domain: [...STATUSES], range: STATUSES.map((status) => COLOURS[status]) };

interface Bar {
  begins: Date;
  status: string;
  events: number;
}

/** How many events begin in each interval, a bar of all statuses. */
export function bars(events: readonly Row[], interval: string): Bar[] {
  const found = new Map<string, Bar>();
  for (const event of events) {
    const begins = floor(event["date_start"] as Date, interval);
    const status = String(event["status"]);
    const key = `${begins.getTime()} ${status}`;
    const bar = found.get(key) ?? { begins, status, events: 0 };
    bar.events += 1;
    found.set(key, bar);
  }
  return [...found.values()];
}

function floor(time: Date, interval: string): Date {
  const [year, month] = [time.getUTCFullYear(), time.getUTCMonth()];
  if (interval === "year") return new Date(Date.UTC(year, 0));
  if (interval === "quarter") return new Date(Date.UTC(year, month - (month % 3)));
  if (interval === "month") return new Date(Date.UTC(year, month));
  return new Date(Date.UTC(year, month, time.getUTCDate()));
}

export function timeline(events: readonly Row[], interval: "day" | "month" | "quarter" | "year", width: number) {
  return plot({
    width,
    height: 260,
    x: { type: "utc", label: null },
    y: { grid: true, label: `events a ${interval}`, tickFormat: (n: number) => (Number.isInteger(n) ? String(n) : "") },
    color: { ...colour, legend: true },
    marks: [
      rectY(
        bars(events, interval),
        stackY({ x: "begins", y: "events", fill: "status", order: [...STATUSES], interval, title: (bar: Bar) => `${bar.status}: ${bar.events}` }),
      ),
      ruleY([0]),
    ],
  });
}

export interface Place {
  name: string;
  latitude: number;
  longitude: number;
  events: number;
}

export async function worldMap(places: readonly Place[], width: number) {
  const { default: world } = await import("world-atlas/countries-110m.json");
  const atlas = world as unknown as Topology<{ countries: GeometryCollection }>;
  return plot({
    width,
    projection: "equal-earth",
    r: { range: [0, 16] },
    marks: [
      geo(feature(atlas, atlas.objects.countries), { fill: "currentColor", fillOpacity: 0.12, stroke: "currentColor", strokeOpacity: 0.35, strokeWidth: 0.5 }),
      dot(places, {
        x: "longitude",
        y: "latitude",
        r: "events",
        fill: COLOURS.happened,
        fillOpacity: 0.65,
        stroke: "currentColor",
        title: (place: Place) => `${place.name}: ${place.events}`,
      }),
    ],
  });
}
