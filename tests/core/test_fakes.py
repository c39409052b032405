"""The fakes keep the promises of the ports: the same methods with the same parameters, and the same laws."""

import inspect

import pytest

from bot import ports
from bot.ports import Arrival, Refused, Ruling
from tests import fakes
from tests.builders import ADA, BEN, LESSON, came, ended, left, started
from tests.fakes import at_once
from tests.school_day import SchoolDay

ELSEWHERE = {"Doors"}
"""What the edge calls has its fake with the edge's tests."""
PORTS = {
    name: port
    for name, port in vars(ports).items()
    if name not in ELSEWHERE
    and inspect.isclass(port)
    and getattr(port, "_is_protocol", False)
    and port.__module__ == "bot.ports"
}


def test_every_port_has_a_fake():
    """One each."""
    assert {f"Fake{name}" for name in PORTS} <= set(vars(fakes))


@pytest.mark.parametrize("name", PORTS)
def test_a_fake_has_its_ports_methods(name):
    """Same names, same parameters, same kind of call."""
    fake = getattr(fakes, f"Fake{name}")
    for method, promised in inspect.getmembers(PORTS[name], inspect.isfunction):
        if method.startswith("_"):
            continue
        kept = getattr(fake, method)
        assert list(inspect.signature(kept).parameters) == list(inspect.signature(promised).parameters), method
        assert inspect.iscoroutinefunction(kept) == inspect.iscoroutinefunction(promised), method


def test_sittings_are_kept_as_the_law_says():
    """A long pause makes another sitting; what comes late goes to the one it happened in."""
    day = SchoolDay()
    day.happens(started(), came(ADA), ended(30), started(60), came(BEN, 60))
    day.happens(left(ADA, 29))

    assert [day.sitting(number).most_present("pupil") for number in (1, 2)] == [1, 1]
    assert day.event_types(1)[-1] == "left"


def test_events_are_numbered_in_the_order_they_are_written():
    """The fold's number is the number of events."""
    day = SchoolDay()
    day.happens(came(ADA), came(BEN))

    assert day.sitting().number == len(day.register.events())


def test_a_sitting_that_is_not_there_is_refused():
    """As the store does."""
    day = SchoolDay()

    with pytest.raises(Refused):
        at_once(day.register.observe(Arrival(sitting=9), lambda before: Ruling()))


def test_an_arrival_without_an_address_is_a_mistake():
    """As the store says."""
    day = SchoolDay()

    with pytest.raises(ValueError, match="addressed"):
        at_once(day.register.observe(Arrival(events=(came(ADA),)), lambda before: Ruling()))
    at_once(day.register.observe(Arrival(events=(came(ADA),), meeting=LESSON), lambda before: Ruling()))
    assert at_once(day.register.sitting_at(LESSON)) == 1


def test_nothing_waits_outside_the_fakes():
    """`at_once` says so when something does."""
    import asyncio

    with pytest.raises(AssertionError, match="waited"):
        at_once(asyncio.sleep(0))
