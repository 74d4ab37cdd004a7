#!/usr/bin/env bash
# The second half of bare.sh, in mounts and processes of its own.
set -euo pipefail
mount -t proc proc "$bare/proc"
mount --rbind /dev "$bare/dev"
if [ -d "$shared" ]; then
    mkdir -p "$bare$home/shared"
    mount --bind -o ro "$shared" "$bare$home/shared"
fi
lent=()
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_INDEX_URL CI; do
    if [ -n "${!name:-}" ]; then lent+=("$name=${!name}"); fi
done
chroot "$bare" setpriv --reuid="$person" --regid="$person" --init-groups \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME="$home" USER="$person" LANG=C.UTF-8 "${lent[@]}" \
    sh -c 'cd ~/highground && exec "$@"' sh "$@" </dev/null
