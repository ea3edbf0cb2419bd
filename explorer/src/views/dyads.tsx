/** Who acts towards whom: a matrix, each cell a way to its events. */
import { matrixOf } from "../data/dyads";
import { useMade } from "../hooks";
import { link } from "../route";
import { count, counted, who } from "../text/format";
import { EventFilters, useEvents } from "./events";
import { EventList, Heading, ScanBar, type ViewProps } from "./parts";

const SIZE = 15;

export function Dyads({ release, query }: ViewProps) {
  const { scan, progress, shown } = useEvents(release, query);
  const matrix = useMade(() => matrixOf(shown, SIZE), [shown]);
  const { by, towards } = query;
  return (
    <>
      <Heading note="Events with an actor and a recipient; those in which all sides are actors are not here.">
        Who acts towards whom
      </Heading>
      <EventFilters release={release} query={query} view="dyads" />
      <ScanBar scan={scan} progress={progress} />
      <p>{counted(matrix.pairs, "pair")}; the {SIZE} most frequent of each side are shown.</p>
      <div class="wide" tabIndex={0} role="region" aria-label="Matrix of actors and recipients">
        <table class="matrix">
          <caption class="hidden">Number of events by actor (rows) and recipient (columns)</caption>
          <thead>
            <tr>
              <th scope="col">actor ↓ recipient →</th>
              {matrix.recipients.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.actors.map((actor) => (
              <tr key={actor}>
                <th scope="row">{actor}</th>
                {matrix.recipients.map((recipient) => {
                  const events = matrix.at(actor, recipient);
                  const share = events ? 0.15 + (0.45 * events) / matrix.most : 0;
                  return (
                    <td key={recipient} style={{ "--share": share.toFixed(2) }}>
                      {events > 0 && (
                        <a
                          href={link("dyads", { ...query, by: actor, towards: recipient })}
                          aria-label={`${actor} towards ${recipient}: ${counted(events, "event")}`}
                        >
                          {count(events)}
                        </a>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {by && towards && (
        <section>
          <h2>
            {by} → {towards}
          </h2>
          <EventList
            events={shown.filter((row) => who(row, "actor") === by && who(row, "recipient") === towards)}
          />
        </section>
      )}
    </>
  );
}
