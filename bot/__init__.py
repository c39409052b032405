"""Schoolgate: the Teams bot that keeps a school's safeguarding rules in every online lesson."""
