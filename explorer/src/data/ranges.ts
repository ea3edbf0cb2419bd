/** Files of a release, read by byte ranges. */
import type { AsyncBuffer } from "hyparquet";

/** A server that ignores ranges may send this much; more is refused rather than downloaded. */
const WHOLE_FILE_LIMIT = 4 << 20;

/** Files up to this size are read once and whole: one request instead of one a column. */
const SMALL_FILE = 96 << 10;

let bytesRead = 0;

/** How many bytes of data this page has read since it was opened. */
export function bytesReadSoFar(): number {
  return bytesRead;
}

export class ReadError extends Error {}

/** Text of a small file, for instance a descriptor. */
export async function readJson<T>(url: string): Promise<T> {
  const response = await answered(url, {});
  const text = await response.text();
  bytesRead += text.length;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ReadError(`${url} is not JSON`);
  }
}

/** A file whose size is known from the manifest, as hyparquet reads files. */
export function ranged(url: string, byteLength: number): AsyncBuffer {
  let whole: Promise<ArrayBuffer> | undefined;
  return {
    byteLength,
    async slice(start: number, end = byteLength): Promise<ArrayBuffer> {
      if (byteLength <= SMALL_FILE) {
        whole ??= readRange(url, 0, byteLength, byteLength);
        return (await whole).slice(start, end);
      }
      return readRange(url, start, end, byteLength);
    },
  };
}

async function readRange(
  url: string,
  start: number,
  end: number,
  byteLength: number,
): Promise<ArrayBuffer> {
  if (start === end) return new ArrayBuffer(0);
  const response = await answered(url, { headers: { Range: `bytes=${start}-${end - 1}` } });
  if (response.status === 206) return counted(await response.arrayBuffer(), end - start, url);
  if (byteLength > WHOLE_FILE_LIMIT) {
    await response.body?.cancel();
    throw new ReadError(
      `The server sent all of ${url} when asked for a part of it. It has to answer Range requests.`,
    );
  }
  return counted(await response.arrayBuffer(), byteLength, url).slice(start, end);
}

function counted(bytes: ArrayBuffer, expected: number, url: string): ArrayBuffer {
  bytesRead += bytes.byteLength;
  if (bytes.byteLength !== expected) {
    throw new ReadError(
      `${url} is not as the manifest says: was the release replaced meanwhile? Reload the page.`,
    );
  }
  return bytes;
}

async function answered(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    throw new ReadError(`${url} cannot be reached: ${(error as Error).message}`);
  }
  if (!response.ok) throw new ReadError(`${url}: the server answers ${response.status}`);
  return response;
}
