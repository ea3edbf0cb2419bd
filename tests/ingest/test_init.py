import gzip
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from pipeline.config import Source
from pipeline.errors import SourceError
from pipeline.ingest import READERS, documents
from pipeline.records import RawDocument, Refusal

BODY = "The harbour board met on Monday.\n\nIt chose a new chair."
SEEDS = Path(__file__).parents[2] / "seeds"


def read(path, max_bytes=100_000):
    return list(documents(Source(location=str(path)), max_bytes=max_bytes))


def sha(data):
    return sha256(data).hexdigest()


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def test_a_folder_is_read_in_order_of_names_without_hidden_files_and_readmes(tmp_path):
    news = tmp_path / "news"
    for name in ("b.txt", "a/z.md", "README.md", ".hidden.txt", ".git/c.txt", "a/page.html"):
        write(news / name, "<html><p>x</p></html>" if name.endswith("html") else BODY)
    found = read(news)
    assert [each.record_id for each in found] == ["a/page.html", "a/z.md", "b.txt"]
    assert [each.media_type for each in found] == ["text/html", "text/plain", "text/plain"]
    assert {each.source for each in found} == {"news"}
    assert found[2].raw_sha256 == sha(BODY.encode())


def test_an_article_has_the_same_source_and_id_alone_in_its_folder_and_by_glob(tmp_path):
    file = write(tmp_path / "news" / "a.txt", BODY)
    ways = [read(file), read(file.parent), read(f"{file.parent}/*.txt")]
    assert [[(each.source, each.record_id) for each in way] for way in ways] == [
        [("news", "a.txt")]
    ] * 3


def test_a_file_of_records_is_a_source_of_its_own_name(tmp_path):
    file = write(
        tmp_path / "news" / "articles.jsonl.gz", gzip.compress(lines({"text": BODY}).encode())
    )
    assert [each.source for each in read(file)] == ["articles"]
    assert [each.source for each in read(file.parent)] == ["news"]


def test_relative_paths_stay_relative(tmp_path, monkeypatch):
    write(tmp_path / "news" / "a.txt", BODY)
    monkeypatch.chdir(tmp_path)
    assert [each.uri for each in read("./news")] == ["news/a.txt"]


@pytest.mark.parametrize("source", ["nowhere", "nowhere/*.txt", "https://example.com/feed", "."])
def test_a_source_that_holds_nothing_is_an_error(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=r"nowhere|https|\."):
        documents(Source(location=source), max_bytes=1000)


def test_a_folder_with_nothing_to_read_is_an_error(tmp_path):
    write(tmp_path / "picture.jpg", b"\xff\xd8\xff\xe0\x00")
    write(tmp_path / "README.md", "about")
    with pytest.raises(SourceError, match="none of its 1 files"):
        documents(Source(location=str(tmp_path)), max_bytes=1000)


def test_files_nobody_reads_are_refused_beside_others(tmp_path):
    write(tmp_path / "a.txt", BODY)
    picture = b"\xff\xd8\xff\xe0\x00picture"
    write(tmp_path / "b.jpg", picture)
    article, refusal = read(tmp_path)
    assert isinstance(article, RawDocument)
    assert (refusal.rule, refusal.detail) == ("unsupported-format", "no reader for .jpg")
    assert (refusal.record_id, refusal.raw_sha256) == ("b.jpg", sha(picture))


@pytest.mark.parametrize(
    ("name", "data", "rule", "detail"),
    [
        ("empty.txt", b"", "empty-article", "the file is empty"),
        ("blank.html", b" \n\t ", "empty-article", "the file is empty"),
        ("empty.jsonl", b"", "empty-article", "the file is empty"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "unreadable", "binary data: a PNG image"),
        (
            "noise.txt",
            bytes(range(256)) * 3,
            "unreadable",
            "binary data: no encoding makes it text",
        ),
        ("noise.jsonl", bytes(256), "unreadable", "binary data: no encoding makes it text"),
        (
            "long.txt",
            b"x" * 1001,
            "document-too-large",
            "larger than the 1000 bytes one document may have",
        ),
        (
            "bomb.txt.gz",
            gzip.compress(bytes(10**6)),
            "document-too-large",
            "larger than the 1000 bytes one document may have",
        ),
        ("cut.html.gz", gzip.compress(b"<p>" + b"words " * 50)[:-9], "unreadable", None),
        ("cut.txt.zst", zstandard.compress(b"a" * 900)[:-3], "empty-article", None),
        ("no.parquet", b"PAR1 and then nothing", "unreadable", None),
        ("no.csv", b"name;age\nx;1\n", "invalid-record", None),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[:12] else "",
)
def test_a_file_that_cannot_be_read_is_refused_and_the_rest_goes_on(
    tmp_path, name, data, rule, detail
):
    write(tmp_path / "news" / name, data)
    write(tmp_path / "news" / "zzz.txt", BODY)
    refusal, article = read(tmp_path / "news", max_bytes=1000)
    assert isinstance(refusal, Refusal)
    assert (refusal.stage, refusal.rule, refusal.record_id) == ("ingest", rule, name)
    assert detail is None or refusal.detail == detail
    assert refusal.raw_sha256 == sha(data)
    assert refusal.source == "news"
    assert len(refusal.excerpt) <= 200
    assert article.record_id == "zzz.txt"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le président a parlé à l'Élysée, où il était attendu.", "latin-1"),
        ("The café’s owner said “no” – and that was that.", "windows-1252"),
        ("El Niño returned to the coast on Friday, forecasters said.", "windows-1252"),
        ("Ein Satz mit Umlauten: größer, höher, weiter.", "utf-16"),
        ("Plain words in sixteen bits without a mark.", "utf-16-le"),
        ("Президент прибыл в столицу во вторник утром, сообщили власти.", "windows-1251"),
        ("Prezydent przyjechał wczoraj do Łodzi, żeby się spotkać z mieszkańcami.", "cp1250"),
        ("With a mark before it.", "utf-8-sig"),
    ],
)
def test_old_encodings_are_read(tmp_path, text, encoding):
    (found,) = read(write(tmp_path / "a.txt", text.encode(encoding)))
    assert found.content == text


