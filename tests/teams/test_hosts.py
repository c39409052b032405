"""The allow-list of hosts, against everything that looks like them."""

from __future__ import annotations

import pytest

from bot.teams.hosts import Hosts


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/uk/",
        "https://smba.trafficmanager.net",
        "https://SMBA.trafficmanager.net:443/emea",
        "https://europe.botframework.com/",
        "https://api.eu.botframework.com/x",
    ],
)
def test_microsofts_own_hosts_are_allowed(url: str) -> None:
    """Those of the public cloud, by default."""
    assert Hosts().allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "smba.trafficmanager.net",
        "http://smba.trafficmanager.net/uk/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evil.example/smba.trafficmanager.net",
        "https://smba.trafficmanager.net@evil.example/",
        "https://user:word@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.trafficmanager.net:99999/",
        "https://smba.trafficmanager.net:/",
        "https://smba.trafficmanager.net./",
        "https://smba.trafficmanager.net\\@evil.example/",
        "https://smba.trafficmanager.net#@evil.example/",
        "https://smba.trafficmanager.net?@evil.example/",
        "https://smba.trafficmanager.net /",
        "https://smba.trafficmanager.net/\r\nHost: evil",
        "https://ѕmba.trafficmanager.net/",
        "http://europe.botframework.com/",
        "https://europe.botframework.com:8443/",
        "https://botframework.com/",
        "https://.botframework.com/",
        "https://evilbotframework.com/",
        "https://*.botframework.com/",
        "https://botframework.com.evil.example/",
        "https://169.254.169.254/",
        "ftp://smba.trafficmanager.net/",
        "//smba.trafficmanager.net/",
        "https://[::1]/",
        "https:///x",
        "https://smba.trafficmanager.net/" + "x" * 3000,
    ],
)
def test_nothing_else_is(url: str) -> None:
    """No look-alike, no other port, no user name, no plain http."""
    assert not Hosts().allows(url)


def test_listed_origins_replace_them() -> None:
    """http only where it is listed so, and only at its port."""
    hosts = Hosts(("http://127.0.0.1:9000", "https://teams.example"))

    assert hosts.allows("http://127.0.0.1:9000/teams/")
    assert hosts.allows("https://teams.example/x")
    assert not hosts.allows("http://127.0.0.1:9001/")
    assert not hosts.allows("http://teams.example/")
    assert not hosts.allows("https://smba.trafficmanager.net/")


def test_a_mistaken_origin_stops_the_start() -> None:
    """It is not left out silently."""
    with pytest.raises(ValueError, match="not an origin"):
        Hosts(("teams.example",))
