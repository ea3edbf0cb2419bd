"""A gate without great-expectations, and nobody watching: for tests of what lies around them.

great-expectations takes ten CPU seconds to import; `validate/` tests it for itself.
"""

import ctypes
import os
import re
import time

from pipeline import build as building
from pipeline import work
from pipeline.records import Analysis, Article
from pipeline.validate.gate import Findings


class QuickGate:
    """The second gate with the rules between columns and tables only."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def begin(self, tables, *, data_docs=None):
        pass

    def findings(self, folder, *, unchanged, withheld):
        return Findings((), tuple(building.check_references(folder, withheld=withheld)))


def read_shard(shard, settings, **_):
    """Work on a shard without models: articles are read, and nothing is found in them."""
    time.sleep(0.2)
    with_models, work._analysed = work._analysed, _nothing_found
    try:
        return work.process_shard(shard, settings)
    finally:
        work._analysed = with_models


DEADLY = "Deadly"
"""The word of a text that ends the process of `read_shard_or_die`."""


def read_shard_or_die(shard, settings, **_):
    """`read_shard`, but a text with the word `DEADLY` ends the process, as lack of memory would."""
    texts = (item.text if isinstance(item, Article) else item.content for _, item in shard)
    if any(DEADLY in text for text in texts):
        os._exit(1)
    return read_shard(shard, settings)


HANGING = "a" * 40
"""The word of a text that never ends in `read_shard_or_hang`."""


def read_shard_or_hang(shard, settings):
    """`read_shard`, but `HANGING` keeps a regular expression busy for ages."""
    for _, item in shard:
        re.search("(a+)+$", item.text if isinstance(item, Article) else item.content)
    return read_shard(shard, settings)


WAITING = "Waiting"
"""The word of a text that `read_shard_or_wait` waits for, in vain."""


def read_shard_or_wait(shard, settings):
    """`read_shard`, but a text with the word `WAITING` waits in C code that lets nobody in."""
    texts = (item.text if isinstance(item, Article) else item.content for _, item in shard)
    if any(WAITING in text for text in texts):
        ctypes.PyDLL(None).sleep(600)
    return read_shard(shard, settings)


def read_shards(shards, settings):
    """`read_shard` one after the other, in this process."""
    return (read_shard(shard, settings) for shard in shards)


def _nothing_found(articles, *_):
    return [(work.analysis_key(article), Analysis([], [], [], [], [], [])) for article in articles]


class Watcher:
    """Remembers how many documents each stage was told to expect."""

    def __init__(self):
        self.totals = {}

    def start(self, stage, total=None):
        self.totals[stage] = self.totals.get(stage, 0) + (total or 0)

    def advance(self, documents=1):
        pass


def quick_gate(monkeypatch) -> None:
    monkeypatch.setattr(building, "start_gate", QuickGate)
