"""No document makes a run reach an address it may not reach."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from publisher import LOOPBACK, Reply, publishing

from pipeline.config import FetchSettings
from pipeline.errors import FetchError
from pipeline.ingest.fetch import Fetcher, origin
from pipeline.ingest.network import is_reachable
from pipeline.ingest.robots import Rules

NOW = datetime(2024, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "198.18.0.1",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
        "64:ff9b::a9fe:a9fe",
        "2001:db8::1",
    ],
)
def test_addresses_that_are_not_public_are_not_reached(address):
    assert not is_reachable(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public_addresses_are_reached(address):
    assert is_reachable(ip_address(address))


def test_what_is_allowed_is_just_the_networks_named():
    allowed = [ip_network("10.1.0.0/16"), ip_network("fd00::/64")]
    assert is_reachable(ip_address("10.1.2.3"), allowed)
    assert is_reachable(ip_address("::ffff:10.1.2.3"), allowed)
    assert is_reachable(ip_address("fd00::1"), allowed)
    assert not is_reachable(ip_address("10.2.0.1"), allowed)
    assert not is_reachable(ip_address("127.0.0.1"), allowed)


@pytest.fixture
def site():
    with publishing() as found:
        found["/a"] = Reply("secret")
        yield found


def asking(*urls, networks=()):
    rules = {origin(url): Rules("", NOW) for url in urls}
    settings = FetchSettings(delay_seconds=0, retries=0, private_networks=networks)
    return Fetcher(settings, max_bytes=9999, robots=rules, now=lambda: NOW)


def refused(fetcher, url):
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url)
    fetcher.close()
    return caught.value.code, caught.value.detail


def named(monkeypatch, *answers):
    """Let every name mean these addresses, one a question, the last for good."""
    left = list(answers)
    questions = []

    def resolve(host, port, *_, **__):
        address = host
        if not host[0].isdigit():
            questions.append(host)
            address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return questions


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001"])
def test_loopback_is_refused_however_it_is_written(site, host):
    url = f"http://{host}:{site.port}/a"
    code, detail = refused(asking(url), url)
    assert code == "address-forbidden"
    assert detail == f"{host} is 127.0.0.1, which is not a public address" or "::1" in detail
    assert site.asked == []


def test_a_name_that_means_loopback_is_refused(site, monkeypatch):
    named(monkeypatch, "127.0.0.1")
    url = f"http://gazette.example:{site.port}/a"
    told = "gazette.example is 127.0.0.1, which is not a public address"
    assert refused(asking(url), url) == ("address-forbidden", told)
    assert site.asked == []


def test_the_rules_of_a_forbidden_host_are_not_asked_for_either(site):
    assert refused(asking(), site.url("/a"))[0] == "address-forbidden"
    assert site.asked == []


def test_a_name_is_asked_once_for_what_is_checked_and_connected_to(site, monkeypatch):
    """DNS rebinding: the second question would have answered with another address."""
    questions = named(monkeypatch, "127.0.0.1", "127.0.0.2")
    url = f"http://gazette.example:{site.port}/a"
    fetcher = asking(url, networks=["127.0.0.1/32"])
    assert fetcher.fetch(url).body == b"secret"
    assert questions == ["gazette.example"]
    fetcher.close()
    named(monkeypatch, "127.0.0.2")
    assert refused(asking(url, networks=["127.0.0.1/32"]), url)[0] == "address-forbidden"


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://[::1]/",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(site, target):
    site["/away"] = Reply("", 302, Location=target)
    url = site.url("/away")
    code, detail = refused(asking(url, target, networks=[LOOPBACK]), url)
    assert code == "address-forbidden"
    assert detail.endswith("which is not a public address")


def test_one_forbidden_address_among_others_forbids_the_name(monkeypatch):
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))
        for address in ("93.184.215.14", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    url = "http://gazette.example/a"
    told = "gazette.example is 10.0.0.1, which is not a public address"
    assert refused(asking(url), url) == ("address-forbidden", told)


def certificate(folder, name):
    """Write a certificate of one's own for `name`, and its key, as one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName(name)])
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 1)
    made = made.not_valid_before(datetime.now(UTC) - timedelta(days=1))
    made = made.not_valid_after(datetime.now(UTC) + timedelta(days=1))
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + signed.public_bytes(Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    ("host", "code"), [("gazette.example", None), ("other.example", "unreachable")]
)
def test_certificates_are_checked_against_the_name_asked_for(tmp_path, monkeypatch, host, code):
    path = certificate(tmp_path, "gazette.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    named(monkeypatch, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with publishing(context) as site:
        site["/a"] = Reply("secret")
        url = f"https://{host}:{site.port}/a"
        fetcher = asking(url, networks=[LOOPBACK])
        if code:
            assert refused(fetcher, url)[0] == code
        else:
            assert fetcher.fetch(url).body == b"secret"
            fetcher.close()


def test_proxies_of_the_environment_are_not_used(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    fetcher = asking(site.url(), networks=[LOOPBACK])
    assert fetcher.fetch(site.url("/a")).body == b"secret"
    fetcher.close()
