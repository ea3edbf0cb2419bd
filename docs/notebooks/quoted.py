"""Who is quoted, via whom?"""

import marimo

app = marimo.App(width="medium")


@app.cell
def opening():
    import os
    from pathlib import Path

    import marimo as mo
    import pandas as pd

    folder = Path(os.environ.get("ONRECORD_DATA", Path(__file__).parents[2] / "data"))
    quotes = pd.concat(map(pd.read_parquet, sorted(folder.glob("quotes*.parquet"))))
    articles = pd.concat(map(pd.read_parquet, sorted(folder.glob("articles*.parquet"))))
    return articles, mo, quotes


@app.cell
def heading(mo):
    mo.md("""
    # Who is quoted, via whom?

    The chain of a quote: the paper that prints it, the agency the paper took it from, the medium it
    names in between, and the one who said it.
    """)


@app.cell
def chains(articles, quotes):
    printed = articles[["article_id", "publisher", "agency"]]
    told = quotes.merge(printed, on="article_id").fillna(
        {"agency": "own report", "via_text": "directly", "publisher": "unknown"}
    )
    told["speaker"] = told.speaker_name.fillna(told.speaker_text).fillna("nobody named")
    chain = (
        told.groupby(["publisher", "agency", "via_text", "speaker"])
        .agg(quotes=("quote_id", "size"), direct=("kind", lambda kind: (kind == "direct").sum()))
        .sort_values("quotes", ascending=False)
        .reset_index()
    )
    chain
    return chain, told


@app.cell
def shares(mo, told):
    mo.md("## How much of each speaker comes through another medium")
    relayed = (
        told.assign(relayed=told.via_text != "directly")
        .groupby("speaker")
        .agg(quotes=("quote_id", "size"), relayed=("relayed", "mean"))
        .sort_values(["quotes", "relayed"], ascending=False)
    )
    relayed
    return (relayed,)


@app.cell
def unsaid(told):
    # What somebody did not say, or did not confirm, is in the table as well: `negated`.
    not_said = told[told.negated][["speaker", "cue_text", "text"]]
    not_said
    return (not_said,)


if __name__ == "__main__":
    app.run()
