#!/bin/sh
# Install what tests/slurm needs from Debian; quick, and harmless, if all is there.
set -eu

packages="slurmctld slurmd slurm-client slurmdbd munge mariadb-server"

installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=""
for package in $packages; do
    installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "$0: only Debian and its descendants are known to it; needed are:$missing" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "$0: must be root to install:$missing" >&2
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet
# shellcheck disable=SC2086 # one word a package
apt-get install --quiet --yes --no-install-recommends $missing

# The tests start daemons of their own: those that these packages just started can go.
# Without systemd there are none, and the client has none.
if [ -d /run/systemd/system ]; then
    for package in $missing; do
        service="${package%-server}"
        [ "$package" = slurm-client ] || systemctl disable --now "$service"
    done
fi
