#!/usr/bin/env bash
# Installs what is missing, builds, runs every test and prints "N passed, N failed, N skipped" last.
#   --fast   leaves out what needs root, a browser or a database, and the tests of the shell scripts
# Exit code: 0 all good; 1 a test failed, a test process broke, or nothing ran; 64 wrong arguments; 78 no .NET 10 SDK.
set -u -o pipefail

fast=no
for argument in "$@"; do
    case $argument in
    --fast) fast=yes ;;
    -h | --help)
        sed -n '2,4s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    *)
        echo "run.sh: unknown argument '$argument'; use --fast or nothing" >&2
        exit 64
        ;;
    esac
done

# Tests end programs by signals; those that whoever started this ignores (nohup, a background job) would be ignored by all of them.
if [ -z "${COB_TESTS_SIGNALS:-}" ] && env --default-signal=HUP,INT,QUIT true 2>/dev/null; then
    COB_TESTS_SIGNALS=default exec env --default-signal=HUP,INT,QUIT bash "${BASH_SOURCE[0]}" "$@"
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P) || exit 1
cd "$root" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 LC_ALL=C.UTF-8

passed=0 failed=0 skipped=0 broken=() again=() second=()
logs=$(mktemp -d) || exit 1
# The shell tests clean up after themselves when they are told to stop.
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$logs"' EXIT

say() { printf '\n== %s\n' "$*"; }

need_sdk() {
    if [ -z "$(command -v dotnet)" ] && [ -x "$HOME/.dotnet/dotnet" ]; then
        PATH=$HOME/.dotnet:$PATH
    fi
    if ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
        echo "run.sh: the .NET 10 SDK is missing. Install it with the vendor's script, then run this again:" >&2
        echo "  curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0" >&2
        exit 78
    fi
}

install_packages() {
    [ "$fast" = no ] && [ -f deploy/lab/packages.sh ] || return 0
    if [ "$(id -u)" != 0 ]; then
        echo "run.sh: not root, so nothing is installed and the tests that need root are skipped" >&2
        return 0
    fi
    say "Debian packages"
    local part
    for part in '' --dhcp --browser --managers --database --schemas --clock; do
        bash deploy/lab/packages.sh $part || broken+=("deploy/lab/packages.sh $part failed: tests that need its packages will say so")
    done
}

# The platforms' own clients, types and validators judge our fakes and what the bot sends. Without them those tests are skipped and say so.
install_node_packages() {
    [ "$fast" = no ] || return 0
    say "npm packages"
    if ! command -v node >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
        local private=${XDG_CACHE_HOME:-$HOME/.cache}/chatopsbot-node
        if ! command -v npm >/dev/null || ! npm install --silent --no-audit --no-fund --prefix "$private" node@22; then
            echo "run.sh: no Node 20 or later, and npm could not fetch one: tests that need it are skipped" >&2
            return 0
        fi
        export PATH=$private/node_modules/node/bin:$private/node_modules/.bin:$PATH
    fi
    local folder
    for folder in tests/Slack.Tests/node tests/Teams.Tests/node; do
        (cd "$folder" && { cmp -s package-lock.json node_modules/.chatopsbot-lock || { npm ci --silent --no-audit --no-fund && cp package-lock.json node_modules/.chatopsbot-lock; }; }) ||
            broken+=("npm ci failed in $folder: tests that need its packages will say so")
    done
    bash tests/Teams.Tests/node/webchat.sh || broken+=("Microsoft's web chat was not fetched: tests that need it will say so")
}

build() {
    say "build"
    local locked=()
    [ "${CI:-}" = true ] && locked=(--locked-mode)
    if ! dotnet restore ChatOpsBot.sln -v q "${locked[@]}" || ! dotnet build ChatOpsBot.sln -c Release --no-restore -v q; then
        broken+=("the build failed")
        return 1
    fi
}

