# Every sentence people read, in British English. A key in the code like lone_pupil.alone is lone_pupil-alone here.
#
# value     what happened (or, in a reply, the answer); one line, 140 characters with ordinary names
# .done     what Schoolgate did
# .next     what the reader can do
# .details  lines kept folded
# .over     what is said once it is over; .over-done beside it
# .level    act, look or know: how urgent it is
# .join     the title of a button that leads into the lesson, where whoever reads it may have to go there
#
# Say only what was seen. No child's name in welcome-*, subject or anything said to a class.

## Rules: one pupil alone

lone_pupil-alone = One pupil alone with an adult since { $since }: { $about } with { $adults } ({ $lesson })
    .done = The host is being asked to stop the lesson.
    .next = Join the lesson, or ring the host. If this one-to-one was agreed beforehand, choose Not a problem.
    .details =
        Pupil: { $about }
        Adults in the lesson: { $adults }
        Alone since: { $since }
        Lesson: { $lesson }
    .over = { $how ->
        [second] A second pupil came at { $over_at }: { $about } had been alone with { $adults } since { $since } ({ $lesson })
        [gone] The pupil left at { $over_at }: { $about } had been alone with { $adults } since { $since } ({ $lesson })
        [ended] The lesson ended at { $over_at }: { $about } had been alone with { $adults } since { $since } ({ $lesson })
       *[other] Closed at { $over_at }: { $about } had been alone with { $adults } since { $since } ({ $lesson })
    }
    .over-done = Schoolgate no longer sees one pupil alone.
    .level = act
lone_pupil-no_adult = One pupil and no adult since { $since }: { $about } ({ $lesson })
    .done = There is no adult in the lesson to ask, so this comes to you.
    .next = Join the lesson now and stay until an adult has taken over or the pupil has left.
    .details =
        Pupil: { $about }
        Adults in the lesson: none that Schoolgate can see
        Alone since: { $since }
        Lesson: { $lesson }
    .over = { $how ->
        [second] Somebody else came at { $over_at }: { $about } had been without an adult since { $since } ({ $lesson })
        [gone] The pupil left at { $over_at }: { $about } had been without an adult since { $since } ({ $lesson })
        [ended] The lesson ended at { $over_at }: { $about } had been without an adult since { $since } ({ $lesson })
       *[other] Closed at { $over_at }: { $about } had been without an adult since { $since } ({ $lesson })
    }
    .over-done = Schoolgate no longer sees one pupil without an adult.
    .level = act
# The host may be sharing a screen: no child's name.
lone_pupil-stop = Only one pupil is with you (since { $since }). Please do not carry on with the lesson ({ $lesson })
    .done = The leadership team is being told as well.
    .next = Say goodbye and end the meeting for everyone, or ask another adult to join while you wait for more pupils.
    .details = You could say: “We are stopping here for today. I will let your family know about the next lesson.”
    .over = { $how ->
        [second] A second pupil came at { $over_at }. You can carry on ({ $lesson })
        [gone] The pupil left at { $over_at } ({ $lesson })
        [ended] The lesson ended at { $over_at } ({ $lesson })
       *[other] Closed at { $over_at }: one pupil had been with you since { $since } ({ $lesson })
    }
    .over-done = Schoolgate no longer sees one pupil alone.
    .level = act

## Rules: somebody who was not invited

# How somebody of this kind came.
came = { $kind ->
    [guest] as a guest
    [other_tenant] from another organisation
    [anonymous] without a school account
    [phone] by telephone
    [other_account] with a school account that is neither staff nor pupil
    [other_class] from another class
    [pupil] as a pupil (invitation not known)
   *[other] from outside the lesson
}
stranger-details =
    Who: { $about }
    Came: { came }, { $since }
    Lesson: { $lesson }
stranger-like = { $like ->
    [none] {""}
   *[other] Careful: this name looks like that of { $like }, who is staff. Nobody has checked who it is: ask { $like } in another way.{ " " }
}
stranger-over = { $how ->
    [gone] Gone since { $over_at }: { $about }, who joined { came } at { $since } ({ $lesson })
    [ended] The lesson ended at { $over_at }: { $about } had joined { came } at { $since } ({ $lesson })
   *[other] Closed at { $over_at }: { $about }, who joined { came } at { $since } ({ $lesson })
}
by-hand = In Teams: People › the person’s name › More options (…) › Remove from meeting. Then do not admit them from the lobby.

uninvited_attendee-ask = Is { $about } meant to be here? Joined { came } at { $since } ({ $lesson })
    .done = It has removed nobody: you decide.
    .next = { stranger-like }Choose Remove and you are told how to do it, or Let stay if you expect this person.
    .details = { stranger-details }
    .over = { stranger-over }
    .over-done = Nothing more is asked of you.
    .level = act
uninvited_attendee-present = Not invited: { $about } joined { came } at { $since } ({ $lesson })
    .done = It has removed nobody: an adult in the lesson decides.
    .next = { stranger-like }If you do not know this person, join the lesson or ring the host.
    .details = { stranger-details }
    .over = { stranger-over }
    .over-done = Schoolgate no longer sees a reason for this alert.
    .level = act
uninvited_attendee-let_stay = Allowed to stay by { $by }: { $about }, { came } ({ $lesson })
    .done = It has removed nobody.
    .next = If that was a mistake, the host can still choose Remove.
    .details = { stranger-details }
    .over = { stranger-over }
    .over-done = { $by } had let this person stay.
    .level = know
uninvited_attendee-being_removed = Being removed: { $about }, who joined { came } at { $since } ({ $lesson })
    .done = It is telling the host how, as { $by } asked, and watches whether the person leaves.
    .next = Nothing for now. You hear again if the person is still there.
    .details = { stranger-details }
    .over = { stranger-over }
    .over-done = { $by } had asked for the removal.
    .level = look
uninvited_attendee-by_hand = Please remove { $about }, who joined { came } at { $since } ({ $lesson })
    .done = It watches whether the person leaves. It cannot remove anybody by itself.
    .next = { by-hand }
    .details = { stranger-details }
    .over = { stranger-over }
    .over-done = Nothing more is asked of you.
    .level = act
uninvited_attendee-still_here = Still here: { $about }, who joined { came } at { $since } ({ $lesson })
    .done = It watched whether the person leaves, as they were to, and still sees them in the lesson.
    .next = { by-hand } If that does not work, end the meeting for everyone.
    .details = { stranger-details }
    .over = { stranger-over }
    .over-done = The removal had been asked for.
    .level = act
uninvited_attendee-ordered_out = Being removed: { $about }, who joined { came } at { $since } ({ $lesson })
    .done = It removes this person, as { $by } asked, and says done only once the list of people in the call shows it.
    .next = Nothing for now. The safeguarding leads hear if the person is still there or comes back.
    .details = { stranger-details }
    .over = { stranger-over }
    .over-done = { $by } had asked for the removal.
    .level = look
uninvited_attendee-to_go = Not invited, to be removed: { $about } joined { came } at { $since } ({ $lesson })
    .done = The school’s own rule is to remove such a person, and it does so where it may. You hear again if they are still here.
    .next = { stranger-like }If this person is meant to be here, the host can choose Let stay.
    .details = { stranger-details }
    .over = { stranger-over }
    .over-done = The school’s rule had asked for the removal.
    .level = look
removal-by_hand = Please remove { $about } ({ $lesson })
    .done = It cannot remove anybody by itself here.
    .next = { by-hand }
    .over = Closed at { $over_at }: the removal of { $about } ({ $lesson })
    .over-done = Nothing more is asked of you.
    .level = act
muting-by_hand = Please mute { $about } ({ $lesson })
    .done = It cannot mute anybody by itself here.
    .next = In Teams: People › the person’s name › Mute participant.
    .over = Closed at { $over_at }: the muting of { $about } ({ $lesson })
    .over-done = Nothing more is asked of you.
    .level = look

