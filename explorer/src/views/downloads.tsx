/** The files themselves, with what tells whether a copy is whole. */
import { bytes, count } from "../text/format";
import { Heading, type ViewProps } from "./parts";

export function Downloads({ release }: ViewProps) {
  return (
    <>
      <Heading note="Parquet opens in DuckDB, pandas and polars.">Downloads</Heading>
      <p>
        <a href={release.address("SHA256SUMS")}>SHA256SUMS</a> has all checksums for{" "}
        <code>sha256sum -c</code>; <a href={release.address("views.sql")}>views.sql</a> makes the
        tables into views of DuckDB; <a href={release.address("README.md")}>README.md</a> is the
        dataset card, with what the data are not fit for.
      </p>
      <div class="wide" tabIndex={0} role="region" aria-label="Files">
        <table>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Rows</th>
              <th scope="col">Size</th>
              <th scope="col">SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {release.files.map((file) => (
              <tr key={file.path}>
                <th scope="row">
                  <a href={release.address(file.path)} download>
                    {file.path}
                  </a>
                </th>
                <td class="number">{file.rows === null ? "" : count(file.rows)}</td>
                <td class="number">{bytes(file.bytes)}</td>
                <td>
                  <code class="hash">{file.sha256}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
