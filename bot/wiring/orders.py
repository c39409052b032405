"""What staff can ask for, wired."""

from __future__ import annotations

from bot.alarm_orders import AlarmOrders
from bot.first_contact import FirstContact
from bot.forms import Forms
from bot.hold_notices import HoldNotices
from bot.hold_orders import HoldOrders
from bot.orders import Orders
from bot.picking import Picking
from bot.ports import Register, Wording
from bot.pupil_orders import PupilOrders
from bot.record_orders import RecordOrders
from bot.refusals import Refusals
from bot.release_orders import ReleaseOrders
from bot.removal_orders import RemovalOrders
from bot.school import School
from bot.staffroom import Staffroom
from bot.wiring.adapters import Adapters


def orders_of(school: School, adapters: Adapters, register: Register, staffroom: Staffroom, words: Wording) -> Orders:
    """All the orders, on these adapters."""
    store = adapters.store
    forms = Forms(words, school.reasons)
    picking = Picking(store, staffroom, forms)
    return Orders(
        school,
        register,
        staffroom,
        words,
        forms,
        Refusals(school, register),
        PupilOrders(school, register, picking, store, staffroom, words, forms),
        RemovalOrders(school, register, store, store, picking, words, forms),
        HoldOrders(school, register, store, store, picking, words, forms),
        ReleaseOrders(
            school,
            register,
            store,
            store,
            store,
            store,
            picking,
            staffroom,
            words,
            forms,
            HoldNotices(school, register, store, words, forms),
        ),
        RecordOrders(school, register, store, store, picking, staffroom, words, forms),
        FirstContact(school, staffroom, adapters.connector, words, forms),
        AlarmOrders(school, staffroom, store, words, forms),
    )
