import { describe, expect, test } from "vitest";
import { matrixOf } from "../src/data/dyads";
import { type EventFilter, matchesEvent, matchesWords, sorted } from "../src/data/filters";
import type { Row } from "../src/data/table";
import { link, parseRoute } from "../src/route";
import { firstInArticle } from "../src/views/entity";
import { interval } from "../src/views/events";
import { placesOf } from "../src/views/map";

const day = (iso: string) => new Date(`${iso}T00:00:00Z`);

const EVENT: Row = {
  type: "SANCTION",
  status: "denied",
  actor_name: "Norland",
  actor_text: "the northern government",
  actor_entity_id: "Q1",
  date_start: day("2020-01-10"),
  date_end: day("2020-01-20"),
};

describe("events", () => {
  test.each<[EventFilter, boolean]>([
    [{}, true],
    [{ type: "SANCTION" }, true],
    [{ type: "AID" }, false],
    [{ status: "denied" }, true],
    [{ status: "happened,ongoing" }, false],
    [{ status: "possible,denied" }, true],
    [{ actor: "nORL" }, true],
    [{ actor: "northern" }, true],
    [{ actor: "Q1" }, true],
    [{ actor: "Sudland" }, false],
    [{ from: "2020-01-20" }, true],
    [{ from: "2020-01-21" }, false],
    [{ to: "2020-01-10" }, true],
    [{ to: "2020-01-09" }, false],
    [{ from: "2020-01-12", to: "2020-01-13" }, true],
  ])("%o: %s", (filter, expected) => expect(matchesEvent(EVENT, filter)).toBe(expected));

  test("those without a day are in no period", () => {
    const undated = { ...EVENT, date_start: null, date_end: null };
    expect(matchesEvent(undated, {})).toBe(true);
    expect(matchesEvent(undated, { from: "1900-01-01" })).toBe(false);
  });

  test.each([
    ["2020-01-01", "2020-02-01", "day"],
    ["2020-01-01", "2021-02-01", "month"],
    ["2010-01-01", "2020-02-01", "quarter"],
    ["1950-01-01", "2020-02-01", "year"],
  ])("from %s to %s by the %s", (first, last, expected) => {
    expect(interval(day(first), day(last))).toBe(expected);
  });
});

test("words are looked for in every column, whatever their case", () => {
  const row = { name: "Ada Færgemand", aliases: ["the minister"], n: 12 };
  expect(matchesWords(row, ["name"], "færge")).toBe(true);
  expect(matchesWords(row, ["aliases"], "MINISTER")).toBe(true);
  expect(matchesWords(row, ["name"], "minister")).toBe(false);
});

test("rows without a value come last, up and down", () => {
  const rows = [{ n: 2 }, { n: null }, { n: 10 }, { n: 1 }];
  expect(sorted(rows, "n", false).map((row) => row.n)).toEqual([1, 2, 10, null]);
  expect(sorted(rows, "n", true).map((row) => row.n)).toEqual([10, 2, 1, null]);
});

test("a matrix has the most frequent of each side", () => {
  const acts = (actor: string, recipient: string | null): Row => ({ actor_name: actor, recipient_text: recipient });
  const matrix = matrixOf([acts("A", "B"), acts("A", "B"), acts("A", "C"), acts("D", null), acts("B", "A")], 2);
  expect([matrix.actors, matrix.recipients, matrix.pairs, matrix.most]).toEqual([["A", "B"], ["B", "A"], 3, 2]);
  expect([matrix.at("A", "B"), matrix.at("B", "B")]).toEqual([2, 0]);
});

test("mentions are counted by article", () => {
  const rows = [
    { article_id: "a", mention_id: "1" },
    { article_id: "b", mention_id: "2" },
    { article_id: "a", mention_id: "3" },
  ];
  expect(firstInArticle(rows).map((row) => [row["mention_id"], row["times"]])).toEqual([
    ["1", 2],
    ["2", 1],
  ]);
});

test("places are counted, the most frequent first", () => {
  const at = (place_text: string) => ({ place_text, latitude: 1, longitude: 2 });
  const places = placesOf([at("Lima"), at("Oslo"), at("Oslo")]);
  expect(places.map((place) => [place.name, place.events])).toEqual([
    ["Oslo", 2],
    ["Lima", 1],
  ]);
});

test("an address gives back what it was made of", () => {
  const query = { words: "a&b=ü “c”", status: "denied" };
  expect(parseRoute(link("events", { ...query, type: "" }))).toEqual({ view: "events", query });
  expect(parseRoute("")).toEqual({ view: "overview", query: {} });
});
