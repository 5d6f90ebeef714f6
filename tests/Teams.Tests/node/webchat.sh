#!/usr/bin/env bash
# Fetches the one file of Microsoft's web chat that a page needs; its package would bring 400 others that only its own build needs.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")"
version=4.18.1
integrity=sha512-7jpEUJ7olT62Xm+8eh7BhhIcXVfU2xD4pZDaeBt8K4XcNy6K/83UGIxE9BFkXmHMZ4hDEVOzs5cre07GWuaXzg==
[ -f "node_modules/.webchat/$version.js" ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "botframework-webchat@$version" >/dev/null
archive=$work/botframework-webchat-$version.tgz
[ "sha512-$(openssl dgst -sha512 -binary "$archive" | base64 -w 0)" = "$integrity" ] || { echo "webchat.sh: the package is not the one that is expected" >&2; exit 1; }
tar -xzf "$archive" -C "$work" package/dist/webchat.js
mkdir -p node_modules/.webchat
mv "$work/package/dist/webchat.js" "node_modules/.webchat/$version.js"
