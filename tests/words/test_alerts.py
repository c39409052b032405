"""What an alert says: what happened, what was done, what to do, who answered, and no more than was seen."""

import pytest

from bot.events import PassedOn, Verb
from bot.ports import NoteFiled
from tests.words.samples import (
    LESSON,
    MISS_KHAN,
    MR_BELL,
    PRIVATE,
    SAYINGS,
    STRANGE,
    alert,
    answer,
    at,
    everything,
)


@pytest.mark.parametrize("say", SAYINGS)
def test_an_alert_says_what_happened_what_was_done_and_what_to_do(say: str):
    """Each part is there while it holds; once it is over nothing is asked and nobody is notified."""
    now, later = alert(say), alert(say, over=True)

    assert all((now.headline, now.done, now.next_step, now.severity, now.mentions))
    assert now.headline != later.headline
    assert later.over
    assert "09:20" in later.headline
    assert (later.next_step, later.mentions) == ("", ())
    assert {button.verb for button in later.buttons} <= {Verb.NOT_A_PROBLEM}
    assert not (say in PRIVATE and later.buttons)


def test_the_lone_pupils_alert_names_pupil_adult_and_time():
    """CLT reads who is alone with whom, since when, in which lesson (C57)."""
    notice = alert("lone_pupil.alone")

    assert notice.headline == (
        "One pupil alone with an adult since 09:12: Ada Lovelace with Miss Priya Khan (3B Maths, 09:00)"
    )
    assert [button.title for button in notice.buttons] == ["I have this", "Acknowledge", "Not a problem"]


def test_the_hosts_words_name_no_child():
    """A host may be sharing the screen with a class (threat T28)."""
    for over in (False, True):
        assert "Ada" not in everything(alert("lone_pupil.stop", over=over))


@pytest.mark.parametrize("why", ["meet_now", "channel", "call", "directory", "meeting", "never heard of"])
def test_blindness_says_why_and_what_to_do_instead(why: str):
    """Every reason gets its words; one that nobody has words for is still said."""
    notice = alert("sight.blind", facts={"why": (why,)})

    assert "cannot see all" in notice.headline
    assert notice.next_step.startswith("Ask the ")
    assert "does not mean that all is well" in notice.done


def test_several_reasons_are_said_together():
    """Two reasons make one sentence, and advice that is the same is given once."""
    notice = alert("sight.blind", facts={"why": ("directory", "meeting")})

    assert "directory does not answer and Teams does not say what meeting" in notice.headline
    assert notice.next_step.count("by eye") == 1


def test_a_rule_without_words_of_its_own_is_still_named():
    """A school's new rule that breaks is called by its name, readably."""
    assert "late start" in alert("rule.broken", facts={"rule": ("late_start",)}).headline


def test_who_answered_and_when_is_shown_and_not_asked_again():
    """An acknowledged alert says so, and keeps the other button."""
    notice = alert("lone_pupil.alone", answered=(answer(Verb.ACKNOWLEDGE),))

    assert notice.answered == "Acknowledged by Mr Tom Bell at 09:15"
    assert [button.verb for button in notice.buttons] == [Verb.CLAIM, Verb.NOT_A_PROBLEM]


def test_of_two_answers_to_one_question_the_newest_counts():
    """Who changed their mind is shown with the newer answer; answers to different questions stand side by side."""
    changed = (answer(Verb.LET_STAY, MR_BELL, at(9, 18)), answer(Verb.REMOVE, MISS_KHAN, at(9, 16)))
    both = (answer(Verb.ACKNOWLEDGE, MR_BELL, at(9, 19)), *changed)

    assert alert("uninvited_attendee.ask", answered=changed).answered == "Mr Tom Bell let this person stay at 09:18"
    assert alert("uninvited_attendee.ask", answered=both).answered.endswith("· Acknowledged by Mr Tom Bell at 09:19")


def test_no_problem_leaves_nothing_to_acknowledge():
    """Once it is marked as not a problem there is no button left."""
    assert alert("lone_pupil.alone", answered=(answer(Verb.NOT_A_PROBLEM),)).buttons == ()


