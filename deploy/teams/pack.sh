#!/usr/bin/env bash
# Makes the Teams app package from the template: deploy/teams/pack.sh APP-ID HOST [--slash] [-o FILE.zip]
#   APP-ID  client id of the app registration     HOST  public name of the bot, for the links that a package must have
#   --slash the variant with slash commands (needs a tenant that knows manifest 1.30)
set -eu -o pipefail

usage() { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 64; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
manifest=manifest.json output=chatopsbot-teams.zip words=()
while [ $# -gt 0 ]; do
    case $1 in
    --slash) manifest=manifest-slash.json ;;
    -o) shift; [ $# -gt 0 ] || usage; output=$1 ;;
    -*) usage ;;
    *) words+=("$1") ;;
    esac
    shift
done
[ ${#words[@]} = 2 ] || usage
[[ ${words[0]} =~ ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$ ]] || { echo "pack.sh: ${words[0]} is no client id" >&2; exit 64; }
[[ ${words[1]} =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] || { echo "pack.sh: ${words[1]} is no host name" >&2; exit 64; }

case $output in /*) ;; *) output=$PWD/$output ;; esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sed -e "s/{{APP_ID}}/${words[0]}/g" -e "s/{{HOST}}/${words[1]}/g" "$here/$manifest" >"$folder/manifest.json"
cp "$here/color.png" "$here/outline.png" "$folder/"
rm -f "$output"
if [ -n "$(command -v zip)" ]; then
    (cd "$folder" && zip -q -X "$output" manifest.json color.png outline.png)
elif [ -n "$(command -v python3)" ]; then
    (cd "$folder" && python3 -m zipfile -c "$output" manifest.json color.png outline.png)
else
    echo "pack.sh: apt-get install zip" >&2
    exit 78
fi
echo "$output"
