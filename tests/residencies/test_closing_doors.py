"""No door left open on a closed season: every act passes through a lock that refuses it, or says why it does not.

Read from the source, so that an act written tomorrow is asked too.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import residencies.services

SERVICES = Path(residencies.services.__file__).parent
#: What refuses a closed season.
LOCKS = {
    "lock_season", "lock_residency", "lock_residencies", "lock_activity", "lock_session", "lock_request", "lock_event",
    "hold_open", "require_open",
}  # fmt: skip
#: Acts that go past these locks, and why.
FREE = {
    # Of a territory, whatever its seasons.
    "feedback.first_questions": "questions of a territory",
    "feedback.save_question": "questions of a territory",
    "feedback.remove_question": "questions of a territory",
    "funding.save_funder": "funders of a territory",
    "funding.remove_funder": "funders of a territory",
    "lodgings.save_lodging": "lodgings of a territory",
    "lodgings.remove_lodging": "lodgings of a territory",
    "news.write": "news of a territory",
    "news.change": "news of a territory",
    "news.publish": "news of a territory",
    "news.unpublish": "news of a territory",
    "news.send": "news of a territory",
    "news.begin_sending": "news of a territory",
    "news.discard": "news of a territory",
    "papers.save_template": "texts of a territory",
    "past_actions.write": "what took place before, of a territory",
    "past_actions.remove": "what took place before, of a territory",
    "planning_rules.write": "rules of a territory",
    "relays.save": "relays of a territory",
    "relays.remove": "relays of a territory",
    "scales.load": "scales of the installation",
    "scales.save": "scales of the installation",
    "scales.remove": "scales of the installation",
    "subscribers.remove": "a right of the person",
    "suppliers.save": "suppliers of a territory",
    "suppliers.remove": "suppliers of a territory",
    # One's own calendar feed: an address, nothing of the season.
    "feeds.open_feed": "an address to read from",
    "feeds.renew": "an address to read from",
    "feeds.revoke": "an address to read from",
    # Inside an act that holds the event, or the claim's payment.
    "registrations.promote": "part of an act",
    "trip_amounts.recount": "part of an act",
    # Reading, journaled or not.
    "closing.check": "asks what closing would refuse",
    "coverage_exports.record": "an export",
    "funding.record_export": "an export",
    "payments.record_export": "an export",
    # What a closed season still allows.
    "bilans.build_files": "documents of what is published, made again",
    "bilans.forget_files": "a consent withdrawn",
    "consents.withdraw": "a right of the person",
    "consents.send_link": "the link that withdraws",
    "payments.correct_reference": "a reference, no figure",
    "pictures.unpublish": "takes something off the site",
    "pictures.take_from_kit": "takes something off the site",
    "productions.unpublish": "takes something off the site",
    "testimonies.unpublish": "takes something off the site",
    "closing.reopen": "opens it again",
}


@cache
def modules() -> dict[str, ast.Module]:
    return {path.stem: ast.parse(path.read_text()) for path in sorted(SERVICES.glob("*.py"))}


@cache
def functions(module: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in modules()[module].body if isinstance(node, ast.FunctionDef)}


@cache
def names(module: str) -> dict[str, tuple[str, str]]:
    """What this module calls by a name: a function of a service, or a whole service (its function empty)."""
    found = {}
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("residencies.services"):
            inside = node.module.removeprefix("residencies.services").lstrip(".")
            for alias in node.names:
                found[alias.asname or alias.name] = (inside, alias.name) if inside else (alias.name, "")
    return found


def calls(module: str, function: str) -> set[tuple[str, str]]:
    found = set()
    for node in ast.walk(functions(module)[function]):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            name = node.func.id
            found.add(names(module).get(name) or (module, name))
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            target = names(module).get(node.func.value.id)
            if target and not target[1]:
                found.add((target[0], node.func.attr))
    return found


def is_held(module: str, function: str, seen: frozenset[tuple[str, str]] = frozenset()) -> bool:
    """Whether the act, or something it calls, takes a lock that refuses a closed season."""
    for there, name in calls(module, function):
        if name in LOCKS:
            return True
        known = there in modules() and name in functions(there) and (there, name) not in seen
        if known and is_held(there, name, seen | {(module, function)}):
            return True
    return False


def acts() -> list[tuple[str, str]]:
    """Functions that somebody does (``by=``) and that write or journal by themselves or by what they call."""
    return [
        (module, name)
        for module in modules()
        if module not in ("base",) and not module.endswith("_notices")
        for name, node in functions(module).items()
        if not name.startswith("_") and any(argument.arg == "by" for argument in node.args.kwonlyargs)
    ]


def test_every_act_on_a_season_is_refused_once_it_is_closed() -> None:
    open_doors = {f"{module}.{name}" for module, name in acts() if not is_held(module, name)}
    assert open_doors - set(FREE) == set(), "these write in a closed season: lock it, or say why here"


def test_every_exception_is_still_one() -> None:
    known = {f"{module}.{name}" for module, name in acts()}
    held = {f"{module}.{name}" for module, name in acts() if is_held(module, name)}
    assert [name for name in FREE if name not in known or name in held] == []
