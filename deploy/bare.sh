#!/usr/bin/env bash
# Tries a command of this checkout on a bare Debian 12, which is gone afterwards:
#
#     deploy/bare.sh root  ./run --setup      as root, the checkout below root's own home
#     deploy/bare.sh sudo  ./run --setup      as a user with a sudo that asks no password
#     deploy/bare.sh plain ./test             as a user with neither
#
# Needs root and debootstrap. The machine lends its Debian sources, name service, certificates,
# pip.conf and proxies; the rest is Debian's minimal system. A folder ../shared comes along, to be
# read. BASE may name a folder with such a system already made, which is copied.
set -euo pipefail
who=$1
shift
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
bare=$(mktemp -d)
trap 'rm -rf --one-file-system "$bare"' EXIT

main() {
    make_system
    lend
    make_person
    bring_checkout
    export bare home person shared=${checkout%/*}/shared
    # Its own mounts and processes: whatever the command leaves behind ends with it.
    unshare --mount --pid --fork --kill-child "${BASH_SOURCE[0]%/*}/bare-inside.sh" "$@"
}

debian_sources() {
    apt-get indextargets --format '$(ORIGIN) deb $(REPO_URI) $(CODENAME) $(COMPONENT)' \
        'Created-By: Packages' | sed -n 's/^Debian deb/deb/p' | sort -u
}

make_system() {
    local mirror
    mirror=$(debian_sources | awk '$3 == "bookworm" { print $2; exit }')
    if [ -n "${BASE:-}" ]; then
        cp -a "$BASE/." "$bare"
    else
        debootstrap --variant=minbase bookworm "$bare" "$mirror" >&2
    fi
    chmod 755 "$bare"
    debian_sources >"$bare/etc/apt/sources.list"
}

lend() {
    cp -L /etc/resolv.conf /etc/hosts "$bare/etc/"
    if [ -e /etc/pip.conf ]; then cp /etc/pip.conf "$bare/etc/"; fi
    mkdir -p "$bare/etc/ssl/certs"
    cp -L /etc/ssl/certs/ca-certificates.crt "$bare/etc/ssl/certs/"
    if [ -d /usr/local/share/ca-certificates ]; then
        cp -aL /usr/local/share/ca-certificates "$bare/usr/local/share/"
    fi
}

make_person() {
    person=tester home=/home/tester
    case $who in
        root) person=root home=/root ;;
        sudo) chroot "$bare" sh -c 'apt-get -q update && apt-get -qy install --no-install-recommends sudo' >&2
            echo 'tester ALL=(ALL) NOPASSWD: ALL' >"$bare/etc/sudoers.d/tester" ;;
        plain) ;;
        *) echo "bare.sh: root, sudo or plain?" >&2; exit 2 ;;
    esac
    if [ "$person" = tester ]; then chroot "$bare" useradd --create-home tester; fi
}

# What git knows of, as it stands now.
bring_checkout() {
    mkdir -p "$bare$home/highground"
    (cd "$checkout" && git ls-files -z --cached --others --exclude-standard |
        tar -c --null --files-from=- --ignore-failed-read) | tar -x -C "$bare$home/highground"
    chroot "$bare" chown -R "$person:" "$home"
}

main "$@"
