# Two stages: pip, the build tool and the source stay in the first one. The embedded PostgreSQL is not in the image.
FROM python:3.11-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /src
RUN python -m venv /opt/build && python -m venv --without-pip /opt/order-relay
COPY requirements-build.lock requirements-runtime.lock ./
# Dependencies first: this layer is rebuilt only when a lock changes. Every file is checked against its hash.
RUN /opt/build/bin/pip install --require-hashes -r requirements-build.lock \
    && /opt/build/bin/pip --python /opt/order-relay/bin/python install --require-hashes -r requirements-runtime.lock
COPY . .
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
    && /opt/build/bin/pip --python /opt/order-relay/bin/python install --no-deps --no-index /dist/*.whl


FROM python:3.11-slim-bookworm

# A numeric user, so that Kubernetes' runAsNonRoot can see that it is not root.
RUN groupadd --gid 10001 relay \
    && useradd --uid 10001 --gid relay --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin relay

COPY --from=build /opt/order-relay /opt/order-relay

ENV PATH=/opt/order-relay/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ORDER_RELAY_HOST=0.0.0.0 \
    ORDER_RELAY_PORT=8000 \
    ORDER_RELAY_LOG_FORMAT=json

USER 10001:10001
WORKDIR /
EXPOSE 8000

# "live" asks the process only: a database that is away must not make an orchestrator kill a healthy front door.
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['ORDER_RELAY_PORT']}/health/live\", timeout=3)"]

ENTRYPOINT ["order-relay"]
CMD ["serve", "--no-worker"]
