"""school.toml: read whole, or refused with file, line and key."""

import re
from datetime import timedelta

import pytest

from bot.actions import Mode, Role
from bot.policy import find_rules, rule_modules
from bot.school import WrongSchoolFile, read_school
from tests.builders import SCHOOL_FILE

GOOD = SCHOOL_FILE.read_text(encoding="utf-8")
GROUP = '"00000000-0000-0000-0000-00000000000%d"'


def written(tmp_path, text):
    """A school.toml with this text."""
    path = tmp_path / "school.toml"
    path.write_text(text, encoding="utf-8")
    return path


def fault(tmp_path, old, new, text=GOOD):
    """What is said of the good file with one thing changed: the lines, each `(line, key, what)`."""
    changed = text.replace(old, new, 1)
    assert changed != text, f"{old} is not in the file"
    path = written(tmp_path, changed)
    with pytest.raises(WrongSchoolFile) as wrong:
        read_school(path)
    found = [re.fullmatch(rf"{re.escape(str(path))}:(\d+): (.+?): (.+)", line) for line in str(wrong.value).split("\n")]
    assert all(found), str(wrong.value)
    return [(changed.splitlines()[int(one[1]) - 1], one[2], one[3]) for one in found if one], changed


def test_the_example_is_a_school():
    """The file we ship can be read as it is."""
    school = read_school(SCHOOL_FILE)

    assert school.id == "example-primary-school"
    assert school.group(Role.CLT) == "00000000-0000-0000-0000-000000000003"
    assert [one.name for one in school.classes] == ["3B"]
    assert {rule.name for rule in school.rules} == {name for name, _ in rule_modules()}
    rule = school.rule("lone_pupil")
    assert rule is not None
    assert rule.settings.grace == timedelta(minutes=2)
    assert school.rule("no_such_rule") is None
    assert (school.brake.per_sitting, school.brake.share_of_pupils, school.brake.per_school) == (3, 0.25, 10)


def test_what_is_left_out_has_a_default_that_is_on(tmp_path):
    """A file of only what must be there still has every rule."""
    text = GOOD[: GOOD.index("[[class]]")]
    school = read_school(written(tmp_path, text))

    assert {rule.name for rule in school.rules} == {name for name, _ in rule_modules()}
    assert all(rule.settings.mode is Mode.ACT for rule in school.rules)
    assert school.classes == ()


def test_a_rule_can_be_switched_off(tmp_path):
    """Only by saying so."""
    text = GOOD.replace("[lone_pupil]\nenabled = true", "[lone_pupil]\nenabled = false")

    assert read_school(written(tmp_path, text)).rule("lone_pupil") is None


def test_the_id_is_made_of_plain_letters(tmp_path):
    """It is part of every key."""
    names = {
        "St. Mary's (C of E) School": "st-mary-s-c-of-e-school",
        "Ysgol Gynradd": "ysgol-gynradd",
        "学校": "school",
    }
    for name, expected in names.items():
        assert read_school(written(tmp_path, GOOD.replace("Example Primary School", name))).id == expected