def test_a_page_says_its_own_encoding(tmp_path):
    page = '<html><head><meta charset="iso-8859-7"></head><body>Αθήνα</body></html>'
    (found,) = read(write(tmp_path / "a.html", page.encode("iso-8859-7")))
    assert found.content == page


def test_a_page_named_txt_is_a_page(tmp_path):
    (found,) = read(write(tmp_path / "a.txt", "<!DOCTYPE html><html><p>x</p></html>"))
    assert found.media_type == "text/html"


def test_content_speaks_for_files_without_a_known_name(tmp_path):
    write(tmp_path / "a", BODY)
    write(tmp_path / "b.dat", lines({"id": "1", "text": BODY}))
    assert [each.record_id for each in read(tmp_path)] == ["a", "1"]


RECORDS = [
    {"id": "a", "text": BODY, "title": "Chair chosen", "authors": ["Ann Lee"], "extra": 1},
    {"id": "b", "html": "<p>x</p>", "url": "https://example.com/b", "published_at": "2020-01-02"},
]
EXPECTED = [
    ("a", "text/x-clean", BODY, {"title": "Chair chosen", "authors": ["Ann Lee"]}),
    (
        "b",
        "text/html",
        "<p>x</p>",
        {"url": "https://example.com/b", "published_at": "2020-01-02"},
    ),
]


def as_csv():
    return (
        'id;text;html;title;authors;url;published_at;extra\na;"'
        + BODY
        + ('";;Chair chosen;Ann Lee;;;1\nb;;<p>x</p>;;;https://example.com/b;2020-01-02;\n')
    )


def as_parquet(path):
    columns = {key: [record.get(key) for record in RECORDS] for key in EXPECTED_COLUMNS}
    pq.write_table(pa.table(columns), path)


EXPECTED_COLUMNS = ("id", "text", "html", "title", "authors", "url", "published_at", "extra")


@pytest.mark.parametrize(
    "name", ["x.jsonl", "x.ndjson", "x.jsonl.gz", "x.jsonl.zst", "x.csv", "x.csv.gz", "x.parquet"]
)
def test_every_format_gives_the_same_documents(tmp_path, name):
    path = tmp_path / name
    if name.endswith("parquet"):
        as_parquet(path)
    else:
        data = (as_csv() if ".csv" in name else lines(*RECORDS)).encode()
        pack = {"gz": gzip.compress, "zst": zstandard.compress}.get(name.rpartition(".")[2], bytes)
        write(path, pack(data))
    found = [
        (each.record_id, each.media_type, each.content, dict(each.given)) for each in read(path)
    ]
    assert found == EXPECTED


def test_a_record_is_hashed_alike_in_csv_and_parquet(tmp_path):
    as_parquet(tmp_path / "x.parquet")
    write(tmp_path / "x.csv", as_csv())
    csv, parquet = read(tmp_path / "x.csv"), read(tmp_path / "x.parquet")
    assert csv[1].raw_sha256 == parquet[1].raw_sha256


def test_parquet_dates_are_iso_8601(tmp_path):
    from datetime import UTC, date, datetime

    columns = {
        "text": [BODY],
        "published_at": pa.array(
            [datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)], pa.timestamp("ns", "UTC")
        ),
        "modified_at": pa.array([date(2020, 1, 3)]),
    }
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    (found,) = read(tmp_path / "x.parquet")
    assert found.given == {
        "published_at": "2020-01-02T03:04:05+00:00",
        "modified_at": "2020-01-03",
    }


