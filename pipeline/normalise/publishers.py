"""Who publishes a page, by its address."""

from urllib.parse import urlsplit

from pipeline.normalise.tables import load_mapping


def publisher_of(url: str) -> str | None:
    """Return the name of the publisher whose domain or host `url` is on, if the table has it."""
    labels = (urlsplit(url).hostname or "").split(".")
    names = load_mapping("publishers", "publishers")
    hosts = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((names[host] for host in hosts if host in names), None)
