"""What the doctor holds the tenant's settings and the lessons' options against, as tables."""

from __future__ import annotations

from collections.abc import Iterator

from bot.doctor import lesson_options, tenant_settings


def setting_rows() -> Iterator[str]:
    """The tenant's meeting policies."""
    yield "| whose policy | setting | will do | clauses | else | from tier |"
    yield "|---|---|---|---|---|---|"
    for one in tenant_settings.SETTINGS:
        values = " or ".join(f"`{value}`" for value in one.values)
        clauses = " ".join(one.clauses) or "those of Remove"
        yield f"| {one.who} | `{one.name}` | {values} | {clauses} | {one.why} | {one.tier.capitalize()} |"


def option_rows() -> Iterator[str]:
    """The options of coming lessons."""
    yield "| option | will do | clauses | else | from tier |"
    yield "|---|---|---|---|---|"
    for one in lesson_options.OPTIONS:
        values = " or ".join(f"`{value}`" for value in one.values)
        clauses = " ".join(one.clauses) or "those of Remove"
        name = one.check.removeprefix("lessons: ")
        yield f"| {name} | {values} | {clauses} | {one.why} | {one.tier.capitalize()} |"
