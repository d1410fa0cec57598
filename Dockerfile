# CLEA in one image: the web, the workers and the clock are the same image with another command (compose.yaml).
FROM debian:12-slim

# What the program writes: database or not, files, static files. A volume in production.
ENV VAR_DIR=/var/lib/clea \
    PATH=/srv/clea/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

WORKDIR /srv/clea

# Packages first: they change less often than the program. The same script as on a machine, so that
# there is one list of what is needed.
COPY scripts/setup.sh scripts/compile_messages.py scripts/
COPY requirements.lock ./
COPY locale ./locale
RUN scripts/setup.sh run && rm -rf /var/lib/apt/lists/* "$HOME/.cache"

COPY . .
RUN scripts/setup.sh run \
    && useradd --system --uid 10001 --home-dir /srv/clea --shell /usr/sbin/nologin clea \
    && mkdir -p "$VAR_DIR" \
    # Names of static files come from their content; no secret and no database is needed to gather them.
    && DEBUG=false SECRET_KEY=only-to-gather-static-files-and-never-kept-000000000000000 ALLOWED_HOSTS=localhost \
        DATABASE_URL=sqlite:////tmp/none.sqlite3 EMAIL_URL=dummymail:// STATIC_ROOT=/srv/clea/static-gathered \
        python manage.py collectstatic --noinput --verbosity 0 \
    && rm -f /tmp/none.sqlite3 \
    && chown -R clea:clea "$VAR_DIR"

ENV STATIC_ROOT=/srv/clea/static-gathered \
    BIND=0.0.0.0:8000

USER 10001
VOLUME /var/lib/clea
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/sante/', timeout=4)"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "clea.wsgi:application"]
