import { expect, test, vi } from "vitest";
import { cached } from "../src/data/ranges";

const KB = 1 << 10;
const BYTES = Uint8Array.from({ length: 200 * KB }, (_, index) => (index * 7 + (index >> 8)) % 256);

function file() {
  const read = vi.fn(async (start: number, end: number) => BYTES.slice(start, end).buffer);
  return { read, buffer: cached(read, BYTES.length) };
}

test.each([
  [0, 10],
  [8 * KB - 3, 8 * KB + 3],
  [8 * KB, 16 * KB],
  [5, 150 * KB + 1],
  [199 * KB, 200 * KB],
  [7, 7],
])("bytes %i to %i", async (start, end) => {
  const got = new Uint8Array(await file().buffer.slice(start, end));
  expect(Buffer.compare(got, BYTES.slice(start, end))).toBe(0);
});

test("the end of the file is where a slice without an end stops", async () => {
  expect((await file().buffer.slice(199 * KB)).byteLength).toBe(KB);
});

test("what lies side by side is asked for once, whoever needs it", async () => {
  const { read, buffer } = file();
  await Promise.all([buffer.slice(10, 20), buffer.slice(30, 40), buffer.slice(2 * KB, 8 * KB)]);
  expect(read.mock.calls).toEqual([[0, 8 * KB]]);
});

test("a gap is filled by one request for what is missing", async () => {
  const { read, buffer } = file();
  await buffer.slice(9 * KB, 15 * KB);
  await buffer.slice(0, 200 * KB);
  expect(read.mock.calls.slice(1)).toEqual([
    [0, 8 * KB],
    [16 * KB, 200 * KB],
  ]);
});

test("what failed is asked for again", async () => {
  const { read, buffer } = file();
  read.mockRejectedValueOnce(new Error("gone"));
  await expect(buffer.slice(0, 5)).rejects.toThrow("gone");
  expect((await buffer.slice(0, 5)).byteLength).toBe(5);
});
