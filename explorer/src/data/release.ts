/** A release: which files it has, and what they hold. */
import { readJson } from "./ranges";
import { Table } from "./table";

export interface ReleaseFile {
  path: string;
  table: string | null;
  rows: number | null;
  bytes: number;
  sha256: string;
}

/** A column as `datapackage.json` describes it. */
export interface Field {
  name: string;
  type: string;
  arrow: string;
  title?: string;
  description: string;
  unit?: string;
  example?: unknown;
  constraints?: { required?: boolean; enum?: string[]; unique?: boolean };
}

export interface Resource {
  name: string;
  title: string;
  description: string;
  schema: {
    fields: Field[];
    primaryKey?: string | string[];
    foreignKeys?: { fields: string | string[]; reference: { resource: string } }[];
  };
}

export interface Package {
  title: string;
  description: string;
  licenses: { name: string; title: string; path: string }[];
  resources: Resource[];
}

interface Pointer {
  release: string;
  path: string;
}

interface Manifest {
  release: string;
  created_at: string;
  pipeline_version: string;
  versions: Record<string, string>;
  counts: Record<string, number>;
  files: Record<string, Omit<ReleaseFile, "path">>;
}

export interface Release {
  manifest: Manifest;
  description: Package;
  files: ReleaseFile[];
  tables: Map<string, Table>;
  /** Address of a file of the release, relative to the page. */
  address(path: string): string;
}

/** The release that `latest.json`, beside the page, points to. */
export async function openRelease(): Promise<Release> {
  const pointer = await readJson<Pointer>("latest.json");
  const address = (path: string) =>
    [pointer.path, ...path.split("/")].map(encodeURIComponent).join("/");
  const [manifest, description] = await Promise.all([
    readJson<Manifest>(address("manifest.json")),
    readJson<Package>(address("datapackage.json")),
  ]);
  const files = Object.entries(manifest.files).map(([path, facts]) => ({ path, ...facts }));
  return { manifest, description, files, tables: tablesOf(files, address), address };
}

function tablesOf(files: ReleaseFile[], address: (path: string) => string): Map<string, Table> {
  const parts = new Map<string, ReleaseFile[]>();
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (file.table === null || !file.path.endsWith(".parquet")) continue;
    parts.set(file.table, [...(parts.get(file.table) ?? []), file]);
  }
  return new Map(
    [...parts].map(([name, found]) => [
      name,
      new Table(
        name,
        found.map((file) => ({
          url: address(file.path),
          bytes: file.bytes,
          rows: file.rows ?? 0,
        })),
      ),
    ]),
  );
}

/** A table every release has. */
export function tableOf(release: Release, name: string): Table {
  const table = release.tables.get(name);
  if (!table) throw new Error(`The release has no table ${name}.`);
  return table;
}
