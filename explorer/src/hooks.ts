/** Data that arrives later, as state of a view. */
import { useEffect, useMemo, useReducer, useState } from "preact/hooks";
import type { ParquetQueryFilter } from "hyparquet";
import { type Progress, type Scan, scanOf } from "./data/scan";
import type { Table } from "./data/table";

export type Loaded<T> =
  | { state: "loading" }
  | { state: "failed"; error: string }
  | { state: "there"; value: T };

/** What `load` gives; it runs again whenever `key` changes. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [loaded, setLoaded] = useState<{ key: string; result: Loaded<T> }>();
  useEffect(() => {
    let current = true;
    const settle = (result: Loaded<T>) => current && setLoaded({ key, result });
    load().then(
      (value) => settle({ state: "there", value }),
      (error: Error) => settle({ state: "failed", error: error.message }),
    );
    return () => {
      current = false;
    };
  }, [key]);
  return loaded?.key === key ? loaded.result : { state: "loading" };
}

/** A scan that has begun to read, and how far it is. */
export function useScan(
  table: Table,
  columns: string[],
  filter?: ParquetQueryFilter,
): { scan: Scan; progress: Progress } {
  const scan = scanOf(table, columns, filter);
  const [, redraw] = useReducer((drawn: number, _: void) => drawn + 1, 0);
  useEffect(() => {
    const stopListening = scan.listen(() => redraw());
    scan.begin();
    return () => {
      stopListening();
      scan.stop();
    };
  }, [scan]);
  return { scan, progress: scan.progress };
}

/** `make` of these inputs, made again when one of them is another. */
export function useMade<T>(make: () => T, inputs: readonly unknown[]): T {
  return useMemo(make, inputs);
}
