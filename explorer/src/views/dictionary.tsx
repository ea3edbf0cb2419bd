/** What every column means, from the release's own descriptor. */
import type { Field, Resource } from "../data/release";
import { link } from "../route";
import { Heading, type ViewProps } from "./parts";

export function Dictionary({ release, query }: ViewProps) {
  const { resources } = release.description;
  const name = query["name"] ?? "events";
  const resource = resources.find((one) => one.name === name);
  return (
    <>
      <Heading>Data dictionary</Heading>
      <nav aria-label="Tables">
        <ul class="choices across">
          {resources.map((one) => (
            <li key={one.name}>
              <a
                href={link("dictionary", { name: one.name })}
                aria-current={one.name === name ? "page" : undefined}
              >
                {one.title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {resource && <Described resource={resource} />}
    </>
  );
}

function Described({ resource }: { resource: Resource }) {
  const keys = [resource.schema.primaryKey ?? []].flat();
  return (
    <>
      <p>{resource.description}</p>
      <div class="wide" tabIndex={0} role="region" aria-label={`Columns of ${resource.name}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Type</th>
              <th scope="col">Meaning</th>
            </tr>
          </thead>
          <tbody>
            {resource.schema.fields.map((field) => (
              <tr key={field.name}>
                <th scope="row">
                  <code>{field.name}</code>
                </th>
                <td>{[field.arrow, ...notes(field, keys, resource)].join(", ")}</td>
                <td>
                  {field.description}
                  {field.unit && <> Unit: {field.unit}.</>}
                  {field.constraints?.enum && <> One of: {field.constraints.enum.join(", ")}.</>}
                  {field.example !== undefined && field.example !== null && (
                    <>
                      {" "}
                      Example: <code>{JSON.stringify(field.example)}</code>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function notes(field: Field, keys: string[], resource: Resource): string[] {
  const foreign = (resource.schema.foreignKeys ?? []).filter((key) =>
    [key.fields].flat().includes(field.name),
  );
  return [
    ...(keys.includes(field.name) ? ["key"] : []),
    ...foreign.map((key) => `a row of ${key.reference.resource || resource.name}`),
    ...(field.constraints?.required ? [] : ["may be null"]),
  ];
}
