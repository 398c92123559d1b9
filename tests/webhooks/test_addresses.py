"""Where webhooks may lead: to public addresses, however an internal one is dressed up."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import pytest
from django.conf import LazySettings
from hypothesis import given
from hypothesis import strategies as st

from memos.webhooks import addresses
from memos.webhooks.addresses import Refused

INTERNAL = [
    "0.0.0.0", "10.1.2.3",  # noqa: S104
    "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.0.9", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::808:808", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.215.14", "192.0.3.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1"]
MALFORMED = [
    "", "x", "//1.1.1.1/", "/hooks", "1.1.1.1", "https:1.1.1.1", "https://", "https:///hooks", "https://:443/",
    "ftp://1.1.1.1/", "file:///etc/passwd", "gopher://1.1.1.1/", "javascript:alert(1)", "unix:///run/x.sock",
    "https://me@1.1.1.1/", "https://me:pw@1.1.1.1/", "https://@1.1.1.1/", "https://1.1.1.1@127.0.0.1/",
    "https://1.1.1.1/#x", "https://1.1.1.1#@127.0.0.1/", "https://1.1.1.1:0/", "https://1.1.1.1:65536/",
    "https://1.1.1.1:x/", "https://1.1.1.1:-1/", "https://1.1.1.1 /", "https://1.1.1.1/a b", "https://1.1.1.1/\n",
    "https://1.1.1.1\t/", "https://1.1.1.1\\@127.0.0.1/", "https://exämple.com/", "https://１２７.0.0.1/",
    "https://127。0。0。1/", "https://ⓔxample.com/", "https://example.com/ü", "https://example.com/\r\nHost: x",
    "https://[::1/", "https://::1/", "https://[a.b]/", "https://a.b%25/",
    "https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/", "https://[v1.x]/",
    "https://[1.1.1.1]/", "https://a..b/", "https://.a/", "https://a./", "https://-/../", "https://a%2eb/",
    f"https://{'a' * 64}.com/", f"https://{'a.' * 130}com/", "https://1.1.1.1/" + "x" * 2000,
]  # fmt: skip
STRANGE = [
    "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "017700000001", "0177.0.0.1", "0177.1", "127.1", "127.0.1",
    "0", "0.0.0.0.0", "00000127.0.0.1", "1.1.1.01", "1.1.1.0x1", "1.1.1.256", "1.1.1", "3232235777", "a.0x7f", "a.1",
    "999", "0x",
]  # fmt: skip


def resolves(monkeypatch: pytest.MonkeyPatch, *found: str) -> list[str]:
    """Let every name lead there. Returns what is asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **options: Any) -> list[Any]:
        asked.append(host)
        if not found:
            raise socket.gaierror("no such name")
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.fixture(autouse=True)
def nothing_else_is_allowed(settings: LazySettings) -> None:
    settings.WEBHOOK_NETWORKS = []


def _url(address: str) -> str:
    return f"https://[{address}]/" if ":" in address else f"https://{address}/"


@pytest.mark.parametrize("address", INTERNAL)
def test_an_internal_address_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="public addresses"):
        addresses.check(_url(address))


@pytest.mark.parametrize("address", INTERNAL)
def test_a_name_that_leads_to_an_internal_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for found in ([address], ["1.1.1.1", address], [address, "2606:4700::1111"]):
        resolves(monkeypatch, *found)
        with pytest.raises(Refused) as refusal:
            addresses.check("https://hooks.example.com/")
        assert address not in str(refusal.value)  # it would map internal names


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_taken(address: str) -> None:
    addresses.check(_url(address))


def test_a_name_is_taken_where_all_that_it_leads_to_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, *PUBLIC, "1.1.1.1")
    found = addresses.resolve(addresses.parse("https://Hooks.Example.com:8443/a?b=c"))
    assert found == [ip_address(one) for one in PUBLIC]


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "localhost:443"])
def test_this_machine_by_its_name_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="public addresses"):
        addresses.check(f"https://{name}/")


def test_a_name_that_leads_nowhere_is_refused_in_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    for found in ([], ["10.0.0.1"]):
        resolves(monkeypatch, *found)
        with pytest.raises(Refused) as refusal:
            addresses.check("https://intranet.example.com/")
        told.append(str(refusal.value))
    assert told[0] == told[1]


@pytest.mark.parametrize("url", MALFORMED)
def test_what_is_no_plain_url_is_refused_without_asking_the_resolver(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    asked = resolves(monkeypatch, "1.1.1.1")
    with pytest.raises(Refused):
        addresses.check(url)
    assert asked == []


@pytest.mark.parametrize("host", STRANGE)
def test_a_number_that_is_no_usual_address_is_refused(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    asked = resolves(monkeypatch, "1.1.1.1")
    with pytest.raises(Refused):
        addresses.check(f"https://{host}/")
    assert asked == []


@pytest.mark.parametrize("name", ["example.com", "a", "a1", "1a.b2", "_x.example.com", "xn--exmple-cua.com", "a-b.c-d"])
def test_a_name_is_asked_for_as_it_is(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    asked = resolves(monkeypatch, "1.1.1.1")
    addresses.check(f"https://{name}/")
    assert asked == [name]


def test_plain_http_is_refused_even_to_a_public_address() -> None:
    with pytest.raises(Refused, match="Only https"):
        addresses.check("http://1.1.1.1/")


def test_an_allowed_network_may_be_reached_by_http_and_by_https(settings: LazySettings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
    for host in ("10.1.2.3", "[fd00::1]"):
        addresses.check(f"http://{host}/")
        addresses.check(f"https://{host}/")
    for url in ("https://11.1.2.3/", "https://1.1.1.1/"):
        addresses.check(url)
    for url in ("http://11.1.2.3/", "https://192.168.1.1/", "https://[::ffff:10.1.2.3]/", "https://[fc00::1]/"):
        with pytest.raises(Refused):
            addresses.check(url)


def test_http_to_a_name_needs_all_of_it_to_be_allowed(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("10.0.0.0/8")]
    resolves(monkeypatch, "10.0.0.1", "1.1.1.1")
    addresses.check("https://hooks.example.com/")
    with pytest.raises(Refused):
        addresses.check("http://hooks.example.com/")


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_inside_an_ipv6_address_is_public(address: IPv4Address) -> None:
    number = int(address)
    for prefix in (0, 0xFFFF << 32, 0xFFFF << 48, 0x64FF9B << 96, 0x64FF9B0001 << 80):
        assert not addresses.is_public(IPv6Address(prefix | number))
    assert not addresses.is_public(IPv6Address((0x2002 << 112) | (number << 80)))
    assert not addresses.is_public(IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF)))


@given(st.ip_addresses())
def test_what_python_takes_for_private_is_never_public(address: IPv4Address | IPv6Address) -> None:
    ordinary = not (address.is_private or address.is_multicast or address.is_reserved or address.is_loopback)
    assert ordinary or not addresses.is_public(address)


@given(st.text(max_size=40))
def test_whatever_the_url_it_is_taken_apart_or_refused(text: str) -> None:
    for url in (text, f"https://{text}/", f"https://1.1.1.1{text}"):
        try:
            target = addresses.parse(url)
        except Refused:
            continue
        assert target.scheme in ("https", "http")
        assert target.host
        assert target.path.startswith("/")
        assert "@" not in target.netloc
