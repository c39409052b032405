"""Who presents: before the lesson by roles, in it by one option."""

from dataclasses import replace

from bot.events import Joined, OptionsSeen
from bot.policy import Audience, SetOptions, Tell
from policies import staff_only
from tests.builders import ADA, MR_OKAFOR, MS_PATEL, NOBODY, after, came, described, identified, joined, judge_by

judge = judge_by(staff_only.decide, staff_only.Settings())
ONLY_ORGANISER = SetOptions(changes={"presenters": "organizer"}, why="staff_only.presenters")
BY_ROLES = OptionsSeen(at=after(0), options={"presenters": "roles"})
FOR_ALL = OptionsSeen(at=after(0), options={"presenters": "everyone"})


def as_presenter(join: Joined) -> Joined:
    """The same, come with Teams' role of a presenter."""
    return replace(join, role="presenter")


def test_before_the_start_invited_colleagues_present_by_their_role():
    """The organiser needs none, and pupils get none."""
    lesson = described(invitees=(ADA, MS_PATEL, MR_OKAFOR)), identified(MR_OKAFOR, 0), identified(MS_PATEL, 0), FOR_ALL
    roles = SetOptions(changes={"presenters": "roles"}, why="staff_only.roles", roles=(MR_OKAFOR,))

    assert judge(*lesson, minute=0) == [roles]
    assert judge(described(invitees=(ADA, MS_PATEL)), identified(MS_PATEL, 0), FOR_ALL, minute=0) == [ONLY_ORGANISER]


def test_in_a_lesson_roles_stand_while_only_staff_have_them():
    """Teams changes no role in a running lesson."""
    staff = as_presenter(came(MR_OKAFOR)), identified(MR_OKAFOR, 0), *joined(ADA)
    lesson = described(invitees=(ADA, MR_OKAFOR)), *staff

    assert judge(*lesson, BY_ROLES, minute=1) == []
    assert judge(*lesson, FOR_ALL, minute=1) == [ONLY_ORGANISER]


def test_somebody_else_who_came_as_a_presenter_leaves_it_to_the_organiser_and_the_host_hears():
    """A pupil, or somebody without an account; not one of whom nobody knows yet who it is."""
    for person, told in ((ADA, (identified(ADA, 0),)), (NOBODY, ())):
        actions = judge(described(), *joined(MS_PATEL), as_presenter(came(person)), *told, BY_ROLES, minute=1)
        assert actions == [ONLY_ORGANISER, Tell(to=Audience.HOST, say="staff_only.presenter", about=person)]

    assert judge(described(), *joined(MS_PATEL), as_presenter(came(ADA)), BY_ROLES, minute=1) == []
