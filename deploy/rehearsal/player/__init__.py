"""The lesson player: plays scripted lessons to a running bot and says what each person saw."""