## Rules: the microphones, who presents, who must stay out

mute_on_entry-keep_open = Pupils can unmute themselves. Shall it stay so? ({ $lesson })
    .done = It had held the microphones twice, and both times somebody freed them. It leaves them as they are now.
    .next = Choose Keep them free, or Hold them. Later, /mic on and /mic off do the same.
    .over = Closed at { $over_at }: whether pupils may unmute themselves ({ $lesson })
    .over-done = Nothing more is asked of you.
    .level = look
mute_on_entry-promote = You are in this lesson as an attendee, so you cannot unmute yourself ({ $lesson })
    .done = It has held the microphones of all attendees, so that no pupil can unmute.
    .next = Ask the organiser to make you a presenter: People › your name › More options (…) › Make a presenter.
    .over = Closed at { $over_at }: you were in this lesson as an attendee ({ $lesson })
    .over-done = Nothing more is asked of you.
    .level = look
staff_only-organizer = This lesson is held by somebody who is not staff: { $about } ({ $lesson })
    .done = It has changed nothing: only an adult can end a lesson.
    .next = Join the lesson or ring an adult who is there. Pupils should not be able to hold meetings: ask IT to look.
    .details =
        Held by: { $about }
        Adults in the lesson: { $adults }
        Lesson: { $lesson }
    .over = Closed at { $over_at }: a lesson was held by { $about }, who is not staff ({ $lesson })
    .over-done = Schoolgate no longer sees this lesson.
    .level = act
staff_only-sharing = { $about } is sharing a screen ({ $lesson })
    .done = It keeps pupils from presenting from now on, where the meeting lets it.
    .next = In Teams: Stop sharing, or People › the pupil’s name › Make an attendee.
    .over = Closed at { $over_at }: { $about } was sharing a screen ({ $lesson })
    .over-done = Schoolgate no longer sees a pupil’s screen.
    .level = act
staff_only-presenter = { $about } came into this lesson as a presenter ({ $lesson })
    .done = It lets only the organiser present from now on, where the meeting lets it.
    .next = In Teams: People › the person’s name › Make an attendee. Colleagues who present: Make a presenter.
    .over = Closed at { $over_at }: { $about } had come as a presenter ({ $lesson })
    .over-done = Nothing more is asked of you.
    .level = look
staff_only-open = Others than you may present in this lesson ({ $lesson })
    .done = It had set it twice so that only staff present, and both times somebody changed it. It leaves it as it is now.
    .next = If that is not what you want: Meeting options › Who can present › Only organisers and co-organisers.
    .over = Closed at { $over_at }: others than the host could present ({ $lesson })
    .over-done = Nothing more is asked of you.
    .level = look
staff_only-recording = { $about } is recording the lesson ({ $lesson })
    .done = It has changed nothing: only an adult can stop a recording.
    .next = In Teams: More (…) › Record and transcribe › Stop recording. Then ask IT to have the pupil’s copy deleted.
    .over = Closed at { $over_at }: { $about } was recording the lesson ({ $lesson })
    .over-done = Schoolgate no longer sees a pupil’s recording.
    .level = act
recording-none = Nothing is recording this lesson, which began at { $since } ({ $lesson })
    .done = It has asked Teams to record the next lesson of this series by itself. It cannot start a recording.
    .next = The teacher: More (…) › Record and transcribe › Start recording.
    .over = Closed at { $over_at }: nothing was recording this lesson from { $since } ({ $lesson })
    .over-done = A recording is running, or the lesson is over.
    .level = look
misuse-pupil = { $about } has tried { $count } times to use what is for staff, since { $since } ({ $lesson })
    .done = It refused each time, and told the pupil kindly that it is for staff.
    .next = Have a quiet word with the pupil and the teacher. If somebody else may be using the account, tell IT.
    .over = Closed at { $over_at }: { $about } had tried { $count } times to use what is for staff ({ $lesson })
    .over-done = Nothing more is asked of you.
    .level = know
removed_stays_out-back = Back after a removal: { $about }, since { $since } ({ $lesson })
    .done = It is having the person removed again where it can, and asks the host where it cannot.
    .next = Join the lesson or ring the host, and ask them not to admit this person from the lobby.
    .over = { $how ->
        [gone] Gone since { $over_at }: { $about }, who had come back at { $since } ({ $lesson })
        [ended] The lesson ended at { $over_at }: { $about } had come back at { $since } ({ $lesson })
       *[other] Closed at { $over_at }: { $about } had come back at { $since } ({ $lesson })
    }
    .over-done = Nothing more is asked of you.
    .level = act
removed_stays_out-still_here = Still here after the removal: { $about } ({ $lesson })
    .done = It has had the person removed where it can, and still sees them in the lesson.
    .next = Join the lesson or ring the host. { by-hand }
    .over = Closed at { $over_at }: { $about } had stayed after the removal ({ $lesson })
    .over-done = Schoolgate no longer sees this person in the lesson.
    .level = act
removed_stays_out-did_you = Did you remove { $about }? Shall they stay out? ({ $lesson })
    .done = It saw in Teams that this pupil was removed, and not by Schoolgate.
    .next = Choose why and press Keep out: the pupil stays out of every lesson until the leadership team has decided. Or Not a problem.
    .over = Closed at { $over_at }: whether { $about } stays out ({ $lesson })
    .over-done = Nothing more is asked of you.
    .level = act
options-refused = Schoolgate may not set the options of this meeting ({ $lesson })
    .done = It has changed nothing. Microphones, lobby and presenters are as the organiser left them.
    .next = What mends it (copy it from the IT guide, not from here): { $words }
    .over = Closed at { $over_at }: Schoolgate could not set the options of this meeting ({ $lesson })
    .over-done = It can set them again, or the lesson is over.
    .level = look

teacher_dropped-on_call = { $on_call ->
    [yes] It tells the adults on call, one after the other.
   *[no] It knows of nobody on call.
}
teacher_dropped-alone = No adult is in the lesson any more: { $pupils } ({ $lesson })
    .done = { $paused ->
        [yes] It holds the lesson still where it may: microphones, cameras and chat off. It asks the class to wait for an adult.
       *[no] So far it has changed nothing in the lesson.
    } { $coming ->
        [none] { teacher_dropped-on_call }
       *[other] { $coming } said: I am coming.
    }
    .next = Join the lesson, or send an adult. It goes on by itself once one is there.
    .join = Join the lesson
    .details =
        Without an adult since: { $since }
        Pupils: { $pupils }
        Lesson: { $lesson }
    .over = { $how ->
        [adults] { $came } came in, seen at { $over_at }: no adult was in the lesson from { $since } ({ $lesson })
        [no_pupils] The pupils have gone, seen at { $over_at }: no adult was in the lesson from { $since } ({ $lesson })
        [ended] Everybody has gone, seen at { $over_at }: no adult was in the lesson from { $since } ({ $lesson })
        [taken_over] The lesson is over by its plan, with pupils still in it: no adult was there from { $since } ({ $lesson })
       *[other] Closed at { $over_at }: no adult was in the lesson from { $since } ({ $lesson })
    }
    .over-done = { $how ->
        [taken_over] The safeguarding leads hear of these pupils by another alert.
       *[other] Schoolgate no longer sees pupils without an adult.
    }
    .level = act
# To one adult on call, on their phone: no child's name where a notification shows it.
teacher_dropped-page = You are on call: pupils have been without an adult since { $since } ({ $lesson })
    .done = { $paused ->
        [yes] It holds the lesson still where it may, and asks the class to wait for an adult.
       *[no] So far it has changed nothing in the lesson.
    } If nobody comes, it tells the next adult on call.
    .next = Choose I am coming, then join and stay until the teacher is back. If you are kept in the lobby, ring the teacher.
    .join = Join the lesson
    .details =
        Without an adult since: { $since }
        Pupils: { $pupils }
        Lesson: { $lesson }
    .over = { teacher_dropped-page-over }
    .over-done = You need not join any more. No adult was in the lesson from { $since }.
    .level = act
