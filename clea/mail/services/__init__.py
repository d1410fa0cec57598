"""Everything that writes to the outbox. ``from clea.mail import services as mail``."""

from clea.mail.services.delivery import DeliveryReport, deliver, deliver_pending, settle_the_dead
from clea.mail.services.erasure import forget
from clea.mail.services.outbox import MAX_ATTACHED, approve, cancel, edit, queue
from clea.mail.services.texts import remove_template, save_template, text_in_force

__all__ = [
    "MAX_ATTACHED",
    "DeliveryReport",
    "approve",
    "cancel",
    "deliver",
    "deliver_pending",
    "edit",
    "forget",
    "queue",
    "remove_template",
    "save_template",
    "settle_the_dead",
    "text_in_force",
]
