"""What the command prints, how it ends, and how findings become verdicts."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.doctor import entrance
from bot.doctor.findings import ALL, Finding, State, clause_verdicts, tier_verdicts
from bot.doctor.printing import as_text
from bot.tiers import ABILITIES, ACCESS_POLICY, MAIL, MEETINGS, TIERS, USERS, abilities, in_order, permissions
from tests.doctor.school import GROUPS, Surgery

ROOT = Path(__file__).parents[2]


def finding(state: State, **more: object) -> Finding:
    """Something that was looked at."""
    return Finding(**({"check": "x", "state": state, "saw": "seen"} | more))  # type: ignore[arg-type] -- a test's shorthand


def test_a_tier_is_broken_by_what_it_adds_and_not_by_the_next():
    """Without the calls a school still has Watch and Guard."""
    broken = finding(State.RED, serves=("remove", "mute"))
    watch, guard, remove = tier_verdicts([broken], "remove")

    assert (watch.state, guard.state, remove.state) == (State.GOOD, State.GOOD, State.RED)
    assert remove.broken == ("mute", "remove")
    assert [one.state for one in tier_verdicts([broken], "watch")] == [State.GOOD, None, None]


def test_a_clause_is_as_good_as_the_worst_it_leans_on():
    """What only a higher tier helps is people's; what no check touched is served."""
    found = [finding(State.RED, check="a", serves=("tell",)), finding(State.UNPROVEN, check="b", clauses=("C33", "C7"))]
    verdicts = {one.clause: one for one in clause_verdicts(found, "watch")}

    assert (verdicts["C33"].state, verdicts["C33"].because) == (State.RED, ("a", "b"))
    assert (verdicts["C7"].state, verdicts["C7"].because) == (State.UNPROVEN, ("b",))
    assert verdicts["C19"].state is None
    assert verdicts["C55"].state is State.GOOD
    assert list(verdicts) == sorted(verdicts, key=lambda clause: int(clause[1:]))


@pytest.mark.parametrize("tier", TIERS)
def test_everything_broken_protects_nothing(tier: str):
    """A check that serves all leaves no clause of the tier green."""
    red = finding(State.RED, serves=ALL)

    assert {clause for one in abilities(tier) for clause in one.clauses} == set(red.touches(tier))
    assert {one.state for one in clause_verdicts([red], tier)} <= {State.RED, None}
    assert "✗ watch" in as_text([red], tier)


async def test_the_table_says_what_to_mend_and_how_it_ends(surgery: Surgery):
    """Cmdlets stand whole on lines of their own; the sum stands last; colours only on a terminal."""
    await surgery.switch(access_policy="missing")
    surgery.write_export(mayRemove=[])
    code, text = await surgery.run()

    lines = [line.strip() for line in text.splitlines()]
    assert code == 1
    assert f'Grant-CsApplicationAccessPolicy -PolicyName Schoolgate -Group "{GROUPS["staff"]}" -Rank 1' in lines
    assert "Until it counts: up to 30 minutes." in lines
    rests = in_order(clause for one in ABILITIES if one.cmdlets is ACCESS_POLICY for clause in one.clauses)
    assert f"Unprotected meanwhile: {' '.join(rests)}" in lines
    assert "✗ guard    does not do all it should:" in lines
    assert "✗ Keeps pupils muted on entry and from unmuting themselves." in lines
    assert lines[-1].startswith("2 to mend, 1 not certain, ")
    assert "\x1b" not in text
    assert "3B Maths" not in text
    assert "Ada" not in text


async def test_watch_needs_less(surgery: Surgery):
    """No options, no calls, and nothing of them is asked for."""
    surgery.write_school("watch")
    await surgery.put(
        grants=[one.name for one in permissions("watch", "entra")],
        rsc=[one.name for one in permissions("watch", "meeting")],
        policy=False,
    )
    report = await surgery.examine()

    assert (report.red, report.unproven, report.code) == (set(), set(), 0)
    assert (report.tier("watch")["state"], report.tier("guard")["state"]) == ("good", None)
    assert report.clause("C19") is None
    assert not [one for one in await surgery.seen() if "onlineMeetings" in (one["text"] or "")]


async def test_without_a_lesson_nothing_is_claimed_of_lessons(surgery: Surgery):
    """The access policy can only be seen at a lesson; that pupils and a staff meeting are not one is told apart."""
    meeting = surgery.body["meetings"][0]
    await surgery.put(meetings=[meeting | {"attendees": surgery.body["groups"][0]["members"], "installed": False}])
    report = await surgery.examine()

    assert report.red == set()
    assert {"access policy", "in the lessons"} <= report.unproven
    assert report.clause("C20") == "unproven"