# To whoever reads it in that adult's place.
teacher_dropped-unreached = Not reached: { $about }, who is on call. Pupils have been without an adult since { $since } ({ $lesson })
    .done = { $paused ->
        [yes] It holds the lesson still where it may, and asks the class to wait for an adult.
       *[no] So far it has changed nothing in the lesson.
    } If nobody comes, it tells the next adult on call.
    .next = Join the lesson, or send an adult. Whoever goes chooses I am coming.
    .join = Join the lesson
    .details =
        Without an adult since: { $since }
        Pupils: { $pupils }
        Lesson: { $lesson }
    .over = { teacher_dropped-page-over }
    .over-done = Nobody need join any more. No adult was in the lesson from { $since }.
    .level = act
teacher_dropped-page-over = { $how ->
    [adults] Covered: { $came } came in, seen at { $over_at } ({ $lesson })
    [no_pupils] No longer needed: the pupils have gone, seen at { $over_at } ({ $lesson })
    [ended] No longer needed: everybody has gone, seen at { $over_at } ({ $lesson })
   *[other] No longer needed: closed at { $over_at } ({ $lesson })
}
stragglers-details =
    The lesson was over: { $since }
    Still in it: { $pupils }
    Lesson: { $lesson }
stragglers-asked = { $paused ->
    [yes] It shuts microphones, cameras and chat and asks the pupils to leave, where it may.{" "}
   *[no] {""}
}
stragglers-over = { $how ->
    [adults] { $came } came in, seen at { $over_at }: pupils had stayed after the lesson’s end at { $since } ({ $lesson })
   *[other] The pupils have gone, seen at { $over_at }: they had stayed after the lesson’s end at { $since } ({ $lesson })
}
# The host may be sharing a screen by now: no child's name but in the details.
stragglers-host = Pupils are still in the meeting of the lesson that was over at { $since } ({ $lesson })
    .done = { stragglers-asked }{ $removing ->
        [one_by_one] It removes them one by one, where it may.
        [stopped] It removed some of them, and has stopped: more at once the school does not allow it.
       *[no] It removes nobody.
    }
    .next = Join again and choose Leave › End meeting, so that it ends for everybody.
    .join = Join the lesson
    .details = { stragglers-details }
    .over = { stragglers-over }
    .over-done = Nothing more is asked of you.
    .level = act
stragglers-left = Pupils without an adult after the lesson’s end at { $since }: { $pupils } ({ $lesson })
    .done = It tells the host. { stragglers-asked }{ $removing ->
        [one_by_one] It removes them one by one, where it may.
        [stopped] It removed some of them, and has stopped: more at once the school does not allow it. The rest are still there.
       *[no] It removes nobody.
    }
    .next = Join, stay until the last pupil has left, and choose Leave › End meeting. Or ring the host to do it.
    .join = Join the lesson
    .details = { stragglers-details }
    .over = { stragglers-over }
    .over-done = Schoolgate no longer sees pupils without an adult.
    .level = act
pause-on = { $by } has paused the lesson ({ $lesson })
    .done = It shut off microphones, cameras and chat at { $since }, and lets nobody more in. The class was told to wait.
    .next = Join the lesson or ring the teacher: something may be wrong. The teacher lets it go on with /resume.
    .over = Closed at { $over_at }: { $by } had paused the lesson at { $since } ({ $lesson })
    .over-done = The lesson goes on, or is over.
    .level = look
pause-changed = Somebody changed meeting options while the lesson was paused ({ $lesson })
    .done = It put the other options back as they were, and left these as they are now: { $options }.
    .next = Look through Meeting options, and set them as you want them.
    .over = Closed at { $over_at }: meeting options were changed during the pause ({ $lesson })
    .over-done = Nothing more is asked of you.
    .level = know
hands-refused = Schoolgate may not remove or mute anybody in this lesson ({ $lesson })
    .done = It asked Teams to, was refused, and has asked the host to do it by hand.
    .next = What mends it (copy it from the IT guide, not from here): { $words }
    .over = Closed at { $over_at }: Schoolgate was not let remove or mute in this lesson ({ $lesson })
    .over-done = The lesson is over. It will try again in the next one.
    .level = look
call-lobby = Schoolgate is waiting in the lobby: please let it in ({ $lesson })
    .done = It has been waiting since { $since }, and can neither remove nor mute anybody until it is inside.
    .next = In Teams: People › Waiting in lobby › Schoolgate › Admit.
    .over = Closed at { $over_at }: Schoolgate was waiting in the lobby ({ $lesson })
    .over-done = It is inside, or the lesson is over.
    .level = look
call-refused = Schoolgate is not let into the call of this lesson ({ $lesson })
    .done = It tries again every half minute, and goes on with what it sees without the call.
    .next = IT: look up what Teams said: { $words }
    .over = Closed at { $over_at }: Schoolgate was not let into the call ({ $lesson })
    .over-done = It is inside, or the lesson is over.
    .level = look
call-not_shown = Schoolgate is not shown who is in the call of this lesson ({ $lesson })
    .done = It asks again every half minute, and goes on with what it sees without the list.
    .next = What Teams said: { $words }
    .over = Closed at { $over_at }: Schoolgate was not shown who was in the call ({ $lesson })
    .over-done = It is shown them again, or the lesson is over.
    .level = look
call-without = Schoolgate can remove or mute nobody in this lesson: it is not in the call, or not shown who is in it ({ $lesson })
    .done = It still sets the meeting’s options, sees who comes and goes, and tells you. IT has been told why.
    .next = Nothing, unless somebody has to be removed: then the host does it by hand.
    .over = Closed at { $over_at }: Schoolgate could remove or mute nobody in this lesson ({ $lesson })
    .over-done = It is inside, or the lesson is over.
    .level = know

## Schoolgate about itself

# The card of before, once what was to happen has not: the person is named, for it may be about any of them.
told_anew = Told anew: { $about } ({ $lesson })
    .done = There is a newer alert about it.
    .next = Read the newer alert.
    .over = Replaced at { $over_at } by a newer alert, for it has become more urgent: { $about } ({ $lesson })
    .over-done = The newer alert says what is known now and what you can do.
    .level = look
sight-blind = From { $since } Schoolgate cannot see all of this lesson: { $why } ({ $lesson })
    .done = It goes on with what it can see. Hearing nothing from it does not mean that all is well.
    .next = { $instead }
    .over = Closed at { $over_at }: Schoolgate could not see all of this lesson from { $since } ({ $lesson })
    .over-done = What happened in that time, only the people in the lesson know.
    .level = look
why-meet_now = it is a Meet now meeting
    .next = Ask the teacher to schedule lessons in the calendar and hold them from there. Until then, look in by yourself.
why-channel = it is a channel meeting
    .next = Ask the teacher to schedule lessons in the calendar, inviting the class, not in the channel. Until then, look in by yourself.
why-call = it is a call from a chat
    .next = Ask the teacher to schedule lessons in the calendar and hold them from there. Until then, look in by yourself.
why-dropped = its call was cut off, and it is dialling in again
    .next = Keep an eye on who comes and goes until it is back.
why-roster = Teams does not show it who is in the call
    .next = Ask the host to look through the list of people by eye until this is over.
why-directory = the school’s directory does not answer
    .next = Ask the host to look through the list of people by eye until this is over.
why-meeting = Teams does not say what meeting it is
    .next = Ask the host to look through the list of people by eye until this is over.
why-other = Teams does not say all that Schoolgate needs
    .next = Ask the host to look through the list of people by eye until this is over.

