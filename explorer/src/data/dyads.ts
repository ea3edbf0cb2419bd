/** Who acts towards whom, and how often. */
import { who } from "../text/format";
import type { Row } from "./table";

export interface Matrix {
  actors: string[];
  recipients: string[];
  /** Events of an actor towards a recipient. */
  at(actor: string, recipient: string): number;
  most: number;
  pairs: number;
}

/** The `size` actors and recipients with most events between them. */
export function matrixOf(events: readonly Row[], size: number): Matrix {
  const cells = new Map<string, number>();
  const [acting, receiving] = [new Map<string, number>(), new Map<string, number>()];
  for (const event of events) {
    const [actor, recipient] = [who(event, "actor"), who(event, "recipient")];
    if (!actor || !recipient) continue;
    add(cells, pair(actor, recipient));
    add(acting, actor);
    add(receiving, recipient);
  }
  return {
    actors: top(acting, size),
    recipients: top(receiving, size),
    at: (actor, recipient) => cells.get(pair(actor, recipient)) ?? 0,
    most: Math.max(0, ...cells.values()),
    pairs: cells.size,
  };
}

function pair(actor: string, recipient: string): string {
  return JSON.stringify([actor, recipient]);
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function top(counts: Map<string, number>, size: number): string[] {
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], "en"))
    .slice(0, size)
    .map(([name]) => name);
}