def test_groups_are_compared_in_small_letters(tmp_path):
    """Entra writes ids in either case."""
    text = GOOD.replace("0000000003b0", "0000000003B0")

    assert read_school(written(tmp_path, text)).classes[0].group.endswith("3b0")


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ('timezone = "Europe/London"', 'timezone = "Mars/Base"', "school.timezone", "Europe/London"),
        ('timezone = "Europe/London"', 'timezone = "../etc/passwd"', "school.timezone", "Europe/London"),
        ('tier = "watch"', 'tier = "watching"', "school.tier", "'watch', 'guard' or 'remove'"),
        ('reopen = "15m"', 'reopen = "15 minutes"', "school.reopen", '"2m"'),
        ('reopen = "15m"', "reopen = 15", "school.reopen", '"2m"'),
        ('settle = "30s"', 'setle = "30s"', "school.setle", "nothing is called that"),
        ('name = "Example Primary School"', 'name = ""', "school.name", "at least 1 character"),
        ('staff = "00000000-0000-0000-0000-000000000001"', 'staff = "staff"', "groups.staff", "pattern"),
        ("19:safeguarding@thread.tacv2", "Safeguarding", "channels.safeguarding", "pattern"),
        ('age_band = "ks2"', 'age_band = "ks3"', "class.0.age_band", "'eyfs', 'ks1' or 'ks2'"),
        ('name = "3B"', 'nane = "3B"', "class.0.nane", "nothing is called that"),
        ('grace = "2m"', 'grace = "2x"', "lone_pupil.grace", '"2m"'),
        ('grace = "2m"', 'grace = "-2m"', "lone_pupil.grace", '"2m"'),
        ('leaving_grace = "3m"', "leaving_grace = true", "lone_pupil.leaving_grace", '"2m"'),
        ('grace = "2m"', 'graze = "2m"', "lone_pupil.graze", "nothing is called that here; known: enabled, grace"),
        ('mode = "act"', 'mode = "off"', "lone_pupil.mode", "'act', 'tell' or 'watch'"),
        ("enabled = true", "enabled = 7", "lone_pupil.enabled", "valid boolean"),
        ('guest = "ask"', 'guest = "kick"', "uninvited_attendee.guest", "'ignore', 'tell', 'ask' or 'remove'"),
        ("[lone_pupil]", "[lone_pupils]", "lone_pupils", "known: alerts, brake, channels"),
        ("[groups]", "[group]", "group", "nothing is called that"),
        ('role = "clt"', 'role = "pupils"', "on_call.role", "pupils are never on call"),
        ('role = "clt"', 'role = "nurse"', "on_call.role", "'staff', 'pupils', 'clt'"),
    ],
)
def test_a_mistake_names_file_line_and_key(tmp_path, old, new, key, said):
    """The line is the one where the mistake stands."""
    faults, _ = fault(tmp_path, old, new)

    line, _, what = next(one for one in faults if one[1] == key)
    assert line == next(text for text in GOOD.replace(old, new, 1).splitlines() if new in text)
    assert said in what


@pytest.mark.parametrize(
    ("old", "key", "table"),
    [
        (f"head = {GROUP % 5}\n", "groups.head", "[groups]"),
        ('name = "Example Primary School"\n', "school.name", "[school]"),
        ('name = "3B"\n', "class.0.name", "[[class]]"),
    ],
)
def test_what_is_missing_is_said_with_its_table(tmp_path, old, key, table):
    """There is no line for it, so the table's is named."""
    faults, _ = fault(tmp_path, old, "")

    assert faults == [(table, key, "is missing")]


def test_a_missing_table_is_said(tmp_path):
    """Without [channels] nothing can be told."""
    start = GOOD.index("[channels]")
    faults, _ = fault(tmp_path, GOOD[start : GOOD.index("[[class]]")], "")

    assert [(key, what) for _, key, what in faults] == [("channels", "is missing")]


def test_every_mistake_is_said_at_once(tmp_path):
    """Nobody starts ten times to find ten mistakes."""
    faults, _ = fault(tmp_path, 'tier = "watch"', 'tier = "x"', GOOD.replace('reopen = "15m"', 'reopen = "x"', 1))

    assert [key for _, key, _ in faults] == ["school.tier", "school.reopen"]


def test_the_right_class_is_named_among_several(tmp_path):
    """The second class has the mistake, not the first."""
    second = GOOD.replace(
        "[lone_pupil]",
        '[[class]]\nname = "4A"\ngroup = "nonsense"\nage_band = "ks2"\n\n[lone_pupil]',
        1,
    )
    faults, changed = fault(tmp_path, 'name = "4A"', 'name = "4B"', second)

    assert [(line, key) for line, key, _ in faults] == [('group = "nonsense"', "class.1.group")]
    assert changed.index("nonsense") > changed.index("3b0")