rule-broken = A rule of Schoolgate is not working: { $rule } ({ $lesson })
    .done = It goes on with its other rules.
    .next = Watch this lesson for it by eye, and tell whoever looks after Schoolgate.
    .over = Closed at { $over_at }: this rule was not working: { $rule } ({ $lesson })
    .over-done = Schoolgate no longer sees this fault.
    .level = look
brake-tripped = Schoolgate has stopped acting by itself: too many people at once ({ $lesson })
    .done = The rule “{ $rule }” went past the number of people the school allows. Nobody more is muted or removed by it.
    .next = Look at the lesson yourself. What people ask of Schoolgate still works.
    .over = Closed at { $over_at }: Schoolgate had stopped acting by itself ({ $lesson })
    .over-done = The rule “{ $rule }” no longer asks for more than the school allows.
    .level = act
rule-lone_pupil = One pupil alone
rule-uninvited_attendee = Somebody not invited
rule-mute_on_entry = Muted on entry
rule-staff_only = Only staff hold lessons
rule-teacher_dropped = No adult any more
rule-stragglers = Pupils still in after the end
rule-recording = Lessons are recorded
rule-removed_stays_out = Removed stays out
rule-misuse = A pupil using what is for staff

wordless = The rule “{ $rule }” needs somebody to look at this lesson ({ $lesson })
    .done = It has told you, and has no words for what it saw.
    .next = Join the lesson or ring the host, and tell whoever looks after Schoolgate.
    .over = Closed at { $over_at }: the rule “{ $rule }” had asked for somebody to look ({ $lesson })
    .over-done = Schoolgate no longer sees a reason for this alert.
    .level = act

unconfirmed = This could not be confirmed just now.

## Answers to commands

help = { $in_lesson ->
    [yes] I am Schoolgate. I watch who is in this lesson and tell the right adult if something is not as it should be.
   *[no] I am Schoolgate. I watch who is in lessons and tell the right adult if something is not as it should be.
}
    .next = { $in_lesson ->
        [yes] Type / and choose a command. Only you see it, and only you see my answer.
       *[no] Write a command here. I know which lesson you are in; if you are in none, only help works.
    }
help-pupil = Hello. I help the adults of { $school } keep lessons safe. If something worries you, tell an adult you trust.
status = { $lesson }: { $pupils ->
    [one] 1 pupil
   *[other] { $pupils } pupils
}, { $staff ->
    [one] 1 member of staff
   *[other] { $staff } members of staff
} and { $others ->
    [0] nobody else
    [one] 1 other person
   *[other] { $others } other people
} as far as Schoolgate can see.
    .next = In brackets are the clauses of the school’s policy that are left to people.
# The clauses of the school's policy in brackets are those that are left to people meanwhile.
status-can_see_joins = Sees: who joins and who leaves.
status-can_know_people = Knows: staff, pupils and their classes, from the school’s directory.
status-can_know_invited = Knows: who was invited.
status-can_tell = Tells: the adults who must act, privately or in the safeguarding channel.
status-can_hold_mics = Can hold the pupils’ microphones: they come in muted and cannot unmute themselves.
status-can_hold_presenting = Can keep presenting, and with it sharing a screen and recording, to the organiser and invited staff.
status-can_record = Can have lessons record by themselves.
status-can_pause = Can hold the lesson still (/pause), and puts everything back after it.
status-can_tighten_door = Can let only invited people past the lobby after a removal.
status-can_see_call = Is in the call, and sees microphones, shared screens and recording. It takes no picture and no sound.
status-can_mute = Can mute a pupil who comes in unmuted.
status-can_remove = Can remove somebody, and again if they come back.
status-paused = The lesson is paused. /resume lets it go on, with everything as it was before.
status-paused_alone = The lesson is held still, because no adult was in it. It goes on by itself.
status-braked = Has stopped removing and muting by itself: too many people at once. What you ask of it still works.
status-blind_meet_now = Cannot see who comes and goes: this is a Meet now meeting ({ $clauses }).
status-blind_channel = Cannot see who comes and goes: this is a channel meeting ({ $clauses }).
status-blind_call = Cannot see who comes and goes: this is a call from a chat ({ $clauses }).
status-blind_directory = Cannot tell just now who some people are ({ $clauses }).
status-blind_dropped = Is cut off from the call, and dials in again ({ $clauses }).
status-blind_roster = Is not shown who is in the call, and asks again ({ $clauses }).
status-blind_meeting = Cannot see all: Teams does not say what meeting this is ({ $clauses }).
status-invitation_unknown = Cannot tell who was invited: asks you about people instead ({ $clauses }).
status-options_unread = Has not read this meeting’s options yet ({ $clauses }).
status-options_refused = May not set this meeting’s options ({ $permissions }): IT is being told ({ $clauses }).
status-not_in_call = Is not in the call yet, and tries again ({ $clauses }).
status-call_joined = Is dialling into the call ({ $clauses }).
status-call_lobby = Waits in the lobby: please admit Schoolgate ({ $clauses }).
status-call_refused = Is not let into the call ({ $permissions }): IT is being told ({ $clauses }).
status-hands_refused = Teams does not let it do this here ({ $permissions }): IT is being told ({ $clauses }).
status-left = Left to you meanwhile: { $left }.
status-rules_off = Switched off by the school: { $rule } ({ $clauses }).
status-rules_watch = Only written down, as the school chose: { $rule } ({ $clauses }).
status-rules_tell = Only told, as the school chose: { $rule } ({ $clauses }).
left-see_joins = who comes and goes
left-know_people = who is staff, pupil or stranger
left-know_invited = who was invited
left-tell = telling the adults who must act
left-hold_mics = microphones
left-hold_presenting = who presents
left-record = recording
left-pause = pausing
left-tighten_door = the lobby
left-see_call = who shares or records
left-mute = muting
left-remove = removing
status-cannot_hold_mics = Cannot hold the pupils’ microphones: you do that in Meeting options ({ $clauses }).
status-cannot_hold_presenting = Cannot set who may present: you do that in Meeting options ({ $clauses }).
status-cannot_record = Cannot have the lesson record by itself: you start the recording ({ $clauses }).
status-cannot_pause = Cannot hold the lesson still: you do that in Meeting options ({ $clauses }).
status-cannot_tighten_door = Cannot close the door after a removal: you admit from the lobby ({ $clauses }).
status-cannot_see_call = Cannot see who is unmuted, shares a screen or records: you look yourself ({ $clauses }).
status-cannot_mute = Cannot mute anybody: you do that in Teams ({ $clauses }).
status-cannot_remove = Cannot remove anybody: tells you how to do it in Teams ({ $clauses }).
status-no_rules = Watches for nothing: every rule is switched off in the school’s choices.
warn-done = Warned { $pupil }. { $count ->
    [1] It is the only warning that counts now.
   *[other] { $count } warnings count now, this one among them.
}
    .done = The pupil is being told privately, in simple words. It counts for { $days ->
        [one] 1 day
       *[other] { $days } days
    } and stays in the record.
    .next = { $track ->
        [immediate] This reason need not wait: you may remove the pupil at once.
       *[other] { $step ->
            [next_warning] If it goes on: remove the pupil.
           *[other] If it goes on: warn again, or remove.
        }
    } If this was a mistake: /undo.
warn-who = More than one pupil fits. Nobody has been warned.
    .next = Choose the pupil here, or write /warn again with @.
warn-pick = Whom do you want to warn? Nobody has been warned yet.
    .next = Choose the pupil here, or write /warn @pupil and, if you like, the reason.
warn-not_here = No such pupil in this lesson. Nobody has been warned.
    .next = Check the name, then write /warn @pupil again.
warn-cannot_tell = I cannot check just now who that is. Nobody has been warned.
    .next = Please try again in a minute, or write it down with /note.
warn-not_pupil = Only pupils can be warned. Nobody has been warned.
    .next = If somebody should not be here, tell a safeguarding lead.
