/** The page: its navigation, and the view that the address names. */
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { openRelease } from "./data/release";
import { useLoaded } from "./hooks";
import { link, useRoute } from "./route";
import { Articles } from "./views/articles";
import { Dictionary } from "./views/dictionary";
import { Downloads } from "./views/downloads";
import { Dyads } from "./views/dyads";
import { Entity } from "./views/entity";
import { Events } from "./views/events";
import { EventMap } from "./views/map";
import { Overview } from "./views/overview";
import { Await, type ViewProps } from "./views/parts";
import { Quotes } from "./views/quotes";
import { Reader } from "./views/reader";
import { Tables } from "./views/tables";

/** Every view, and how the navigation calls it; those without a name are reached by links. */
const VIEWS: Record<string, { name?: string; show: ComponentType<ViewProps> }> = {
  overview: { name: "Overview", show: Overview },
  articles: { name: "Articles", show: Articles },
  article: { show: Reader },
  quotes: { name: "Quotes", show: Quotes },
  events: { name: "Events", show: Events },
  dyads: { name: "Who to whom", show: Dyads },
  map: { name: "Map", show: EventMap },
  entity: { show: Entity },
  table: { name: "Tables", show: Tables },
  dictionary: { name: "Dictionary", show: Dictionary },
  downloads: { name: "Downloads", show: Downloads },
};

export function App() {
  const { view, query } = useRoute();
  const release = useLoaded("release", openRelease);
  const main = useRef<HTMLElement>(null);
  const place = `${view} ${query["id"] ?? ""}`;
  const before = useRef(place);
  useEffect(() => {
    document.title = `${VIEWS[view]?.name ?? view} - On Record`;
    // Who reads by ear or keyboard is taken to a new view, but not away from a field being typed in.
    if (before.current !== place) main.current?.focus();
    before.current = place;
  }, [place]);
  const Shown = VIEWS[view]?.show;
  return (
    <>
      <a class="skip" href="#content" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>
        To the content
      </a>
      <nav class="views" aria-label="Views">
        {Object.entries(VIEWS).map(
          ([path, { name }]) =>
            name && (
              <a key={path} href={link(path)} aria-current={path === view ? "page" : undefined}>
                {name}
              </a>
            ),
        )}
      </nav>
      <main id="content" ref={main} tabIndex={-1}>
        <Await loaded={release}>
          {(value) =>
            Shown ? (
              <Shown release={value} query={query} />
            ) : (
              <p role="alert">There is no view “{view}”.</p>
            )
          }
        </Await>
      </main>
    </>
  );
}
