/** Reading on through a table, as far as somebody wants to see. */
import type { ParquetQueryFilter } from "hyparquet";
import { bytesReadSoFar } from "./ranges";
import type { Row, Step, Table } from "./table";

/** Tables of up to so many rows are read to their end at once. */
const SMALL_TABLE = 20_000;

export interface Progress {
  /** Rows kept, in the order of the table. */
  rows: Row[];
  /** Rows looked at. */
  read: number;
  total: number;
  bytes: number;
  reading: boolean;
  error: string | null;
}

/**
 * A walk through the columns of a table.
 *
 * Articles come in the order of their ids, which are hashes: the rows at the start of a table
 * are those of articles drawn by lot.
 */
export class Scan {
  private steps: Step[] | undefined;
  private next = 0;
  private state: Progress;
  private readonly listeners = new Set<() => void>();
  private running = false;
  private wanted = false;

  constructor(
    private readonly table: Table,
    private readonly columns: string[],
    private readonly filter?: ParquetQueryFilter,
  ) {
    this.state = { rows: [], read: 0, total: table.rows, bytes: 0, reading: false, error: null };
  }

  get progress(): Progress {
    return this.state;
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Read the first rows, or all of a small table, unless something is read already. */
  begin(): void {
    if (this.state.read === 0) void this.run((read) => this.table.rows > SMALL_TABLE && read > 0);
  }

  /** Read one step more; with a filter, until it has found some. */
  more(): void {
    const before = this.state.rows.length;
    void this.run(() => !this.filter || this.state.rows.length >= before + 20);
  }

  /** Read to the end, or until `stop`. */
  all(): void {
    void this.run(() => false);
  }

  stop(): void {
    this.wanted = false;
  }

  private async run(enough: (read: number) => boolean): Promise<void> {
    if (this.running) return;
    this.running = this.wanted = true;
    this.set({ reading: true, error: null });
    try {
      const steps = (this.steps ??= await this.allSteps());
      while (this.wanted && this.next < steps.length) {
        await this.take(steps[this.next] as Step);
        if (enough(this.state.read)) break;
      }
    } catch (error) {
      this.set({ error: (error as Error).message });
    }
    this.running = false;
    this.set({ reading: false });
  }

  private async allSteps(): Promise<Step[]> {
    const parts = Array.from({ length: this.table.partCount }, (_, part) => part);
    return (await Promise.all(parts.map((part) => this.table.steps(part)))).flat();
  }

  private async take(step: Step): Promise<void> {
    const before = bytesReadSoFar();
    const rows = await this.table.rowsOf(step, this.columns, this.filter);
    this.next += 1;
    this.set({
      rows: this.state.rows.concat(rows),
      read: this.state.read + step.end - step.start,
      bytes: this.state.bytes + bytesReadSoFar() - before,
    });
  }

  private set(change: Partial<Progress>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

const scans = new Map<string, Scan>();

/** The one scan of these columns and rows: going back to a view reads nothing twice. */
export function scanOf(table: Table, columns: string[], filter?: ParquetQueryFilter): Scan {
  const key = JSON.stringify([table.name, columns, filter]);
  let scan = scans.get(key);
  if (!scan) scans.set(key, (scan = new Scan(table, columns, filter)));
  return scan;
}