approve-done = One-to-one lessons with { $pupil } are approved for { $days ->
    [one] 1 day
   *[other] { $days } days
}.
    .done = Your name and the time are kept with it. Until then nobody is told when this pupil is alone with an adult.
    .next = To end it sooner, write /approve @pupil 0.
approve-ended = One-to-one lessons with { $pupil } are no longer approved.
    .done = From now on people are told again when this pupil is alone with an adult.
    .next = To approve them again: /approve @pupil and a number of days.
approve-how = Nothing was approved: I need one pupil and a number of days.
    .next = Write /approve @pupil 7 for a week, or /approve @pupil 0 to end it.
remove-done = { $pupil } is being removed and stays out { stays-out }.
    .done = It removes the pupil again if they come back, and tells the safeguarding leads. You hear if it does not work.
    .next = If this was a mistake: /undo.
remove-planned = { $pupil } is removed in { $seconds ->
    [one] 1 second
   *[other] { $seconds } seconds
}, and stays out { stays-out }.
    .done = Nothing has happened yet. You hear if it does not work.
    .next = If this was a mistake: /undo now. To have it done at once: /remove again.
remove-sure = Remove { $pupil }? Nobody has been removed yet. The pupil would stay out { stays-out }.
    .done = I ask because it is your first removal.
    .next = Press Remove, or write the same again. If the pupil may stay: do nothing.
remove-by_hand = { $pupil } is to stay out { stays-out }.
    .done = It has written the removal down and watches whether the pupil leaves. It cannot remove anybody by itself.
    .next = { by-hand } If this was a mistake: /undo.
removed-done = { $pupil } stays out { stays-out }.
    .done = It has written the removal down, and tells the safeguarding leads if the pupil comes back.
    .next = Do not admit the pupil from the lobby. If this was a mistake: /undo.
removed-why = Why is this pupil to stay out? Nobody is kept out yet.
    .next = Choose a reason and press Keep out.
remove-why = No warning of this pupil counts now, so I need a reason that cannot wait. Nobody has been removed.
    .next = Choose one and press Remove, or warn the pupil first.
remove-who = More than one pupil fits. Nobody has been removed.
    .next = Choose the pupil here, or write /remove again with @.
remove-pick = Whom do you want to remove? Nobody has been removed yet.
    .next = Choose the pupil here, or write /remove @pupil and the reason.
remove-not_here = No such pupil in this lesson. Nobody has been removed.
    .next = Check the name, then write /remove @pupil again.
remove-cannot_tell = I cannot check just now who that is. Nobody has been removed.
    .next = Please remove the person by hand. { by-hand }
remove-not_pupil = Only pupils can be removed this way. Nobody has been removed.
    .next = Somebody who was not invited: use the buttons of the alert. { by-hand }
undo-done = Your removal of { $pupil } is taken back for this lesson. The pupil may come in again.
    .done = The hold is marked as disputed. Only the leadership team can end it.
    .next = If the pupil is to stay out after all: /remove @pupil again.
undo-in_time = Taken back in time: { $pupil } was not removed.
    .done = The hold that it opened has ended. The record says that you took it back.
    .next = If the pupil is to go after all: /remove @pupil again.
undo-held_before = Taken back in time: { $pupil } was not removed.
    .done = The pupil was on hold before, and that hold stands as it was. Its record says that you took this back.
    .next = Only the leadership team can end that hold: please ask them.
undo-warning = Your warning of { $pupil } is taken back.
    .done = It counts no more, and the pupil is being told. The record says that you took it back.
    .next = If it was right after all: /warn @pupil again.
undo-note = Your note is taken back.
    .done = It stays in this lesson’s log, which says that you took it back.
    .next = To write it anew: /note and your words.
undo-held = This pupil was on hold before, so your removal stands. Nothing was done.
    .next = Only the leadership team can end a hold: please ask them.
undo-nothing = There is nothing of yours to take back in this lesson. Nothing was done.
    .next = You can take back a warning or a removal that you gave yourself, and a note of the last 15 minutes.
class-paused = An adult will be right back. Please wait here quietly.
class-over = The lesson is over. Please leave the meeting now. Goodbye!
class-resumed = The lesson goes on now. Thank you for waiting.
pause-done = The lesson is paused: microphones, cameras, chat and the door are being shut. The safeguarding leads hear of it.
    .next = /resume lets it go on, with everything as it was before.
pause-by_hand = Schoolgate cannot pause lessons in this school’s tier. Nothing was done.
    .next = In Teams: Meeting options › switch off microphones, cameras and chat for attendees.
resume-done = The lesson goes on: its options are being put back as they were before the pause.
    .next = You hear if somebody changed one of them meanwhile. To hold it still again: /pause.
resume-nothing = This lesson is not paused. Nothing was done.
    .next = To hold it still: /pause.
mic-on = Pupils may unmute themselves now.
    .next = To hold the microphones again: /mic off.
mic-off = Pupils are kept from unmuting themselves.
    .next = To free the microphones: /mic on.
mic-how = Nothing was done: I need on or off.
    .next = Write /mic on to free the pupils’ microphones, or /mic off to hold them.
mic-by_hand = I cannot set microphones here. Nothing was done.
    .next = In Teams: More (…) › Settings › Meeting options › Allow mic for attendees.
holds-list = { $count ->
    [0] No pupil is on hold.
    [one] 1 pupil is on hold.
   *[other] { $count } pupils are on hold.
}
    .next = { $count ->
        [0] { "" }
       *[other] Choose one here, or write /holds @pupil for all that was done. The leadership team decides: /release @pupil.
    }
holds-one = { $overdue ->
    [yes] Overdue: { $pupil }
   *[no] { $pupil }
}, since { $since }, { $ends ->
    [clt_decides] until it is decided
    [open] until further notice
    [until] until { $until }
   *[parents] until a talk with the family
}: { $reason }{ $disputed ->
    [yes] {""} (disputed by the teacher)
   *[no] { "" }
}{ $owner ->
    [none] { "" }
   *[other] . With { $owner }
}{ $came ->
    [0] { "" }
    [one] . Came in once
   *[other] . Came in { $came } times
}
# A hold's card, and what is said of it later. Its lines are the steps below.
hold-card = { $pupil } is on hold { stays-out }: { $reason }
    .done = { $lesson ->
        [none] Removed by { $by } on { $since }.
       *[other] Removed by { $by } on { $since } ({ $lesson }).
    } { $owner ->
        [none] Nobody of the leadership team has it yet.
       *[other] With { $owner }.
    }
    .next = { $until ->
        [none] { $review ->
            [yes] Look at it again by { $due }. { $talked ->
                [yes] A talk with the family is on record.
               *[no] No talk with the family is on record yet.
            }
           *[no] { $talked ->
                [yes] Decide how long it stands, by { $due }.
               *[no] Speak with the family, write down what was agreed and decide, by { $due }.
            }
        }
       *[other] { $lapses ->
            [yes] Nothing, unless it is to end sooner or stand longer.
           *[no] Speak with the family before that day, and write down what was agreed: without it the hold goes on.
        }
    }
hold-overdue = { $review ->
    [yes] To be looked at again since
   *[no] Overdue since
} { $due }: { $pupil } is still on hold { stays-out }: { $reason }
    .done = { $review ->
        [yes] It was decided that the pupil stays out until further notice. That stands until somebody decides anew.
       *[no] Nobody has decided on it in time. The pupil stays out until somebody does.
    }
    .next = { $review ->
        [yes] Please look at it again: end it, set a day, or let it stand. { $talked ->
            [yes] A talk with the family is on record.
           *[no] No talk with the family is on record yet.
        }
       *[no] { $talked ->
            [yes] A talk is on record. Please decide now how long the hold stands.
           *[no] Please speak with the family, write down what was agreed, and decide.
        }
    }
