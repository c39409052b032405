"""The manifest's menus, permissions and words, against the tables they come from."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.commands import COMMANDS, Command
from bot.tiers import ABILITIES, TIERS, abilities, permissions
from manifest.contents import ACCENT, Deployment, manifest
from manifest.icons import GROUND
from tests.manifest.packages import APP_ID, HOST, build, manifest_in

RSC_LIST = Path(__file__).parents[3] / "shared" / "referees" / "rsc-permissions.json"
ASKED = {
    "OnlineMeeting.ReadBasic.Chat",
    "OnlineMeetingParticipant.Read.Chat",
    "ChannelMeeting.ReadBasic.Group",
    "ChatSettings.Read.Chat",
    "ChatMember.Read.Chat",
}


@pytest.fixture(params=TIERS)
def tier(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def made(tmp_path: Path, tier: str) -> dict[str, Any]:
    return manifest_in(build(tmp_path / "a.zip", tier=tier))


def test_every_menu_is_the_command_table(made: dict[str, Any], tier: str):
    """Each place offers the tier's commands, in the table's order, with the table's words, and no more than Teams takes."""
    ours = [command for command in COMMANDS if tier in command.tiers and command.listed]

    assert len(ours) <= 12

    for menu in made["bots"][0]["commandLists"]:
        assert [entry["title"] for entry in menu["commands"]] == [command.name for command in ours]
        for entry, command in zip(menu["commands"], ours, strict=True):
            assert entry["description"].startswith(command.summary)
            assert entry["description"].endswith(f"{command.name} {command.usage}" if command.usage else "")


def test_a_command_of_another_tier_is_left_out():
    """A menu never offers what this tier cannot do."""
    deployment = Deployment(app_id=APP_ID, host=HOST, version="0.1.0", about=f"https://{HOST}/about", tier="watch")
    table = [
        Command(name="help", usage="", summary="Help"),
        Command(name="remove", usage="@pupil", summary="Remove", tiers=frozenset({"remove"})),
    ]
    made: dict[str, Any] = manifest(deployment, table)

    assert [[entry["title"] for entry in menu["commands"]] for menu in made["bots"][0]["commandLists"]] == [
        ["help"]
    ] * 3
    assert "remove" not in made["description"]["full"].partition("Commands: ")[2].partition(".")[0]


def test_slash_is_offered_wherever_teams_has_private_messages(made: dict[str, Any]):
    """Slash and mention in teams and meeting chats, mention alone in one-to-one; every scope has its menu."""
    bot = made["bots"][0]

    assert {menu["scopes"][0]: menu["triggers"] for menu in bot["commandLists"]} == {
        "team": ["mention", "slash"],
        "groupChat": ["mention", "slash"],
        "personal": ["mention"],
    }
    assert [menu["scopes"] for menu in bot["commandLists"]] == [[scope] for scope in bot["scopes"]]


def test_menus_stay_within_what_teams_takes(made: dict[str, Any]):
    """Three menus, twelve commands, and titles and descriptions that fit."""
    menus = made["bots"][0]["commandLists"]

    assert len(menus) <= 3
    assert all(1 <= len(menu["commands"]) <= 12 for menu in menus)
    for entry in (entry for menu in menus for entry in menu["commands"]):
        assert 1 <= len(entry["title"]) <= 128
        assert entry["title"].islower()
        assert len(entry["description"]) <= 4000
        assert "\n" not in entry["description"]


def test_the_bot_talks_privately_and_calls_only_to_remove(made: dict[str, Any], tier: str):
    """Targeted messages are on; calling only where Schoolgate joins calls; video and files never."""
    bot = made["bots"][0]

    assert bot["supportsTargetedMessages"] is True
    assert bot["supportsCalling"] is (tier == "remove")
    assert not any(bot[f"supports{ability}"] for ability in ("Video", "Files"))
    assert bot["isNotificationOnly"] is False
    assert set(bot["scopes"]) == {"team", "groupChat", "personal"}


def test_it_asks_for_these_permissions_and_no_others(made: dict[str, Any], tier: str):
    """A permission more than needed, or one less, stops here. Higher tiers take theirs in Entra."""
    asked = made["authorization"]["permissions"]["resourceSpecific"]

    assert {entry["name"] for entry in asked} == ASKED
    assert asked == [{"name": one.name, "type": "Application"} for one in permissions(tier, "meeting")]
    assert len(asked) <= 16


@pytest.mark.skipif(not RSC_LIST.exists(), reason="the list of names is not in this repository")
def test_teams_knows_every_permission():
    """The manifest's schema takes any name, so the names are held against Microsoft's list."""
    known = json.loads(RSC_LIST.read_text())

    assert [one.name for one in permissions("remove", "meeting") if "Application" not in known.get(one.name, [])] == []


def test_it_names_the_schema_that_knows_slash_commands(made: dict[str, Any]):
    """1.29 is the first that takes private messages and triggers."""
    assert made["manifestVersion"] == "1.29"
    assert made["$schema"].endswith("/teams/v1.29/MicrosoftTeams.schema.json")


def test_it_is_added_to_meetings_first(made: dict[str, Any]):
    """The Add button offers a meeting, and the bot is what comes with it."""
    assert made["defaultInstallScope"] == "meetings"
    assert made["defaultGroupCapability"] == {"meetings": "bot", "groupchat": "bot", "team": "bot"}


def test_words_fit_and_are_ours(made: dict[str, Any], tier: str):
    """Names and descriptions fit their places, every command is named, and no blank was left open."""
    full = made["description"]["full"]

    assert len(made["name"]["short"]) <= 30
    assert len(made["description"]["short"]) <= 80
    assert len(full) <= 4000
    assert "{" not in full
    assert ", ".join(command.name for command in COMMANDS if tier in command.tiers) in full
    assert made["validDomains"][0] in full
    assert made["description"]["short"].rstrip(".") not in full


def test_the_apps_page_is_true_of_its_tier(made: dict[str, Any], tier: str):
    """It says what the tier does, what it does not, and what an administrator must do for it."""
    full = made["description"]["full"]

    assert [one.does in full for one in ABILITIES] == [one in abilities(tier) for one in ABILITIES]
    assert ("does not join the call" in full) is (tier != "remove")
    assert ("removes nobody" in full) is (tier != "remove")
    assert ("mutes nobody" in full) is (tier == "watch")
    assert ("New-CsApplicationAccessPolicy" in full) is (tier != "watch")
    assert ("Set-CsApplicationMeetingConfiguration" in full) is (tier == "remove")
    assert all(one.name in full for one in permissions(tier, "entra"))


def test_links_are_encrypted(made: dict[str, Any]):
    """The schema would take http; Teams does not."""
    links = {key: link for key, link in made["developer"].items() if key != "name"}

    assert set(links) == {"websiteUrl", "privacyUrl", "termsOfUseUrl"}
    assert all(link.startswith("https://") for link in links.values())


def test_the_accent_is_the_icons_ground(made: dict[str, Any]):
    """Two places name the colour; they name the same one."""
    assert made["accentColor"] == ACCENT == GROUND