def test_who_has_it_is_shown_and_another_may_take_over():
    """The newest who took it stands on the card, with since when; acknowledging is no longer asked."""
    first, then = answer(Verb.CLAIM, MISS_KHAN, at(9, 15)), answer(Verb.TAKE_OVER, MR_BELL, at(9, 20))
    had, taken = (alert("lone_pupil.alone", answered=given) for given in ((first,), (first, then)))

    assert had.answered == "Miss Priya Khan has this since 09:15"
    assert [button.title for button in had.buttons] == ["Take over", "Not a problem"]
    assert taken.answered == "Mr Tom Bell has taken this over at 09:20"
    assert [button.title for button in taken.buttons] == ["Take over", "Not a problem"]


def test_a_false_alarm_can_be_named_when_it_is_over():
    """Most are over before anybody has read of them; nothing else is asked then."""
    assert [button.verb for button in alert("lone_pupil.alone", over=True).buttons] == [Verb.NOT_A_PROBLEM]
    assert alert("lone_pupil.alone", over=True, answered=(answer(Verb.NOT_A_PROBLEM),)).buttons == ()


def test_notes_stand_on_the_alert_with_who_wrote_them():
    """The newest five, and nothing in them can be more than letters."""
    written = [NoteFiled(by=MISS_KHAN, text=f"**{n}** rang <b>home</b>", at=at(9, n)) for n in range(7)]
    notes = alert("lone_pupil.alone", notes=tuple(written)).notes

    assert len(notes) == 5
    assert notes[-1] == "Miss Priya Khan, 09:06: ∗∗6∗∗ rang ‹b›home‹/b›"


def test_to_whom_it_was_passed_on_is_said():
    """Each step with its time."""
    steps = (
        PassedOn(at=at(9, 18), decision=17, to=(MISS_KHAN,), how="person"),
        PassedOn(at=at(9, 21), decision=17, to=(MISS_KHAN, MR_BELL), how="mail"),
    )

    assert alert("lone_pupil.alone", passed=steps).passed == (
        "Nobody had taken it: passed on to Miss Priya Khan at 09:18 · E-mail to Miss Priya Khan and Mr Tom Bell at 09:21"
    )


def test_one_card_says_how_often():
    """Where the same has happened again and nobody had taken it."""
    facts = {"times": 3, "first": at(9, 12).isoformat()}

    assert alert("lone_pupil.alone", facts=facts).more == ("3 times since 09:12",)


def test_what_could_not_be_confirmed_is_said():
    """An alert that went out without its fresh look-up says so while it holds."""
    assert "could not be confirmed just now" in alert("lone_pupil.alone", unconfirmed=True).done
    assert "confirmed" not in alert("lone_pupil.alone").done


def test_an_alert_without_words_still_brings_an_adult(caplog: pytest.LogCaptureFixture):
    """A new rule whose words were forgotten is told of by its name, with its buttons."""
    now, later = (alert("late_start.waiting", over=over) for over in (False, True))

    assert now.headline == "The rule “late start” needs somebody to look at this lesson (3B Maths, 09:00)"
    assert now.next_step
    assert now.buttons
    assert "09:20" in later.headline
    assert caplog.records == []


def test_lessons_are_told_in_every_alert():
    """Whoever reads an alert knows where to go."""
    assert not [say for say in SAYINGS if LESSON not in alert(say).headline]


def test_a_strangers_name_that_looks_like_a_teachers_is_warned_of():
    """Before what to do, in plain words, and not hidden among the details; of anybody else nothing is said (threat T4)."""
    for say in ("uninvited_attendee.ask", "uninvited_attendee.present", "uninvited_attendee.to_go"):
        hinted, plain = alert(say, facts={**STRANGE, "like": MISS_KHAN}), alert(say)

        assert hinted.next_step.startswith("Careful: this name looks like that of Miss Priya Khan, who is staff. ")
        assert hinted.next_step.endswith(f" {plain.next_step}")
