"""Setting up a school's Microsoft 365: the steps as data, the scripts that take them, the page for taking them by hand."""
