"""Who is no host though they organised the meeting, and whom CLT can name before a lesson."""

import pytest

from bot.actions import Audience, Tell
from bot.events import Verb
from bot.ports import How, Route
from tests.builders import ADA, BEN, CLT, GUEST, MS_PATEL, PARENT, came, described, rule_of, school_with, started
from tests.school_day import SchoolDay


def asking(sitting, now, settings):
    """Ask the host about Ada's parent."""
    if sitting.since(PARENT):
        yield Tell(to=Audience.HOST, say="test_rule.x", about=PARENT, choices=(Verb.REMOVE,))


@pytest.mark.parametrize("organizer", [ADA, GUEST])
def test_an_organiser_who_is_not_staff_is_never_told_as_the_host(organizer):
    """Where no staff is present the safeguarding channel hears it, and the pupil who made the meeting nothing."""
    day = SchoolDay(school_with((rule_of(asking),)))
    day.happens(started(), described(organizer=organizer), came(ADA), came(BEN), came(PARENT, 1))
    day.work("carry")

    assert [way for way, _ in day.messenger.calls] == ["channel"]
    assert day.mail.letters == []


def test_a_teacher_who_organised_it_is_told_before_they_join():
    """Their record of the school's directory is enough."""
    day = SchoolDay(school_with((rule_of(asking),)))
    day.happens(started(), described(organizer=MS_PATEL), came(PARENT, 1))
    day.work("carry")

    assert [one.route for one, _ in day.messenger.shown.values()] == [Route.WHISPER]


def test_clt_approves_by_name_before_any_lesson():
    """In a 1:1 chat nobody of the school can be mentioned, so a whole name is enough."""
    day = SchoolDay()
    reply = day.says(CLT, "/approve Cy Reed 3", how=How.PERSONAL, meeting=None)

    assert (reply.notice.headline, reply.accepted) == ("approve.done", True)