hold-ended = The hold of { $pupil } has ended on { $ended }, as was decided: the pupil may join lessons again.
    .done = It keeps this pupil out no longer. The teachers of today’s and tomorrow’s lessons who knew of the hold are told.
    .next = Nothing, unless the pupil should stay out: then please tell the teachers.
hold-over = { $pupil } is on hold no longer, since { $ended }
    .done = { $how ->
        [ended] It ended by itself on the day that { $released_by } had set.
        [undone] { $released_by } took the removal back before it was carried out.
       *[decided] Ended by { $released_by }: { $agreed ->
            [none] nothing was written down
           *[other] { $agreed }
        }
    }
hold-already = That is written down already. { $pupil } is on hold { stays-out }.
    .done = Nothing was changed a second time.
hold-step_talk = { $on }: { $spoke ->
    [none] { $by } wrote: { $agreed }
   *[other] { $spoke } spoke with { $whom } on { $day }: { $agreed } (written by { $by })
}
hold-step_release = { $on }: ended by { $by }{ $why_so ->
    [none] { "" }
   *[other] : { $why_so }
}
hold-step_until = { $on }: out until { $until }, decided by { $by }{ $why_so ->
    [none] { "" }
   *[other] : { $why_so }
}
hold-step_open = { $on }: out until further notice, decided by { $by }{ $why_so ->
    [none] { "" }
   *[other] : { $why_so }
}
hold-step_planned = { $on }: removed once more by { $by }, which can still be taken back{ $why_so ->
    [none] { "" }
   *[other] : { $why_so }
}
hold-step_undone = { $on }: { $by } took a removal back before it was carried out{ $why_so ->
    [none] { "" }
   *[other] : { $why_so }
}
hold-step_again = { $on }: removed once more by { $by }, so it is to be decided on anew{ $why_so ->
    [none] { "" }
   *[other] : { $why_so }
}
hold-step_ended = { $on }: ended by itself, as { $by } had decided
hold-disputed = The teacher has taken the removal back: the hold is disputed.
hold-came = Came in all the same { $came ->
    [one] once
   *[other] { $came } times
}, last on { $last }
release-form = { $pupil } is on hold { stays-out }. What was agreed, and how long shall it stand?
    .next = Fill in the talk, choose, and save. It counts for all lessons.
release-done = { $pupil } may join lessons again.
    .done = What was agreed is kept with the hold. The teachers who knew of it are told.
    .next = If that was a mistake, please tell the teachers: only another removal opens a hold.
release-until = { $lapses ->
    [yes] { $pupil } stays out until { $until }, and may join again from that day on.
   *[no] { $pupil } stays out until { $until } at least: no talk with the family is on record.
}
    .done = { $lapses ->
        [yes] It is kept with the hold, which ends by itself. You hear when it does.
       *[no] It is kept with the hold. Once the talk is written down, the hold ends by itself on that day; without one it goes on.
    }
    .next = { $lapses ->
        [yes] To change it: /release @pupil.
       *[no] To write the talk down: /release @pupil.
    }
release-open = { $pupil } stays out until further notice.
    .done = It is kept with the hold. You are asked to look at it again by { $due }.
    .next = To change it: /release @pupil.
release-later = The talk is written down. { $pupil } stays out { stays-out }.
    .next = To decide: /release @pupil, by { $due }.
release-changed = Nothing was changed: a colleague was quicker. { $pupil } is on hold { stays-out }.
    .next = Read what was done. What you wrote is still here: save it only if it still fits.
release-past = Nothing was changed: that day is past, or today.
    .next = Choose a day from tomorrow on. To end the hold today, choose that it ends now.
release-too_far = Nothing was changed: that day is too far away. A hold can be set to end within { $days } days.
    .next = Choose an earlier day, or until further notice: then you are asked to look at it again.
release-unreadable = Nothing was changed: I cannot read that day.
    .next = Choose it here, or write it like “until 1 December” or “until 2026-12-01”.
release-no_day = Nothing was changed: until which day?
    .next = Choose the day on which the pupil may join again.
release-two_minds = Nothing was changed: there is a day, and the decision is another.
    .next = Choose “out until a day”, or take the day out.
release-undecided = Nothing was changed: what is decided?
    .next = Choose one. If you only want to write the talk down, choose “decide later”.
release-nothing = Nothing was changed: there was neither a talk nor a decision.
    .next = Write down who spoke with whom, when, and what was agreed.
release-half_a_talk = Nothing was changed: something of the talk is missing.
    .next = I need all four: who spoke, with whom, on which day, and what was agreed.
release-talk_day = Nothing was changed: on that day the talk cannot have been.
    .next = Choose the day on which somebody spoke with the family: after the removal, and not later than today.
release-too_short = Nothing was changed: that does not say what was agreed.
    .next = Write down who spoke with whom, when, and what was agreed, and choose what is decided.
release-typed = Nothing was changed yet: what you typed stands in the form.
    .next = Write down who spoke with the family, with whom and when, choose what is decided, and save.
release-no_talk = Nothing was changed: no talk with the family is on record, and this hold ends only after one.
    .next = Write down who spoke with whom, when, and what was agreed. Then the hold can end.
release-no_why = Nothing was changed: no talk with the family is on record, and no reason why the hold should end without one.
    .next = Write down the talk, or at least why it should end.
release-sure = No talk with the family is on record. End the hold of { $pupil } all the same? Nothing was changed yet.
    .next = Press “End it without a talk”, or write the talk down first.
release-how = Whose hold? Nothing was done yet.
    .next = Choose the pupil here, or write /release @pupil.
release-none = This pupil is not on hold. Nothing was done.
release-nobody = No pupil is on hold. Nothing was done.
holds-whose = Whose hold do you take? Nothing was done.
    .next = Write /holds @pupil mine, or press “I have this” on its card.
ends-parents = This hold ends when the leadership team has spoken with the family.
ends-clt_decides = This hold ends when the leadership team has decided for how long.
ends-open = This hold is open: the head and the leadership team decide whether it ends.
who-pick = Whose record? I need one pupil.
    .next = Choose the pupil here, or write /who @pupil.
who-record = { $pupil }: { $counting ->
    [0] no warning counts now
    [one] 1 warning counts now
   *[other] { $counting } warnings count now
}, { $warnings } in all{ $held ->
    [yes] ; on hold
   *[no] { "" }
}.
    .next = { $held ->
        [yes] For its card: /holds @pupil. To decide: /release @pupil.
       *[no] { "" }
    }
who-warning = { $on }: warned by { $by }: { $reason } { $state ->
    [counts] (counts)
    [back] (taken back)
   *[expired] (counts no more)
}
who-hold = { $on }: removed by { $by }, out { stays-out }: { $reason }{ $came ->
    [0] { "" }
    [one] . Came in all the same once
   *[other] . Came in all the same { $came } times
}
who-released = { $how ->
    [ended] { $on }: the hold ended by itself, as { $by } had decided
    [undone] { $on }: { $by } took the removal back before it was carried out
   *[decided] { $on }: released by { $by }: { $agreed ->
        [none] nothing was written down
       *[other] { $agreed }
    }
}
log = { $lesson }, so far. { $earlier ->
    [0] { "" }
    [one] 1 earlier line is not shown.
   *[other] { $earlier } earlier lines are not shown.
}
    .next = To add a line: /note and your words.
