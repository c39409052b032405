"""The Teams app package: what a school uploads so that Schoolgate may stand at its lessons."""
