from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CandidaturesConfig(AppConfig):
    name = "candidatures"
    verbose_name = _("appels et candidatures")

    def ready(self) -> None:
        from candidatures import files, held_files, jobs, messages, minutes_files, own, privacy, unseen, verification
        from candidatures.admin import desk, menu, search
        from candidatures.admin.jury import desk as jury_desk
        from candidatures.selectors import next_steps
        from candidatures.selectors.seats import has_a_seat
        from candidatures.services import assembly, making_again
        from candidatures.services.jury import blind, leaving, letters, minutes
        from candidatures.sitemaps import CallSitemap
        from clea import rounds
        from clea.accounts import landing
        from clea.documents import access, keepers
        from clea.journal import changes, verbs
        from clea.mail import kinds
        from clea.ui import desk as desk_home
        from clea.ui import next_step, sitemaps
        from clea.upkeep import sweeps

        verbs.register(messages.VERBS)
        # A dossier shows a name once its artist accepted; what hangs from it shows nothing.
        changes.unseen(*unseen.TABLES)
        changes.unseen(unseen.DOSSIER, but=unseen.CHOSEN)
        kinds.register(*messages.KINDS)
        kinds.guard(letters.KIND, leaving.may_leave)
        access.register(files.resolve)
        keepers.register("candidatures", held_files.KEEPER)
        rounds.register("candidatures.made_again", making_again.pending)
        access.register(minutes_files.resolve)
        jobs.register()
        verification.register()
        privacy.register()
        own.register()
        menu.add()
        search.add()
        desk_home.register(desk.items, "calls")
        desk_home.register(jury_desk.items, "jury")
        sitemaps.register("calls", CallSitemap)
        landing.register(landing.Space("jury", _("Jury"), "jury:home", has_a_seat))
        next_step.register("", next_steps.of_artist)
        next_step.register("jury", next_steps.of_juror)
        sweeps.register(
            "papers",
            _("PDF de dossiers ou de procès-verbaux faits"),
            lambda plan: 0 if plan.dry_run else assembly.pending() + blind.pending() + minutes.pending(),
        )
