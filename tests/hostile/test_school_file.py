"""Any school.toml is a school, or a mistake that is named."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.school import School, WrongSchoolFile, read_school
from tests.builders import SCHOOL_FILE
from tests.hostile.anything import JSON, TEXT

EXAMPLE = SCHOOL_FILE.read_text(encoding="utf-8").splitlines()
VALUES = st.one_of(
    st.integers().map(str),
    st.sampled_from(
        ["nan", "inf", "-inf", "true", "2026-11-25", "09:00", '""', "[]", "{}", '"999999d"', '"0s"', '"Europe"']
    ),
    TEXT.map(lambda text: f"'{text}'"),
    JSON.map(str),
)


@st.composite
def bent_files(draw: st.DrawFn) -> str:
    """The example, of which lines are gone, doubled, or say anything."""
    lines = list(EXAMPLE)
    for _ in range(draw(st.integers(1, 5))):
        number = draw(st.integers(0, len(lines) - 1))
        key = lines[number].partition("=")[0]
        lines[number] = draw(
            st.one_of(
                st.just(""), st.just(f"{lines[number]}\n{lines[number]}"), TEXT, VALUES.map(f"{key} = {{}}".format)
            )
        )
    return "\n".join(lines)


def read(folder: Path, text: str) -> School | None:
    """What it is, or None for a mistake that was named."""
    file = folder / "school.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        return read_school(file)
    except WrongSchoolFile as wrong:
        mistake = str(wrong)
    assert str(file) in mistake
    return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=bent_files() | TEXT | JSON.map(str))
def test_any_file_is_read_or_named(tmp_path: Path, text: str) -> None:
    """And what is read has limits that hold: no brake of not-a-number, no rule without its settings."""
    school = read(tmp_path, text)

    if school is not None:
        assert 0 < school.brake.share_of_pupils <= 1
        assert school.brake.per_sitting >= 0
        assert len({rule.name for rule in school.rules}) == len(school.rules)


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5000, "a = " + "9" * 5000, "\x00", '[school]\nname = "x"\ntimezone = "Europe"'],
    ids=range(4),
)
def test_what_upsets_the_reader_is_named_too(tmp_path: Path, text: str) -> None:
    """Too deep, too long, no text, a folder of time zones."""
    assert read(tmp_path, text) is None