# The counts come from the runner's own report; a process that dies leaves none, or an exit code that the counts do not explain.
attribute() { grep -o '<assembly [^>]*' "$1" | grep -o " $2=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'; }

# Runs one test project; what it says goes to its log, its exit code beside it. Started in the background, it would ignore SIGINT, and so would all that it starts.
execute() { # NAME
    local name=$1 filter=() program
    program=$(program_of "$name")
    [ -x "$program" ] || return 0
    [ "$fast" = yes ] && filter=(-trait- Needs=root -trait- Needs=browser -trait- Needs=database)
    env --default-signal=INT "$program" -noLogo -noColor -xml "$logs/$name.xml" "${filter[@]}" >"$logs/$name.log" 2>&1
    echo "$?" >"$logs/$name.code"
}

program_of() { echo "tests/$1/bin/Release/net10.0/ChatOpsBot.$1"; }

count_project() { # NAME
    local name=$1 program report=$logs/$1.xml code total fail method
    program=$(program_of "$name")
    say "$name"
    if [ ! -x "$program" ]; then
        broken+=("$name was not built")
        return
    fi
    cat "$logs/$name.log"
    code=$(cat "$logs/$name.code")
    if [ ! -s "$report" ]; then
        broken+=("$name ended with exit code $code and left no report")
        return
    fi
    total=$(attribute "$report" total)
    fail=$(($(attribute "$report" failed) + $(attribute "$report" errors)))
    passed=$((passed + $(attribute "$report" passed)))
    failed=$((failed + fail))
    skipped=$((skipped + $(attribute "$report" skipped)))
    [ "$code" = 0 ] || [ "$fail" -gt 0 ] || broken+=("$name ended with exit code $code although no test failed")
    [ "$total" -gt 0 ] || broken+=("$name ran no test")
    for method in $(failed_methods "$report" | sort -u); do
        again+=("$program $method $(failed_methods "$report" | grep -cxF "$method")")
    done
}

failed_methods() { # REPORT: TYPE.METHOD of each failed test, a line each
    grep -o '<test [^>]*' "$1" | grep ' result="Fail"' | sed 's/.* type="\([^"]*\)".*/&\n\1/; s/.* method="\([^"]*\)".*\n\(.*\)/\2.\1/'
}

# Real hosts under load: a test may fail because two cores were not enough for all that ran beside it. A few failures are run once more,
# alone; one that passes then counts as passed and is named at the end, for it still has to be looked into.
run_again() {
    local entry program method count report=$logs/again.xml
    [ ${#again[@]} -gt 0 ] && [ ${#again[@]} -le 5 ] || return 0
    for entry in "${again[@]}"; do
        read -r program method count <<<"$entry"
        say "once more, alone: $method"
        rm -f "$report"
        if "$program" -noLogo -noColor -method "$method" -xml "$report" 2>&1 && [ "$(attribute "$report" passed)" -ge "$count" ]; then
            failed=$((failed - count))
            passed=$((passed + count))
            second+=("$method ($count)")
        fi
    done
}

# The longest mostly waits for real hosts, so the others run beside it, one after the other.
longest=Acceptance.Tests
run_projects() {
    local project names=() name others
    for project in tests/*.Tests/*.csproj; do
        name=$(basename "$project" .csproj)
        [ "$name" = "$longest" ] || names+=("$name")
    done
    say "$longest, and beside it ${names[*]}: what they say follows when they have ended"
    for name in "${names[@]}"; do execute "$name"; done &
    others=$!
    execute "$longest"
    count_project "$longest"
    wait "$others"
    for name in "${names[@]}"; do count_project "$name"; done
}

# The shell tests mostly wait for leases, so they run beside the test projects, in a lab of their own.
shell_tests=(tests/lab/selftest.sh tests/deploy/install-test.sh)
start_shell_tests() {
    local script
    [ "$fast" = no ] || return 0
    for script in "${shell_tests[@]}"; do
        { bash "$script" >"$logs/$(basename "$script").out" 2>&1; echo "$?" >"$logs/$(basename "$script").code"; } &
    done
}

# A shell test prints "ok NAME", "FAIL NAME" or "skip NAME: REASON" for each of its cases.
finish_shell_tests() {
    local script code output
    [ "$fast" = no ] || return 0
    wait
    for script in "${shell_tests[@]}"; do
        say "$script"
        output=$logs/$(basename "$script").out
        cat "$output"
        code=$(cat "$logs/$(basename "$script").code")
        passed=$((passed + $(grep -c '^ok ' "$output")))
        failed=$((failed + $(grep -c '^FAIL ' "$output")))
        skipped=$((skipped + $(grep -c '^skip ' "$output")))
        grep -q '^\(ok\|FAIL\|skip\) ' "$output" || broken+=("$script ran no test")
        [ "$code" = 0 ] || grep -q '^FAIL ' "$output" || broken+=("$script ended with exit code $code although no test failed")
    done
}

list_skips() {
    [ "$skipped" -gt 0 ] || return 0
    say "skipped"
    cat "$logs"/*.log "$logs"/*.out 2>/dev/null | grep -E '\[SKIP\]|^skip ' -A 1 | grep -v '^--$' | sed 's/^/  /'
}

# What to look at first when the run has become too long.
list_slowest() {
    say "slowest classes, in seconds"
    cat "$logs"/*.xml 2>/dev/null | grep -o '<test [^>]*' | sed 's/.* time="\([^"]*\)".*/&\n\1/; s/.* type="\([^"]*\)".*\n\(.*\)/\1 \2/' |
        awk '{ sum[$1] += $2; n[$1]++ } END { for (name in sum) printf "  %7.1f  %s (%d)\n", sum[name], name, n[name] }' | sort -rn | head -n 12
}

list_second() {
    [ ${#second[@]} -gt 0 ] || return 0
    say "failed beside the others, passed alone"
    printf '  %s\n' "${second[@]}"
}

# Repeated at the end, where a reader of a long log looks first.
list_failures() {
    [ "$failed" -gt 0 ] || [ ${#second[@]} -gt 0 ] || return 0
    say "failed"
    cat "$logs"/*.log "$logs"/*.out 2>/dev/null | grep -E '\[FAIL\]|^FAIL ' -A 12 | sed 's/^/  /'
}

need_sdk
install_packages
install_node_packages
if build; then
    start_shell_tests
    run_projects
    finish_shell_tests
    run_again
fi

list_slowest
list_skips
list_failures
list_second
[ $((passed + failed)) -gt 0 ] || broken+=("no test ran")
if [ ${#broken[@]} -gt 0 ]; then
    say "broken"
    printf '  %s\n' "${broken[@]}"
    # Each is counted, so that the last line alone never looks good.
    failed=$((failed + ${#broken[@]}))
fi

echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
