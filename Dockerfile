# docker build -t assay .
# docker run --rm --network none --read-only --cap-drop ALL -v "$PWD:/work:ro" assay scan --config none .
#
# The digest of python:3.13-slim, of all platforms: https://github.com/docker-library/repo-info/blob/master/repos/python/remote/3.13-slim.md
FROM python:3.13-slim@sha256:9662417aace5ae7b8e2609cce472b72a8958e134ba372808abe9cc1a0c0125e6 AS build
WORKDIR /src
COPY .ci/requirements.txt .ci/build-requirements.txt .ci/
RUN python -m venv --without-pip /opt/assay \
 && pip --python /opt/assay install --no-cache-dir --require-hashes --only-binary :all: -r .ci/requirements.txt \
 && pip install --no-cache-dir --require-hashes --only-binary :all: -r .ci/build-requirements.txt
COPY . .
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel . \
 && pip --python /opt/assay install --no-cache-dir --no-deps --no-index /wheel/*.whl
# The rules are compiled here, once: that takes longer than most scans.
RUN mkdir /opt/assay/cache \
 && XDG_CACHE_HOME=/opt/assay/cache /opt/assay/bin/assay controls list >/dev/null \
 && chmod -R go+rX /opt/assay/cache \
 && ls /opt/assay/cache/assay/rules-*.msgpack

FROM python:3.13-slim@sha256:9662417aace5ae7b8e2609cce472b72a8958e134ba372808abe9cc1a0c0125e6
# git reads revisions for --since; its version is that of Debian's security updates.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 65532 assay \
 && useradd --uid 65532 --gid assay --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin assay
COPY --from=build /opt/assay /opt/assay
# Nothing is written. A checkout that is mounted belongs to another user, which git would refuse; of it, Assay asks for objects alone
# (https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory).
ENV PATH=/opt/assay/bin:$PATH \
    XDG_CACHE_HOME=/opt/assay/cache \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    GIT_CONFIG_COUNT=1 \
    GIT_CONFIG_KEY_0=safe.directory \
    GIT_CONFIG_VALUE_0=*
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/opt/assay/bin/assay"]
CMD ["--help"]
