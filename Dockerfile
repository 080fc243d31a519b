# The server in a container: docker build -t miniqmt-sim . && docker run -e MINIQMT_SIM_TOKEN=… -p 58620:58620 -v miniqmt:/data miniqmt-sim
# tests/contract/test_container.py carries out these steps in clean virtual environments; keep every RUN a plain command.

FROM python:3.13.9-slim-trixie AS build
WORKDIR /src
RUN python -m venv /opt/build
RUN python -m venv /opt/miniqmt-sim
COPY requirements/ requirements/
RUN /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt
RUN /opt/miniqmt-sim/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY config/ config/
COPY examples/ examples/
COPY matching/ matching/
COPY storage/ storage/
COPY miniqmt_sim/ miniqmt_sim/
RUN /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-index --no-build-isolation --wheel-dir /opt/wheel .
RUN /opt/miniqmt-sim/bin/pip install --no-cache-dir --no-deps --no-index --find-links /opt/wheel miniqmt-sim

FROM python:3.13.9-slim-trixie
# The user has a number, so that an orchestrator can see that it is not root; /data is given to it before it becomes a volume.
RUN useradd --uid 10001 --create-home miniqmt && install --directory --owner=miniqmt /data
COPY --from=build /opt/miniqmt-sim /opt/miniqmt-sim
ENV PATH=/opt/miniqmt-sim/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MINIQMT_SIM_USERDATA=/data \
    MINIQMT_SIM_LISTEN=0.0.0.0:58620
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 58620
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["miniqmt-sim", "health"]
ENTRYPOINT ["miniqmt-sim"]
CMD ["serve"]
