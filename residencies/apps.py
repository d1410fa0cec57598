from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidenciesConfig(AppConfig):
    name = "residencies"
    verbose_name = _("résidences")

    def ready(self) -> None:
        from clea import rounds
        from clea.accounts import landing
        from clea.documents import access, keepers
        from clea.journal import changes, verbs
        from clea.mail import kinds
        from clea.ui import desk as desk_home
        from clea.ui import next_step, sitemaps
        from clea.ui import sections as page_sections
        from residencies import files, held_files, jobs, messages, own, privacy, sections
        from residencies import rounds as residency_rounds
        from residencies.admin import desk, home, menu, search
        from residencies.admin.opening import jury_answers
        from residencies.models import CalendarFeed, KitDelivery, Subscriber
        from residencies.selectors import next_steps
        from residencies.selectors.seats import has_a_residency, has_a_structure
        from residencies.sitemaps import NewsSitemap, ResidencySitemap

        verbs.register(messages.VERBS)
        # Written by who reads a calendar, a kit or the news, not by who publishes.
        changes.unseen(CalendarFeed, KitDelivery, Subscriber)
        kinds.register(*messages.KINDS)
        access.register(files.resolve)
        keepers.register("residencies", held_files.KEEPER)
        jobs.register()
        privacy.register()
        own.register()
        menu.add()
        search.add()
        desk_home.register(desk.items, "residencies")
        landing.register(landing.Space("residency", _("Ma résidence"), "studio:index", has_a_residency))
        landing.register(landing.Space("structure", _("Ma structure"), "team:index", has_a_structure))
        next_step.register("residency", next_steps.of_artist)
        next_step.register("structure", next_steps.of_teams)
        sitemaps.register("residencies", ResidencySitemap)
        sitemaps.register("news", NewsSitemap)
        page_sections.register("desk", home.seasons_on_line)
        page_sections.register("desk_beside", home.figures)
        page_sections.register("commune", sections.on_commune)
        page_sections.register("home", sections.on_home)
        page_sections.register("home", sections.latest_on_home)
        page_sections.register("jury_answers", jury_answers)
        for name, act in residency_rounds.ROUNDS.items():
            rounds.register(name, act)
