# The production image. Three stages: fonts, dependencies, and the small image that runs.
# Behind a package mirror: docker build --secret id=pip_conf,src=/path/to/pip.conf .

FROM python:3.11-slim-bookworm AS fonts
WORKDIR /work
# Four faces out of a package of fifty megabytes; installing it would bring a TeX system along.
RUN apt-get update \
    && apt-get download texlive-lang-chinese \
    && dpkg-deb --extract texlive-lang-chinese_*.deb unpacked \
    && mkdir fandol \
    && cp unpacked/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/Fandol[SHKF]*.otf fandol/

FROM python:3.11-slim-bookworm AS dependencies
RUN python -m venv /opt/portal
COPY requirements-production.lock .
RUN --mount=type=secret,id=pip_conf,target=/etc/pip.conf \
    /opt/portal/bin/python -m pip install --no-cache-dir --no-deps --require-hashes \
        -r requirements-production.lock

FROM python:3.11-slim-bookworm
# Without libharfbuzz-subset0 a page of PDF takes 14 seconds instead of 0.2.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/portal --create-home portal
COPY --from=fonts /work/fandol /usr/local/share/fonts/fandol
COPY --from=dependencies /opt/portal /opt/portal
WORKDIR /srv/portal
COPY manage.py pyproject.toml ./
COPY deploy/healthcheck.py deploy/healthcheck.py
COPY credit_portal credit_portal
COPY records records
COPY publicity publicity
COPY static static
COPY templates templates
ENV PATH=/opt/portal/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1 \
    DJANGO_SETTINGS_MODULE=credit_portal.settings \
    PORTAL_MODE=production PORTAL_STATE_DIR=/var/lib/portal PORTAL_STATIC_ROOT=/srv/static
# Collecting needs neither a server nor a secret; the mode only holds for this line.
RUN PORTAL_MODE=demo DATABASE_URL=postgresql:///none REDIS_URL=redis://none \
        python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /srv/portal /opt/portal/lib \
    && fc-cache --force \
    && mkdir -p /var/lib/portal/media /var/lib/portal/beat \
    && chown -R portal: /var/lib/portal
USER portal
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "credit_portal.wsgi", "--bind", "0.0.0.0:8000", "--workers", "4", \
     "--worker-tmp-dir", "/dev/shm", "--timeout", "60", "--limit-request-line", "8190", "--access-logfile", "-", "--no-control-socket"]
