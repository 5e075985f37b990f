#!/bin/sh
# Install the browser that tests/report looks at the report with; harmless if it is there.
set -eu

if command -v chromium >/dev/null; then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "$0: only Debian and its descendants are known to it; needed is: chromium" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "$0: must be root to install chromium" >&2
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet
apt-get install --quiet --yes --no-install-recommends chromium fonts-dejavu-core
