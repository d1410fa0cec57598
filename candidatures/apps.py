from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CandidaturesConfig(AppConfig):
    name = "candidatures"
    verbose_name = _("appels et candidatures")

    def ready(self) -> None:
        from candidatures import files, messages, minutes_files
        from candidatures.admin import desk
        from candidatures.admin.jury import desk as jury_desk
        from candidatures.selectors.seats import has_a_seat
        from candidatures.services.jury import leaving, letters
        from candidatures.sitemaps import CallSitemap
        from clea.accounts import landing
        from clea.documents import access
        from clea.journal import verbs
        from clea.mail import kinds
        from clea.ui import desk as desk_home
        from clea.ui import sitemaps

        verbs.register(messages.VERBS)
        kinds.register(*messages.KINDS)
        kinds.guard(letters.KIND, leaving.may_leave)
        access.register(files.resolve)
        access.register(minutes_files.resolve)
        desk_home.register(desk.items)
        desk_home.register(jury_desk.items)
        sitemaps.register("calls", CallSitemap)
        landing.register(landing.Space("jury", _("Jury"), "jury:home", has_a_seat))
