/** Tables in Parquet: some rows of some columns, wherever a file says that they are. */
import { decompress } from "fzstd";
import {
  type AsyncBuffer,
  type FileMetaData,
  type ParquetQueryFilter,
  type ParquetRow,
  parquetMetadataAsync,
  parquetReadObjects,
  rowIndex,
} from "hyparquet";
import { ranged } from "./ranges";

export type Value = string | number | bigint | boolean | Date | null | undefined | Value[];
export type Row = Record<string, Value>;

/** Rows a step of a scan reads where pages have an index; else it reads a row group. */
const STEP = 10_000;

/** What is read of the end of a file in the hope that it is the whole footer. */
const FOOTER = 64 << 10;

const compressors = {
  ZSTD: (input: Uint8Array, length: number) => decompress(input, new Uint8Array(length)),
};

export interface Part {
  url: string;
  bytes: number;
  rows: number;
}

interface OpenPart {
  file: AsyncBuffer;
  metadata: FileMetaData;
}

/** Rows [start, end) of the part numbered `part`. */
export interface Step {
  part: number;
  start: number;
  end: number;
}

export class Table {
  readonly rows: number;
  private readonly open: (Promise<OpenPart> | undefined)[] = [];

  constructor(
    readonly name: string,
    private readonly parts: readonly Part[],
  ) {
    this.rows = parts.reduce((sum, part) => sum + part.rows, 0);
  }

  /** The rows whose `column` is `value`; statistics say which pages can hold any. */
  async find(column: string, value: string, columns?: string[]): Promise<Row[]> {
    const found = await Promise.all(
      this.parts.map(async (_, number) => findIn(await this.part(number), column, value, columns)),
    );
    return found.flat();
  }

  /** The steps in which the whole table is read. */
  async steps(part: number): Promise<Step[]> {
    const { metadata } = await this.part(part);
    const indexed = metadata.row_groups.every((group) => group.columns[0]?.offset_index_offset);
    const steps: Step[] = [];
    let start = 0;
    for (const group of metadata.row_groups) {
      const end = start + Number(group.num_rows);
      const size = indexed ? STEP : end - start;
      for (; start < end; start += size) steps.push({ part, start, end: Math.min(end, start + size) });
      start = end;
    }
    return steps;
  }

  get partCount(): number {
    return this.parts.length;
  }

  /** The rows of a step, those that `filter` lets pass. */
  async rowsOf(step: Step, columns: string[], filter?: ParquetQueryFilter): Promise<Row[]> {
    return read(await this.part(step.part), {
      columns,
      rowStart: step.start,
      rowEnd: step.end,
      ...(filter ? { filter } : {}),
    });
  }

  private part(number: number): Promise<OpenPart> {
    const part = this.parts[number];
    if (!part) throw new RangeError(`${this.name} has no part ${number}`);
    return (this.open[number] ??= openPart(part));
  }
}

/** First the column alone, to know the rows; then the few rows: long texts beside them stay unread. */
async function findIn(
  part: OpenPart,
  column: string,
  value: string,
  columns?: string[],
): Promise<Row[]> {
  const keys = await read(part, {
    columns: [column],
    filter: { [column]: { $eq: value } },
    includeRowIndex: true,
  });
  const numbers = keys.map((key) => (key as ParquetRow)[rowIndex] as number);
  const start = numbers.at(0);
  if (start === undefined) return [];
  const rows = await read(part, {
    rowStart: start,
    rowEnd: (numbers.at(-1) as number) + 1,
    ...(columns ? { columns } : {}),
  });
  return numbers.map((number) => rows[number - start] as Row);
}

async function openPart({ url, bytes }: Part): Promise<OpenPart> {
  const file = ranged(url, bytes);
  return { file, metadata: await parquetMetadataAsync(file, { initialFetchSize: FOOTER }) };
}

function read(
  { file, metadata }: OpenPart,
  options: {
    columns?: string[];
    filter?: ParquetQueryFilter;
    rowStart?: number;
    rowEnd?: number;
    includeRowIndex?: boolean;
  },
): Promise<Row[]> {
  return parquetReadObjects({
    file,
    metadata,
    compressors,
    useOffsetIndex: true,
    usePageIndex: true,
    ...options,
  }) as Promise<Row[]>;
}
