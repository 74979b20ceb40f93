# Odoo with the telephony addons, on Odoo's official image; compose.yaml runs it. "make docker" follows these steps
# where no Docker engine is at hand.

# The addons as packages, as "make dist" builds them
FROM python:3.12-slim AS packages
WORKDIR /source
COPY tools/dist/requirements.txt ./
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . ./addons
RUN pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /packages ./addons/telephony_*

FROM odoo:19
# As packages, not in /mnt/extra-addons: that is a volume of the image, which would keep the addons of before
USER root
COPY --from=packages /packages /tmp/packages
RUN pip install --no-cache-dir --break-system-packages /tmp/packages/*.whl
USER odoo
