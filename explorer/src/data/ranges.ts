/** Files of a release, read by byte ranges. */
import type { AsyncBuffer } from "hyparquet";

/** A server that ignores ranges may send this much; more is refused rather than downloaded. */
const WHOLE_FILE_LIMIT = 4 << 20;

/**
 * What is asked of a server at once, at least. The indexes of a table's pages lie side by side, a few
 * hundred bytes each: one request brings them all.
 */
const BLOCK = 8 << 10;

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
  // What a server that ignores ranges has sent: once is enough.
  let whole: ArrayBuffer | undefined;
  async function readPart(start: number, end: number): Promise<ArrayBuffer> {
    const bytes = whole ?? (await readRange(url, start, end, byteLength));
    if (bytes.byteLength === end - start) return bytes;
    whole = bytes;
    return bytes.slice(start, end);
  }
  return cached(readPart, byteLength);
}

/** A file that is read in blocks, none of them twice. */
export function cached(
  readBytes: (start: number, end: number) => Promise<ArrayBuffer>,
  byteLength: number,
): AsyncBuffer {
  const blocks = new Map<number, Promise<Uint8Array>>();

  /** Ask for the blocks [first, last] in one request. */
  function request(first: number, last: number): void {
    const start = first * BLOCK;
    const bytes = readBytes(start, Math.min((last + 1) * BLOCK, byteLength));
    for (let block = first; block <= last; block += 1) {
      const offset = block * BLOCK - start;
      const part = bytes.then((all) => new Uint8Array(all).subarray(offset, offset + BLOCK));
      // What failed is asked for again by the next who needs it.
      part.catch(() => blocks.delete(block));
      blocks.set(block, part);
    }
  }

  return {
    byteLength,
    async slice(start: number, end = byteLength): Promise<ArrayBuffer> {
      const [first, last] = [Math.floor(start / BLOCK), Math.floor((end - 1) / BLOCK)];
      for (let block = first; block <= last; block += 1) {
        if (blocks.has(block)) continue;
        let until = block;
        while (until < last && !blocks.has(until + 1)) until += 1;
        request(block, until);
      }
      const found = new Uint8Array(Math.max(end - start, 0));
      for (let block = first; block <= last; block += 1) {
        const bytes = await (blocks.get(block) as Promise<Uint8Array>);
        const offset = block * BLOCK - start;
        const part = bytes.subarray(Math.max(0, -offset), end - block * BLOCK);
        found.set(part, Math.max(0, offset));
      }
      return found.buffer;
    },
  };
}

/** The bytes asked for; all of a small file where the server ignores what was asked. */
async function readRange(
  url: string,
  start: number,
  end: number,
  byteLength: number,
): Promise<ArrayBuffer> {
  const response = await answered(url, { headers: { Range: `bytes=${start}-${end - 1}` } });
  if (response.status === 206) return counted(await response.arrayBuffer(), end - start, url);
  if (byteLength > WHOLE_FILE_LIMIT) {
    await response.body?.cancel();
    throw new ReadError(
      `The server sent all of ${url} when asked for a part of it. It has to answer Range requests.`,
    );
  }
  return counted(await response.arrayBuffer(), byteLength, url);
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
