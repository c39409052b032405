"""The tenant's meeting policies, held against the table: exports as the set-up's script writes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.doctor.findings import Finding, State
from bot.doctor.tenant import audit, removal
from bot.doctor.tenant_settings import PUPILS, SETTINGS, STAFF
from bot.school import School, read_school
from bot.store.checkup import Past
from deploy.tenant.steps import MEETING_SETTINGS, TENANT_SETTINGS
from tests.doctor.school import APP, CHANNEL, GROUPS, ROLES

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
EXPORTS = Path(__file__).parent / "exports"
NOT_JUDGED = {
    "ScreenSharingMode",  # the host shares what the host wants
    "AutoRecording",  # Schoolgate sets each lesson to record (from guard on)
    "NewMeetingRecordingExpirationDays",  # the school's retention, not the policy's
    "MeetingChatEnabledType",  # the policy leaves it to the school
    "ExternalBotAccessMode",  # Microsoft does not say whether the tenant's own bot counts as external
    "LimitPresenterRolePermissions",  # narrows what presenters may, and pupils are none
}
Json = dict[str, Any]


def school(folder: Path, tier: str = "remove") -> School:
    """A school of these groups."""
    roles = "\n".join(f'{role} = "{GROUPS[role]}"' for role in ROLES)
    path = folder / "school.toml"
    path.write_text(
        f'[school]\nname = "Hill Primary"\ntier = "{tier}"\n[groups]\n{roles}\n[channels]\nsafeguarding = "{CHANNEL}"\n'
        f'[[class]]\nname = "3B"\ngroup = "{GROUPS["3B"]}"\n'
    )
    return read_school(path)


def export(name: str) -> Json:
    """One of the samples, of the school's groups."""
    text = (EXPORTS / f"{name}.json").read_text(encoding="utf-8")
    return dict(json.loads(text.replace("STAFF-GROUP", GROUPS["staff"]).replace("PUPIL-GROUP", GROUPS["pupils"])))


def audited(folder: Path, said: Json | str, tier: str = "remove", now: datetime = NOW) -> dict[str, Finding]:
    """What is found, by check; a check that is made twice would be lost here."""
    path = folder / "meeting-policies.json"
    path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8-sig")
    found = audit(path, school(folder, tier), APP, now, Past())
    assert len({one.check for one in found}) == len(found)
    return {one.check: one for one in found}


def red(found: dict[str, Finding]) -> set[str]:
    return {check for check, one in found.items() if one.state is State.RED}


def test_a_tenant_that_is_set_up_well_is_all_green(tmp_path: Path):
    """Pupils by Global, staff by a policy of their own; only removal the export does not know."""
    found = audited(tmp_path, export("good"))

    assert {check for check, one in found.items() if one.state is not State.GOOD} == {"removal"}
    assert {clause for one in found.values() for clause in one.clauses} >= {
        *("C7", "C12", "C13", "C14", "C15", "C16", "C17", "C18", "C26", "C31")
    }


def test_the_traps_of_educations_defaults_are_named(tmp_path: Path):
    """Students are strict already; educators' lobby catches the bot, and anybody without an account may start."""
    found = audited(tmp_path, export("education"))

    assert red(found) == {
        "pupils: ExternalMeetingJoin",
        "staff: AllowParticipantGiveRequestControl",
        "staff: AllowAnonymousUsersToStartMeeting",
        "staff: AllowAnonymousUsersToJoinMeeting",
        "staff: AutoAdmittedUsers, for Schoolgate",
    }
    caught = found["staff: AutoAdmittedUsers, for Schoolgate"]
    assert "the lobby catches Schoolgate itself" in caught.saw
    assert caught.mend == (
        'Set-CsTeamsMeetingPolicy -Identity "Educators" -AutoAdmittedUsers EveryoneInCompanyExcludingGuests',
    )
    assert {"C16", "C24", "C35"} <= set(caught.touches("remove"))
    start = found["staff: AllowAnonymousUsersToStartMeeting"]
    assert "could start a lesson before the teacher is there" in start.saw
    assert start.mend == ('Set-CsTeamsMeetingPolicy -Identity "Educators" -AllowAnonymousUsersToStartMeeting $false',)
    assert "up to 24 hours" in start.wait


@pytest.mark.parametrize("tier", ["watch", "guard"])
def test_the_strict_lobby_is_no_trap_for_a_bot_that_joins_no_call(tmp_path: Path, tier: str):
    """Below Remove it is what the policy wants."""
    found = audited(tmp_path, export("education"), tier)

    assert "staff: AutoAdmittedUsers, for Schoolgate" not in found
    assert found["staff: AutoAdmittedUsers"].state is State.GOOD
    assert "removal" not in found


def test_one_policy_for_all_is_parted_before_it_is_changed(tmp_path: Path):
    """With Microsoft's own defaults nearly everything is open; staff must not lose what pupils lose."""
    found = audited(tmp_path, export("bad"))

    assert red(found) >= {
        f"pupils: {name}" for name in ("AllowMeetNow", "AllowCloudRecording", "ParticipantNameChange")
    }
    assert red(found) >= {f"staff: {name}" for name in ("AutoAdmittedUsers", "AllowPSTNUsersToBypassLobby")}
    pupils, staff = found["pupils: AllowCloudRecording"].mend, found["staff: AutoAdmittedUsers"].mend
    assert "New-CsTeamsMeetingPolicy -Identity SchoolStaff" in pupils[0]
    assert f'-PolicyName SchoolStaff -Group "{GROUPS["staff"]}"' in pupils[0]
    assert pupils[1] == 'Set-CsTeamsMeetingPolicy -Identity "Global" -AllowCloudRecording $false'
    assert (
        staff[1]
        == 'Set-CsTeamsMeetingPolicy -Identity "SchoolStaff" -AutoAdmittedUsers EveryoneInCompanyExcludingGuests'
    )


