/** What is shown stands in the address, after `#`: a link keeps the view. */
import { useEffect, useState } from "preact/hooks";

export interface Route {
  view: string;
  query: Record<string, string>;
}

export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return { view: path || "overview", query: Object.fromEntries(new URLSearchParams(search)) };
}

/** The address of a view; values that are empty are left out. */
export function link(view: string, query: Record<string, string | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return `#/${view}${text ? `?${text}` : ""}`;
}

/** Change what is shown without a step in the browser's history. */
export function replaceRoute(view: string, query: Record<string, string | undefined>): void {
  history.replaceState(null, "", link(view, query));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = () => setRoute(parseRoute(location.hash));
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return route;
}
