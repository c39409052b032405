"""Pages for the people who run Schoolgate; `reference.md` is made from the code."""