@pytest.mark.parametrize("missing", ["GroupMember.Read.All", "Calendars.ReadBasic.All"])
async def test_what_could_not_be_looked_at_is_never_called_served(surgery: Surgery, missing: str):
    """Without staff or calendars no lesson is found, so nothing is known of the access policy."""
    await surgery.put(grants=[name for name in surgery.body["grants"] if name != missing], policy=False)
    report = await surgery.examine()

    assert report.red == {f"permission {missing}"}
    assert {"access policy", "in the lessons"} <= report.unproven
    assert report.clause("C20") == "unproven"


async def test_a_short_link_tells_no_chat_but_its_options_do(surgery: Surgery):
    """The lesson is looked at all the same."""
    await surgery.put(meetings=[surgery.body["meetings"][0] | {"link": "short"}])
    report = await surgery.examine()

    assert report.finding("in the lessons")["state"] == "good"


async def test_lessons_that_schoolgate_will_put_itself_into_are_no_fault_yet(surgery: Surgery):
    """Those after tomorrow; in the watch tier Teams' own policy must have put it into all."""
    starts = datetime.now(UTC) + timedelta(days=3)
    times = {"start": starts.isoformat(), "end": (starts + timedelta(minutes=45)).isoformat()}
    await surgery.put(meetings=[surgery.body["meetings"][0] | times | {"installed": False}])
    remove = (await surgery.examine()).finding("in the lessons")
    surgery.write_school("watch")
    watch = (await surgery.examine()).finding("in the lessons")

    assert (remove["state"], watch["state"]) == ("unproven", "red")
    assert "into 1 later ones it puts itself" in remove["saw"]


async def test_open_presenting_is_no_fault_where_schoolgate_sets_it(surgery: Surgery):
    """Unless the school has the rule only tell."""
    options = {"allowedPresenters": "everyone", "lobbyBypassSettings": {"scope": "organization"}}
    await surgery.put(meetings=[surgery.body["meetings"][0] | {"options": options}])
    acts = (await surgery.examine()).finding("lessons: who presents")
    with (surgery.folder / "school.toml").open("a") as file:
        file.write('[staff_only]\nmode = "tell"\n')
    tells = (await surgery.examine()).finding("lessons: who presents")

    assert (acts["state"], tells["state"]) == ("good", "red")
    assert "Schoolgate sets this before a lesson begins" in acts["saw"]
    assert "Who can present" in tells["mend"][0]


async def test_wrong_settings_are_said_and_end_with_2(surgery: Surgery):
    """Each with its place, for people and for machines; nothing is asked of Microsoft."""
    surgery.write_school("wacht")
    surgery.environment["BOT_APP_ID"] = "none"
    before = len(await surgery.seen())
    (code, text), (again, said) = await surgery.run(), await surgery.run("--json")
    surgery.environment["BOT_APP_ID"] = surgery.body["app_id"]
    _, school = await surgery.run()

    assert (code, again) == (2, 2)
    assert "BOT_APP_ID" in text
    assert "BOT_APP_ID" in json.loads(said)["settings"][0]
    assert "school.toml:3: school.tier" in school
    assert len(await surgery.seen()) == before


async def test_the_command_itself(surgery: Surgery):
    """A process of its own, as IT starts it; what the libraries log is not between its lines."""
    await surgery.put(secret="another")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor", "--json"),
        cwd=surgery.folder,
        env={**surgery.environment, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    said = json.loads(out)

    assert (process.returncode, err) == (1, b"")
    assert (said["tier"], said["state"]) == ("remove", "red")


def test_a_permission_that_was_tried_is_believed_more_than_the_token():
    """A refusal outweighs the token, a success the token's silence; with neither, nothing is claimed."""
    tried = finding(State.GOOD, check="permission User.Read.All", saw="tried")
    refused = entrance.not_granted(USERS)

    assert entrance.granted(USERS, frozenset({USERS.name}), refused).state is State.RED
    assert entrance.granted(USERS, frozenset(), tried).state is State.GOOD
    assert entrance.granted(MAIL, frozenset(), None).state is State.RED
    assert entrance.granted(MAIL, frozenset({MAIL.name}), None).state is State.GOOD
    assert entrance.granted(MAIL, None, None).state is State.UNPROVEN


async def test_reading_options_is_not_setting_them(surgery: Surgery):
    """With the permission to read alone the try succeeds, and only the token shows that nothing can be set."""
    others = [name for name in surgery.body["grants"] if name != MEETINGS.name]
    await surgery.put(grants=[*others, "OnlineMeetings.Read.All"])
    report = await surgery.examine()

    assert report.red == {f"permission {MEETINGS.name}"}
    assert report.clause("C20") == "red"