def test_every_line_of_the_table_can_be_red_and_green(tmp_path: Path):
    """Each setting alone, to a value that will not do, in an export that is good otherwise."""
    for wanted in SETTINGS:
        said = export("good")
        said["tenant"]["DisableAnonymousJoin"] = False
        said["policies"][1]["AllowAnonymousUsersToJoinMeeting"] = False
        assert red(audited(tmp_path, said)) == set()
        policy = said["policies"][0 if wanted.who == PUPILS else 1]
        policy[wanted.name] = not wanted.values[0] if isinstance(wanted.values[0], bool) else "Something"
        assert wanted.check in red(audited(tmp_path, said)), wanted.check


def test_a_setting_of_the_whole_tenant_does_the_same(tmp_path: Path):
    """Nobody without an account joins anything: the policy's own value is not asked."""
    said = export("education")
    said["tenant"]["DisableAnonymousJoin"] = True

    assert "staff: AllowAnonymousUsersToJoinMeeting" not in red(audited(tmp_path, said))


def test_a_class_with_a_policy_of_its_own_is_looked_at_too(tmp_path: Path):
    """And a policy that the export does not hold is not certain."""
    said = export("good")
    said["groupAssignments"].append({"GroupId": GROUPS["3B"], "PolicyName": "Elsewhere", "Rank": 2})
    found = audit_all(tmp_path, said)

    assert [one.state for one in found if one.check == "pupils: AllowMeetNow"] == [State.GOOD, State.UNPROVEN]


def audit_all(folder: Path, said: Json) -> list[Finding]:
    """Every finding, where a check may be made of several policies."""
    path = folder / "meeting-policies.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    return audit(path, school(folder), APP, NOW, Past())


def test_accounts_with_a_lax_policy_of_their_own_are_counted(tmp_path: Path):
    """The export says how many, not who; with a policy that would do for pupils nothing is said."""
    said = export("good")
    said["accountsWithTheirOwn"] = [{"Name": "Educators", "Count": 2}, {"Name": "Global", "Count": 5}]
    found = audited(tmp_path, said)

    assert found["accounts with the policy Educators"].state is State.UNPROVEN
    assert "2 have it of their own" in found["accounts with the policy Educators"].saw
    assert "accounts with the policy Global" not in found


@pytest.mark.parametrize(
    ("removers", "state"),
    [([], State.RED), ([APP.upper()], State.GOOD), ([GROUPS["3B"]], State.RED), (None, State.UNPROVEN)],
)
def test_removal_is_what_the_export_says(tmp_path: Path, removers: list[str] | None, state: State):
    """Only it can say so without removing anybody; an older export does not."""
    found = audited(tmp_path, export("good") | {"mayRemove": removers})["removal"]

    assert found.state is state
    assert ("AllowRemoveParticipantAppIds" in "".join(found.mend)) is (state is not State.GOOD)


@pytest.mark.parametrize(
    ("past", "state"),
    [
        (Past(removal="done"), State.GOOD),
        (Past(removal="refused", removal_words="403"), State.RED),
        (Past(), State.UNPROVEN),
    ],
)
def test_without_the_list_the_last_removal_tells(tmp_path: Path, past: Past, state: State):
    """What was seen to happen, or Microsoft's no in its own words."""
    (found,) = removal(None, past, school(tmp_path), APP)

    assert found.state is state
    assert past.removal_words in found.saw


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{", "is no JSON"),
        ('{"format": 2}', "not as set-up.ps1 writes it"),
        (export("good") | {"staffGroup": GROUPS["it"]}, "other groups than school.toml"),
    ],
)
def test_a_file_that_cannot_be_used_is_red(tmp_path: Path, said: Json | str, words: str):
    """With the step that writes it."""
    found = audited(tmp_path, said)["tenant policies"]

    assert found.state is State.RED
    assert words in found.saw
    assert "set-up.ps1 -Part teams" in found.mend[0]


def test_an_old_export_is_not_certain(tmp_path: Path):
    """What was changed since is not seen."""
    found = audited(tmp_path, export("good"), now=NOW + timedelta(days=120))

    assert found["tenant policies"].state is State.UNPROVEN


def test_without_an_export_nothing_is_claimed(tmp_path: Path):
    """Not red: IT may not have got so far."""
    found = audit(tmp_path / "nowhere.json", school(tmp_path), APP, NOW, Past())

    assert {(one.check, one.state) for one in found} == {
        ("tenant policies", State.UNPROVEN),
        ("removal", State.UNPROVEN),
    }


def test_what_is_exported_is_judged_or_left_out_for_a_reason():
    """The script writes down no more and no less than the table needs."""
    judged = {wanted.name for wanted in SETTINGS} | {wanted.unless[0] for wanted in SETTINGS if wanted.unless}

    assert judged | NOT_JUDGED == {*MEETING_SETTINGS, *TENANT_SETTINGS}
    assert judged.isdisjoint(NOT_JUDGED)
    assert {wanted.who for wanted in SETTINGS} == {PUPILS, STAFF}