log-seen = { $alerts ->
    [0] No alert
    [one] 1 alert
   *[other] { $alerts } alerts
} in what Schoolgate saw: { $percent } % of the lesson{ $blind ->
    [0] .
    [one] , with 1 second blind.
   *[other] , with { $blind } seconds blind.
}
log-sources = It heard { $messages ->
    [one] 1 message from Teams
   *[other] { $messages } messages from Teams
}{ $rosters ->
    [0] .
   *[other] , and looked { $rosters } times at who is in the call{ $disagreed ->
        [0] {""}: the same people.
       *[other] {""}: { $disagreed } times not the people Teams had told of.
    }
}
log-recording = { $at } A recording runs, begun by { $about }: Teams keeps it in that person’s OneDrive, folder Recordings
log-joined = { $at } { $about } came
log-started = { $at } The lesson began
log-ended = { $at } The lesson ended
log-warned = { $at } { $by } warned { $about }: { $reason }
log-taken_back = { $at } { $by } took the warning of { $about } back
log-planned = { $at } { $by } asked to remove { $about }: { $reason }
log-removed = { $at } { $by } had { $about } removed: { $reason }
log-undone = { $at } { $by } took the removal of { $about } back
log-released = { $at } The hold of { $about } ended
log-came_on_hold = { $at } { $about } came in while on hold
log-mics = { $at } { $by } { $open ->
    [yes] freed the microphones
   *[no] held the microphones
}
log-alert = { $at } Alert to { $to ->
    [host] the host
    [them] the person
    [on_call] an adult on call
    [clt] the leadership team
    [leads] the leads
    [it] IT
   *[administrator] the administrator
}: { $rule }{ $about ->
    [none] { "" }
   *[other] , { $about }
}
log-note = { $at } Note of { $by }: { $text }{ $back ->
    [yes] {" (taken back)"}
   *[no] {""}
}
test-done = A test alert is in the safeguarding channel, mentioning { $count ->
    [0] nobody
    [one] 1 person
   *[other] { $count } people
}.
    .next = Ask them whether Teams showed them a notification. If nobody is mentioned, the groups in Schoolgate’s settings are empty: tell IT.
test-failed = The test alert could not be sent. Alerts would not reach the safeguarding channel either.
    .next = Ask IT whether Schoolgate is installed in that team, and whether its settings name the right channel.
alarms = { $told ->
     [0] Nobody was told of anything in the last { $days } days
    *[other] Alerts of the last { $days } days: { $told }, of which { $nothing } were called not a problem
 }
     .next = Where a rule often calls for nothing, ask IT to change its times in school.toml. Only what somebody answered is counted.
alarms-rule = { $rule }: { $told } told, { $nothing } not a problem, { $taken } seen to otherwise
test-alert = This is a test of Schoolgate. Nothing has happened.
    .done = A real alert comes like this one: it mentions those who must act, and has buttons to answer it.
    .next = If you were notified, all is well. If not, look at your notification settings for this channel.
note-done = Noted in this lesson’s log.
    .next = If this was a mistake: /undo within 15 minutes.
note-empty = There was nothing to note.
    .next = Write /note and then your line.
unknown = { $nearest ->
    [none] I did not understand that. Nothing was done.
   *[other] I did not understand that. Did you mean /{ $nearest }? Nothing was done.
}
    .next = Write /help for everything you can ask.
ask-warn = Warn
ask-remove = Remove
ask-removed = Keep out
ask-release = Talk and decision
ask-holds = Show the hold
ask-mine = I have this
ask-save = Save
ask-without = End it without a talk
ask-undo = Undo
ask-help = Help
ask-status = Status
ask-log = Lesson so far
ask-who = Show the record
ask-resume = Let it go on
ask-test = Send a test alert
choose-pupil = Which pupil?
choose-pupil_missing = Please choose a pupil.
choose-spoke = Who spoke with the family?
choose-whom = With whom?
choose-day = On which day?
choose-agreed = What was agreed?
choose-decision = What is decided?
choose-decision_missing = Please choose what is decided.
choose-decision_release = The hold ends now
choose-decision_until = Out until a day
choose-decision_open = Out until further notice
choose-decision_later = Decide later: only keep the talk
choose-until = May join again from (only for “out until a day”)
choose-reason = What for?
choose-reason_free = What for? (You may leave it open.)
choose-reason_missing = Please choose a reason.
refused-not_staff = That is for the school’s staff.
    .next = If something worries you, tell an adult you trust.
refused-not_clt = Only the leadership team can do that. Nothing was done.
    .next = Please ask a member of the leadership team.
refused-not_lead = Only safeguarding leads and the leadership team can do that. Nothing was done.
    .next = Please ask a safeguarding lead.
refused-cannot_tell = I cannot check just now that you are staff, so nothing was done.
    .next = Please try again in a minute.
press-not_yours = That button is for the staff it was sent to. Nothing was done.
    .next = If it should be pressed, ask one of them.
press-over = That is over already. Nothing was done.
    .next = To ask for something now, write /help: it shows what you can ask.
no_lesson = I cannot see you in a lesson now. Nothing was done.
    .next = Write it in the lesson’s chat, or here once you have joined.
public = Others in the chat could read what you wrote. Next time use / or write to me alone.
sorry = Sorry, something went wrong and this may not have been done.
    .next = Please do it by hand. The people who look after Schoolgate are being told.
flooded = More is being sent to Schoolgate than it takes. It has turned some of it away for minutes on end.
    .done = Who joins and leaves is taken before what is written. What was turned away is counted in the log and the figures.
    .next = IT: the log says what was turned away. Until it is over, please do not rely on me alone.

## To a child, privately: calm, short, and what happens next. Nobody's name but the adult's

pupil-warned = { $band ->
    [eyfs] { $by } asks you: { $stop }
    [ks1] { $by } asks you: { $stop }
   *[ks2] A message from { $by }, only for you: { $stop }
}
    .done = { $band ->
        [eyfs] Then we can all learn together.
        [ks1] Then everybody can learn. You can put it right now.
       *[ks2] This is a warning. You can put it right now, and the lesson goes on.
    }
    .next = { $band ->
        [eyfs] If it happens again, you may have to stop for today. A grown-up will help you.
        [ks1] If it happens again, you may have to leave the lesson. Then a grown-up from school will talk with you and your family.
       *[ks2] If it happens again, you may have to leave the lesson. Then somebody from school will talk with you and your family before your next one.
    }
pupil-removed = { $band ->
    [eyfs] The lesson is over for you today. { $stop }
    [ks1] You have to leave this lesson now. { $stop }
   *[ks2] You have to leave this lesson now. { $stop }
}
    .done = { $band ->
        [eyfs] You are not alone: please go to a grown-up at home.
        [ks1] Please tell a grown-up at home. You are not alone with this.
       *[ks2] Please tell an adult at home. If something is worrying you, tell them that too.
    }
    .next = { $band ->
        [eyfs] A grown-up from school will talk with you and your family.
        [ks1] A grown-up from school will talk with you and your family. After that they say when you can come back.
       *[ks2] Somebody from school will talk with you and your family, and will listen to what you have to say. They say when you can come back.
    }
pupil-taken_back = { $band ->
    [eyfs] { $by } says: it is all right now. You did not have to stop.
    [ks1] { $by } says: that was a mistake. It does not count.
   *[ks2] A message from { $by }: the warning was a mistake and does not count.
}
script = I cannot write to { $pupil }. If you still want to say it, here is how, quietly and to the pupil alone:

# Reasons. The value is what adults call it, the rest what a child is asked, by age band.

reason = { $reason }
reason-off_task = not following the lesson
    .eyfs = Please look and listen now.
    .ks1 = Please stop, and look and listen now.
    .ks2 = Please stop what you are doing and follow the lesson.
reason-chat = misusing the chat
    .eyfs = Please do not type now.
    .ks1 = Please do not write in the chat now.
    .ks2 = Please use the chat only for the lesson.
reason-unkind = being unkind
    .eyfs = Please use kind words.
    .ks1 = Please use kind words. Unkind words hurt.
    .ks2 = Please be kind: what you said or did can hurt somebody.
reason-not_doing = not doing what was asked
    .eyfs = Please do what I asked you.
    .ks1 = Please do what you were asked to do.
    .ks2 = Please do what you were asked to do, or say what makes it hard.
reason-dress = not dressed for a lesson
    .eyfs = Please put on clothes for school.
    .ks1 = Please put on clothes for a lesson, and then come back on camera.
    .ks2 = Please dress as you would for school. You can turn your camera off until then.
