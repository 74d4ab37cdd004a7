#!/bin/sh
# Makes Debian packages usable on this machine:
#
#     deploy/packages.sh FOLDER PACKAGE...
#
# As root, or with a sudo that asks no password, apt-get installs them. Without either, the same
# packages are fetched by apt-get and unpacked in FOLDER: no maintainer script runs and nothing
# outside FOLDER is touched.
set -eu

folder=$1
shift
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

main() {
    if [ "$(id -u)" = 0 ]; then
        install_packages "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo -n "$0" "$folder" "$@"
    else
        unpack "$@"
    fi
}

# --- with root ---------------------------------------------------------------------------------

install_packages() {
    keep_services_down
    trap let_services_start EXIT
    set -- --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
    set -- -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"
    # One source that cannot be reached must not stop us: what matters is whether the install works.
    apt-get -q update </dev/null || true
    apt-get -qy install "$@" </dev/null
}

# Debian would make a cluster on port 5432 and start a Redis on 6379: neither is wanted.
keep_services_down() {
    clusters=/etc/postgresql-common/createcluster.conf
    if [ ! -e $clusters ]; then
        mkdir -p /etc/postgresql-common
        printf 'create_main_cluster = false\nstart_conf = manual\n' >$clusters
    fi
    policy=/usr/sbin/policy-rc.d
    ours=no
    if [ ! -e $policy ]; then
        ours=yes
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod 755 $policy
    fi
}

let_services_start() {
    if [ $ours = yes ]; then rm -f $policy; fi
}

# --- without root ------------------------------------------------------------------------------

unpack() {
    state=$folder.apt
    new=$folder.new
    rm -rf "$state" "$new"
    mkdir -p "$state/lists/partial" "$state/archives/partial" "$folder"
    apt_here update || true
    fetch patchelf "$@"
    # Beside, and swapped in when complete: an interrupted start leaves nothing half unpacked.
    cp -al "$folder" "$new"
    for package in "$state"/archives/*.deb; do
        dpkg-deb -x "$package" "$new"
    done
    do_what_scripts_do
    rm -rf "$folder"
    mv "$new" "$folder"
    rm -rf "$state"
}

apt_here() {
    apt-get -q -o Dir::State::lists="$state/lists" -o Dir::Cache="$state" \
        -o Dir::Cache::archives="$state/archives" -o Debug::NoLocking=1 -o APT::Sandbox::User= \
        -o Acquire::Retries=3 "$@" </dev/null
}

# The packages named, even if the system has them (it may have only half), and what they lack.
fetch() {
    plan=$(apt_here --simulate --no-install-recommends install "$@")
    needed=$(printf '%s\n' "$plan" | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
    (cd "$state/archives" && apt_here download $(printf '%s\n' "$@" $needed | sort -u))
}

do_what_scripts_do() {
    # PostGIS's extension files are chosen by update-alternatives.
    for control in "$new"/usr/share/postgresql/*/extension/*-3.control; do
        if [ -e "$control" ]; then
            ln -sf "$(basename "$control")" "${control%-3.control}.control"
        fi
    done
    # Python looks for its installer's wheels, and for its libraries, in the system's folders.
    for python in "$new"/usr/bin/python3.[0-9]*; do
        if [ -x "$python" ] && [ ! -e "$python.moved" ]; then
            sed -i "s#'/usr/share/python-wheels/'#'$folder/usr/share/python-wheels/'#" \
                "$new"/usr/lib/python3.*/_sysconfigdata_*.py
            libraries="lib/$(uname -m)-linux-gnu"
            "$new/usr/bin/patchelf" "$python" --force-rpath \
                --set-rpath "\$ORIGIN/../$libraries:\$ORIGIN/../../$libraries"
            touch "$python.moved"
        fi
    done
}

main "$@"
