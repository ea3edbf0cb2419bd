/** Where events took place, as far as a table of places knows them. */
import type { Row } from "../data/table";
import { link } from "../route";
import { count, counted, words } from "../text/format";
import { Chart } from "./chart";
import { EventFilters, useEvents } from "./events";
import { EventList, Heading, ScanBar, type ViewProps } from "./parts";
import type { Place } from "./plots";

export function EventMap({ release, query }: ViewProps) {
  const { scan, progress, shown } = useEvents(release, query);
  const located = shown.filter((row) => typeof row["latitude"] === "number");
  const places = placesOf(located);
  const chosen = query["place"];
  return (
    <>
      <Heading>Places of events</Heading>
      <EventFilters release={release} query={query} view="map" />
      <ScanBar scan={scan} progress={progress} />
      <p>
        {count(located.length)} of {counted(shown.length, "event")} at a place that is known.
      </p>
      <Chart
        label={`A map of ${counted(places.length, "place")}; the list below has them all.`}
        inputs={[JSON.stringify(places)]}
        draw={async (width) => (await import("./plots")).worldMap(places, width)}
      />
      <ul class="choices across">
        {places.map((place) => (
          <li key={place.name}>
            <a
              href={link("map", { ...query, place: place.name })}
              aria-current={place.name === chosen ? "true" : undefined}
            >
              {place.name} <span class="when">{count(place.events)}</span>
            </a>
          </li>
        ))}
      </ul>
      {chosen && (
        <section>
          <h2>{chosen}</h2>
          <EventList events={located.filter((row) => row["place_text"] === chosen)} />
        </section>
      )}
    </>
  );
}

/** The places, those with most events first. */
export function placesOf(events: readonly Row[]): Place[] {
  const found = new Map<string, Place>();
  for (const event of events) {
    const name = words(event["place_text"]);
    const place = found.get(name) ?? {
      name,
      latitude: event["latitude"] as number,
      longitude: event["longitude"] as number,
      events: 0,
    };
    place.events += 1;
    found.set(name, place);
  }
  return [...found.values()].sort((a, b) => b.events - a.events);
}