def test_the_same_key_in_an_earlier_table_is_not_meant(tmp_path):
    """`patience` stands in [school] and in a rule: the rule's line is named."""
    faults, _ = fault(tmp_path, 'patience = "1m" ', 'patience = "x" ')

    ((line, key, _),) = faults
    assert key == "uninvited_attendee.patience"
    assert line.startswith('patience = "x"')


def test_a_rule_that_is_no_table(tmp_path):
    """`lone_pupil = 3` at the top."""
    faults, _ = fault(tmp_path, "[school]", "lone_pupil = 3\n\n[school]", re.sub(r"\[lone_pupil\][^\[]*", "", GOOD))

    assert [(line, key) for line, key, _ in faults] == [("lone_pupil = 3", "lone_pupil")]


def test_a_key_at_the_top_that_belongs_nowhere(tmp_path):
    """An unknown key before any table is named with its own line."""
    faults, _ = fault(tmp_path, "[school]", 'timezone = "UTC"\n\n[school]')

    assert [(line, key) for line, key, _ in faults] == [('timezone = "UTC"', "timezone")]


@pytest.mark.parametrize("table", ["brake", "keep"])
def test_optional_tables_are_checked_too(tmp_path, table):
    """A typing mistake in a limit is never a default."""
    faults, _ = fault(tmp_path, "[lone_pupil]", f"[{table}]\nper_siting = 1\n\n[lone_pupil]")

    assert [(line, key) for line, key, _ in faults] == [("per_siting = 1", f"{table}.per_siting")]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("per_sitting = -1", "per_sitting"),
        ("share_of_pupils = 0", "share_of_pupils"),
        ("per_school = 1.5", "per_school"),
    ],
)
def test_the_brake_has_limits_of_its_own(tmp_path, line, key):
    """Less than none, no share at all, half a person."""
    faults, _ = fault(tmp_path, "[lone_pupil]", f"[brake]\n{line}\n\n[lone_pupil]")

    assert [(said, name) for said, name, _ in faults] == [(line, f"brake.{key}")]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('tell_from = "7 o\'clock"', "tell_from"),
        ('tell_until = "06:00"', "tell_until"),
        ('silent_after = "0s"', "silent_after"),
    ],
)
def test_the_plan_has_times_that_can_be(tmp_path, line, key):
    """Written as a clock shows them, the later after the earlier, and no haste."""
    old = next(each for each in GOOD.splitlines() if each.startswith(f"{key} ="))
    faults, _ = fault(tmp_path, old, line)

    assert [name for _, name, _ in faults] == [f"plan.{key}"]


def test_a_file_that_is_no_toml(tmp_path):
    """The parser's own words say the line."""
    path = written(tmp_path, "[school\nname = 3")

    with pytest.raises(WrongSchoolFile, match=rf"{re.escape(str(path))}: .*line 1"):
        read_school(path)


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    """Both are said with the file's name."""
    with pytest.raises(WrongSchoolFile, match=r"nowhere\.toml: cannot be read"):
        read_school(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes(b'[school]\nname = "\xe9cole"\n')
    with pytest.raises(WrongSchoolFile, match=r"latin\.toml: cannot be read"):
        read_school(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    ("written_", "seconds"),
    [
        (timedelta(seconds=7), 7),
        ("90s", 90),
        ("2m", 120),
        ("1h", 3600),
        ("30d", 2_592_000),
        ("0.5s", 0.5),
        ("2 m", 120),
        ("0s", 0),
    ],
)
def test_durations(written_, seconds):
    """As they are written in the file."""
    (rule,) = [rule for rule in find_rules({"lone_pupil": {"grace": written_}}) if rule.name == "lone_pupil"]

    assert rule.settings.grace == timedelta(seconds=seconds)