@pytest.mark.parametrize(
    ("line", "rule", "detail"),
    [
        ('{"text": "a"', "invalid-json", "line 2: no JSON: Expecting ',' delimiter"),
        ("[1, 2]", "invalid-record", "line 2: expected a JSON object, got list"),
        ('{"title": "x"}', "invalid-record", "line 2: has neither text nor html"),
        ('{"text": 5}', "invalid-record", "line 2: text: expected a string, got a number"),
        (
            '{"text": "x", "title": []}',
            "invalid-record",
            "line 2: title: expected a string, got a list",
        ),
        ('{"text": "x", "authors": [1]}', "invalid-record", "line 2: authors: expected a list"),
        ('{"text": " "}', "empty-article", "line 2: text and html are blank"),
        ('{"text": "' + "y" * 1000 + '"}', "document-too-large", "line 2: larger than the 1000"),
        ("[" * 900, "invalid-json", "line 2: no JSON"),
    ],
    ids=["cut", "array", "no-text", "number", "list", "authors", "blank", "long", "deep"],
)
def test_a_broken_line_is_refused_and_the_next_is_read(tmp_path, line, rule, detail):
    first, last = lines({"id": "1", "text": BODY}), lines({"id": "3", "text": BODY})
    path = write(tmp_path / "x.jsonl", first + line + "\n\n" + last)
    before, refusal, after = read(path, max_bytes=1000)
    assert (before.record_id, after.record_id) == ("1", "3")
    assert refusal.rule == rule
    assert refusal.detail.startswith(detail)
    assert refusal.record_id == f"x.jsonl#{sha(line.encode())[:12]}"
    assert refusal.raw_sha256 == sha(line.encode())
    assert refusal.excerpt == line[:200]


def test_records_without_ids_keep_theirs_when_others_come_before(tmp_path):
    one, two = {"text": "One."}, {"text": "Two."}
    alone = read(write(tmp_path / "x.jsonl", lines(two)))
    after = read(write(tmp_path / "x.jsonl", lines(one, two)))
    assert alone[0].record_id == after[1].record_id
    assert alone[0].record_id.startswith("x.jsonl#")


def test_the_first_record_of_an_id_wins(tmp_path):
    records = [{"id": 7, "text": "One."}, {"id": "7", "text": "Two."}, {"id": "8", "text": "One."}]
    first, refusal, third = read(write(tmp_path / "x.jsonl", lines(*records)))
    assert (first.content, third.record_id) == ("One.", "8")
    assert refusal.rule == "repeated-record"
    assert refusal.detail == "an earlier record of x has the id 7"
    assert refusal.excerpt == "Two."


def test_halves_of_characters_are_left_out(tmp_path):
    (found,) = read(write(tmp_path / "x.jsonl", '{"id": "1", "text": "a\\ud83d b"}\n'))
    assert found.content == "a b"


def test_json_lines_in_sixteen_bits(tmp_path):
    path = write(tmp_path / "x.jsonl", lines(*RECORDS).encode("utf-16"))
    assert [each.record_id for each in read(path)] == ["a", "b"]


def test_what_came_before_a_broken_end_is_kept(tmp_path):
    packed = gzip.compress(
        lines(*({"id": str(n), "text": sha(str(n).encode())} for n in range(900))).encode()
    )
    *articles, refusal = read(write(tmp_path / "x.jsonl.gz", packed[:-2000]))
    assert len(articles) > 100
    assert (refusal.rule, refusal.record_id) == ("unreadable", "x.jsonl.gz")


def test_a_row_with_too_few_fields_is_refused(tmp_path):
    path = write(tmp_path / "x.csv", "id,text\n1,One.\n2\n3,Three.\n")
    first, refusal, third = read(path)
    assert (first.record_id, third.record_id) == ("1", "3")
    assert refusal.detail == "line 3: 1 fields where the first row has 2"


def test_a_field_longer_than_allowed_is_refused(tmp_path):
    path = write(tmp_path / "x.csv", "id,text\n1," + "y" * 300 + "\n2,Two.\n")
    refusal, second = read(path, max_bytes=200)
    assert (refusal.rule, second.record_id) == ("invalid-csv", "2")


def test_csv_in_an_old_encoding(tmp_path):
    path = write(
        tmp_path / "x.csv", "id,text\n1,Le président a parlé à l'Élysée.\n".encode("latin-1")
    )
    assert read(path)[0].content == "Le président a parlé à l'Élysée."


def test_a_configured_source_lends_its_name_and_its_defaults(tmp_path):
    write(tmp_path / "news" / "a.txt", BODY)
    write(tmp_path / "news" / "b.txt", b"")
    source = Source(name="gazette", location=str(tmp_path / "news"), licence="CC0")
    article, refusal = documents(source, max_bytes=1000)
    assert (article.source, refusal.source) == ("gazette", "gazette")
    assert article.defaults == {"licence": "CC0"}


def test_a_source_on_the_network_has_nothing_before_it_was_asked():
    source = Source(kind="feed", location="https://example.org/feed.xml")
    with pytest.raises(SourceError, match="nothing was fetched"):
        documents(source, max_bytes=1000)


def test_readers_are_named_by_lower_case_endings():
    assert all(ending == ending.lower() and ending.startswith(".") for ending in READERS)


def test_text_files_are_read_without_slow_imports():
    code = (
        "import sys; from pipeline.config import Source; from pipeline.ingest import documents;"
        "from pipeline.normalise import normalise;"
        f"d = next(documents(Source(location={str(SEEDS)!r}), max_bytes=10**6));"
        "normalise(d, pipeline_version='t', max_chars=10**6);"
        "print([m for m in ('pyarrow', 'lxml', 'trafilatura', 'htmldate', 'zstandard', 'pandas')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
