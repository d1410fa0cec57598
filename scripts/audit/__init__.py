"""``make audit``: the whole site as production serves it, read by the Nu checker, axe and Lighthouse.

The demonstration is built in a throwaway folder and served by gunicorn with DEBUG=false. Every page that a role
can reach by its links is read: crawl.py collects them, checker.py and looks.py judge them, states.py makes forms
refuse, lighthouse.py measures the sitemap, report.py writes docs/audit.md. What the pages were, and all that was
said of them, stays in var/audit/.
"""
