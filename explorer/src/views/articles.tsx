/** The articles, to choose one to read. */
import { tableOf } from "../data/release";
import { matchesWords } from "../data/filters";
import { useScan } from "../hooks";
import { link, replaceRoute } from "../route";
import { counted, day, words } from "../text/format";
import { Heading, Input, Portions, ScanBar, type ViewProps } from "./parts";

const COLUMNS = ["article_id", "title", "publisher", "published_at", "n_words"];

export function Articles({ release, query }: ViewProps) {
  const { scan, progress } = useScan(tableOf(release, "articles"), COLUMNS);
  const wanted = query["words"] ?? "";
  const shown = progress.rows.filter((row) => matchesWords(row, ["title", "publisher"], wanted));
  return (
    <>
      <Heading>Articles</Heading>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Input
          label="Words in title or publisher"
          value={wanted}
          onChange={(value) => replaceRoute("articles", { words: value })}
        />
      </form>
      <ScanBar scan={scan} progress={progress} />
      <Portions rows={shown} noun="article">
        {(portion) => (
          <ul class="list">
            {portion.map((row) => (
              <li key={String(row["article_id"])}>
                <a href={link("article", { id: words(row["article_id"]) })}>
                  {words(row["title"]) || words(row["article_id"])}
                </a>
                <span class="when">
                  {[
                    words(row["publisher"]),
                    day(row["published_at"]),
                    counted(Number(row["n_words"] ?? 0), "word"),
                  ]
                    .filter(Boolean)
                    .join(", ")}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Portions>
    </>
  );
}