reason-abuse = abuse in words or pictures
    .eyfs = Those words are not for our lesson.
    .ks1 = Those words or pictures hurt people, and we do not have them in a lesson.
    .ks2 = Words or pictures like that are not allowed in a lesson, because they hurt people.
reason-recording = recording or photographing the lesson
    .eyfs = Nobody takes pictures of our lesson.
    .ks1 = Nobody may record the lesson or take pictures of it.
    .ks2 = Nobody may record or photograph a lesson, so that everybody is safe.
reason-link = giving the lesson’s link to others
    .eyfs = Only our class comes to our lesson.
    .ks1 = Only our class may come to our lesson. Please do not share the link.
    .ks2 = The lesson’s link is only for our class, so that everybody is safe.
reason-serious = something else that cannot wait
    .eyfs = Something was not right, and a grown-up will help.
    .ks1 = Something happened that we have to talk about with you.
    .ks2 = Something happened that we have to talk about with you and your family.
reason-none = no reason given
    .eyfs = Please look and listen now.
    .ks1 = Please stop what you are doing now.
    .ks2 = Please stop what you are doing now, and follow the lesson.
stays-out = { $ends ->
    [clt_decides] until the leadership team has decided for how long
    [open] until further notice
    [until] until { $until }
   *[parents] until the leadership team has spoken with the family
}

## What is to come: the plan of lessons

plan-on_hold = { $pupil } is on hold and may try to join { $lessons }
    .done = The pupil stays out of lessons { stays-out }.
    .next = Please do not admit this pupil from the lobby. You hear when the hold is ended.
plan-released = { $pupil } is no longer on hold and may join { $lessons }
    .done = { $back ->
        [yes] The removal was taken back before it was carried out.
       *[no] The leadership team has ended the hold.
    }
plan-tomorrow = { $lesson } tomorrow
plan-sealed = Ready for { $lesson }: the meeting’s options are set
    .done = It set them shortly before the start, and read them back.
plan-needs_you = Please set some options of { $lesson } by hand before it starts
    .done = It tried to set them, and Teams has not taken these.
    .next = In Teams: Calendar › the lesson › Meeting options.
plan-refused = Schoolgate may not set the options of lessons before they start, the first { $lesson }
    .done = It has changed nothing. Microphones, presenters and recording are as the organiser left them.
    .next = What mends it (copy it from the IT guide, not from here): { $words }
plan-not_placed = Schoolgate could not be put into the chats of planned lessons, the first { $lesson }
    .done = It sees nothing of a lesson whose chat it is not in. It tries again every ten minutes.
    .next = What mends it: { $words }
plan-silent = Planned for now, and nothing is seen of it: { $lesson }, { $teacher }
    .done = It has looked again: the lesson is still in the teacher’s calendar. If it is being held, nobody is watching it.
    .next = Ring the teacher. Perhaps it starts late, or is held by Meet now or in a channel, or Schoolgate is not in its chat.
plan-silent_many = Planned for now, and nothing is seen of { $count } lessons
    .done = It has looked again: they are still in the teachers’ calendars. If they are being held, nobody is watching them.
    .next = Ring these teachers. If it is all lessons at once, Teams may not be telling Schoolgate anything: ask IT to look.
plan-silent_one = { $lesson }, { $teacher }
plan-unseen = { $count ->
    [0] Some calendars of staff cannot be read
    [one] 1 planned lesson cannot be seen by Schoolgate
   *[other] { $count } planned lessons cannot be seen by Schoolgate
}
    .done = Teams tells it nothing of who joins these, so it can warn nobody about them.
    .next = Ask these teachers to plan their lessons in their own calendar, as Teams meetings that invite the class.
plan-unseen_one = { $lesson }: { $why }
plan-closed = { $count ->
    [one] 1 calendar of staff is closed to it.
   *[other] { $count } calendars of staff are closed to it.
}
# The names of meeting options, as Teams has them.
option-mic = Allow mic for attendees: off
option-camera = Allow camera for attendees
option-presenters = Who can present: only staff
option-roles = Who can present: you and the invited staff
option-lobby = Who can bypass the lobby
option-dial_in = People dialling in can bypass the lobby: off
option-admitters = Who can admit from the lobby
option-chat = Meeting chat
option-reactions = Allow reactions
option-record = Presenters may record: on
option-record_automatically = Record and transcribe automatically: on

## Introductions: pupils read the first

welcome-meeting = Hello, I am Schoolgate. I help the adults of { $school } keep this lesson safe.
    .done = I notice who joins and who leaves. I do not listen, watch or record.
    .next = Staff: type / to see what you can ask. Only you see the answer.
welcome-chat = Hello, I am Schoolgate. I help the adults of { $school } keep online lessons safe.
    .done = In this chat I only answer when somebody asks me.
    .next = Staff: to have a lesson looked after, add me to that lesson’s meeting. Try: @Schoolgate help
welcome-safeguarding = Hello, I am Schoolgate. Alerts about the online lessons of { $school } come into this channel.
    .done = Each one mentions the people who should act, and says what was seen and what was done.
    .next = Leads: send a test alert now, and see whether Teams notifies you.
welcome-team = Hello, I am Schoolgate. I watch who is in the online lessons of { $school }.
    .done = If a lesson needs an adult, I write to the school’s safeguarding channel and not here.
    .next = Leads: write test in your own chat with me, and see in which channel the alert comes and whether Teams notifies you.
welcome-personal = Hello, I am Schoolgate. I help the adults of { $school } keep online lessons safe.
    .done = If something in your lesson needs you, I write to you in its chat, or else here.
    .next = Try: help

## On cards

button-acknowledge = Acknowledge
button-not_a_problem = Not a problem
button-remove = Remove
button-let_stay = Let stay
button-open_mics = Keep them free
button-hold_mics = Hold them
button-keep_out = Keep out
button-claim = I have this
button-take_over = Take over
button-coming = I am coming
button-note = Keep the note
answered-claim = { $by } has this since { $at }
answered-coming = { $by } said at { $at }: I am coming
answered-take_over = { $by } has taken this over at { $at }
passed-person = Nobody had taken it: passed on to { $to } at { $at }
passed-mail = E-mail to { $to } at { $at }
passed-nobody = Nobody has taken it at { $at }, and Schoolgate knows nobody else to tell
passed-vain = { $to } could not be reached by { $at }
passed-head = Still nobody: the last were told at { $at }, { $to }
wrote = { $by }, { $at }: { $text }
repeated = { $times } times since { $first }
folded = { $count ->
    [one] 1 more since { $first }
   *[other] { $count } more since { $first }
}
answered-acknowledge = Acknowledged by { $by } at { $at }
answered-not_a_problem = Marked as not a problem by { $by } at { $at }
answered-remove = { $by } asked for the removal at { $at }
answered-let_stay = { $by } let this person stay at { $at }
answered-open_mics = { $by } keeps the microphones free since { $at }
answered-keep_out = { $by } keeps this pupil out since { $at }
answered-hold_mics = { $by } has them held since { $at }
level-act = Act now
level-look = Please look
level-know = For your information
level-over = Over
card-number = Alert { $alert }
card-for = For { $people }
card-done = What Schoolgate did:
card-next = What you can do:
card-more = Details
card-notes = Notes:
card-write = Write a note
card-note = Note for everybody who reads this alert
card-note_missing = Please write something first.
card-rest = and { $count } more
subject = { $alert ->
    [0] Schoolgate
   *[other] Schoolgate, alert { $alert }: { $level }
}

## People and lessons

nobody = nobody
unnamed = someone without a name
outsider = someone calling themself “{ $name }” (unverified)
list = { $first } and { $last }
more = { $count } more
lesson-untitled = lesson without a title
day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
lesson-at = { $what }, { $at }
colleague = colleague
