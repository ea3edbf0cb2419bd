import { describe, expect, test } from "vitest";
import { csv, plain } from "../src/text/csv";
import { days, webAddress } from "../src/text/format";
import { Offsets } from "../src/text/offsets";
import { paragraphs, segments } from "../src/text/segments";

describe("offsets", () => {
  test.each([
    ["plain words", 6, 11, "words"],
    ["🚢 a ferry", 2, 3, "a"],
    ["🚢🚢 a ferry", 5, 10, "ferry"],
    ["é and ß", 6, 7, "ß"],
    ["family 👨‍👩‍👧 here", 7, 12, "👨‍👩‍👧"],
  ])("of %s", (text, start, end, words) => {
    expect(new Offsets(text).slice(start, end)).toBe(words);
    expect([...text].slice(start, end).join("")).toBe(words);
  });

  test("the end and what is beyond it", () => {
    const offsets = new Offsets("🚢!");
    expect([offsets.length, offsets.at(2), offsets.at(99)]).toEqual([2, 3, 3]);
    expect(new Offsets("ab").at(99)).toBe(2);
    expect(new Offsets("").length).toBe(0);
  });
});

describe("segments", () => {
  const mark = (start: number, end: number, data: string) => ({ start, end, data });

  test("overlapping marks are cut where one begins or ends", () => {
    expect(segments(0, 10, [mark(2, 6, "a"), mark(4, 8, "b")])).toEqual([
      { start: 0, end: 2, marks: [] },
      { start: 2, end: 4, marks: ["a"] },
      { start: 4, end: 6, marks: ["a", "b"] },
      { start: 6, end: 8, marks: ["b"] },
      { start: 8, end: 10, marks: [] },
    ]);
  });

  test("marks over the border of a paragraph stay in it", () => {
    expect(segments(5, 8, [mark(0, 6, "a"), mark(7, 20, "b"), mark(8, 9, "c")])).toEqual([
      { start: 5, end: 6, marks: ["a"] },
      { start: 6, end: 7, marks: [] },
      { start: 7, end: 8, marks: ["b"] },
    ]);
  });

  test("paragraphs leave the blank line out", () => {
    expect(paragraphs([0, 5, 9], 12)).toEqual([
      [0, 3],
      [5, 7],
      [9, 12],
    ]);
    expect(paragraphs([], 0)).toEqual([]);
  });

  test("paragraphs beyond a text that is cut are left out", () => {
    expect(paragraphs([0, 5, 9], 6)).toEqual([
      [0, 3],
      [5, 6],
    ]);
    expect(paragraphs([0, 5], 0)).toEqual([]);
  });
});

describe("csv", () => {
  test("quotes what has to be quoted", () => {
    const row = { a: 'He said "no", twice', b: "two\nlines", c: null };
    expect(csv(["a", "b", "c"], [row])).toBe('a,b,c\r\n"He said ""no"", twice","two\nlines",\r\n');
  });

  test.each([
    [new Date(Date.UTC(2020, 0, 2)), "2020-01-02"],
    [new Date(Date.UTC(2020, 0, 2, 3, 4, 5)), "2020-01-02T03:04:05.000Z"],
    [[1, 2], "[1,2]"],
    [12345678901234n, "12345678901234"],
    [false, "false"],
    [undefined, ""],
  ])("writes %s", (value, text) => expect(plain(value)).toBe(text));
});

test.each([
  ["https://news.example/a", "https://news.example/a"],
  ["javascript:alert(1)", null],
  ["data:text/html,x", null],
  ["//news.example", null],
  [null, null],
])("%s as an address", (value, address) => expect(webAddress(value)).toBe(address));

test("days", () => {
  const [first, last] = [new Date(Date.UTC(2020, 0, 1)), new Date(Date.UTC(2020, 5, 30))];
  expect([days(first, last), days(first, first), days(first, null), days(null, null)]).toEqual([
    "2020-01-01 to 2020-06-30",
    "2020-01-01",
    "2020-01-01",
    "",
  ]);
});
