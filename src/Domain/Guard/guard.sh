#!/bin/sh
# The guard: changes a host step by step, and takes everything back by itself unless somebody commits in time.
# Root runs it on production hypervisors, so it is made to be read: POSIX sh, the same bytes for every plan, no eval.
#
#   sh -s -- begin PLAN TOKEN BOOT MACHINE SECONDS     takes the host, checks that nothing has moved, starts the watchdog
#            apply|commit|revert PLAN TOKEN BOOT       extend PLAN TOKEN BOOT SECONDS
#            status|journal PLAN TOKEN BOOT            list
#            watch|run PLAN                            the two detached processes
#
# Input of begin: a line "cob-plan 1"; this program's own text as a vector of one; a line with the number of steps; of each step
# the vectors facts (name, link, ifindex, MAC, before, after, seconds), read, run, undo; a line "cob-end". A vector is a line with
# its length, then its frames; a frame is a line "NEWLINES BYTES", then the data and a newline. Lines before "cob-plan 1" are
# filler: sh -s reads ahead, and what it swallows must not be the plan.
#
# /run/chatops/PLAN/  state/X     the only entry's name is the state. One rename(2) changes it, so of two that want to change the
#                                 same state exactly one succeeds: commit and watchdog cannot both win
#                     watch, run  locked by flock while watchdog and runner live; the kernel lets go, whatever kills them
#                     deadline    uptimes in 1/100 s: when the watchdog fires, and the latest that extend may make of it
#                     steps/N/    the vectors, and started: made before the step runs
#                     journal     what happened; remarks: the part of it that a person must see
#                     reserve     64 KiB that are given back when /run has filled up, so that there is room to say so
# States: not-begun armed applying-N applied reverting; settled: committed reverted revert-conflict revert-failed drift. A plan
# holds the host from armed until settled. /var/lib/chatops/fence has the highest token seen and the last plan armed, and
# survives a reboot, because a bot may sleep through one; PLAN.remarks beside it takes the remarks that /run has no room for.
#
# On a host that is set up hardened there is /etc/chatops/allow: then only this program as it is installed there is kept for the detached
# processes, and a plan of which one vector is not on that list does not begin. The list is a line "cob-allow 1", then vectors as above,
# with a line before each argument: "text", then a frame; or a kind of value, then the line before it and the line behind it.
#
# What may happen to it, at any moment: any of its processes is killed; the session or the bot dies; no file can be written; no process
# can be started; a command hangs; somebody else changes the same things. What must never happen: a change that nobody takes back while
# the watchdog lives, or "reverted" said of a host that is not as before.

PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C # lengths are bytes
export PATH LC_ALL
# By the first variable the bot's supervisor finds and kills what belongs to a cancelled or cut session: this process, but not the
# detached ones, nor a command of theirs. (The mark stays on this process itself: it is in what exec handed over.)
unset CHATOPS_RUN CHATOPS_SUPERVISE
umask 077 # values may be secret
cd / || exit 1 # what is detached must not keep a file system busy
base=/run/chatops
memory=/var/lib/chatops
allow=/etc/chatops/allow
installed=/usr/local/lib/chatops/guard
nl='
'

number() { # TEXT: decimal, fits the arithmetic, cannot be taken for octal
    case $1 in '' | *[!0-9]* | 0?* | ????????????????*) return 1 ;; esac
}

now() { # $now: uptime in 1/100 s; never the wall clock, which may be set
    read -r now _ </proc/uptime
    now=${now%.*}${now#*.}
}

held() { # FOLDER: does a living process hold its lock? Exit code 1 of flock means exactly that
    flock -n -s "$1" true 2>/dev/null
    [ $? -eq 1 ]
}

await() { # COMMAND...: until it succeeds, for 10 s at most
    tries=100
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

state() { # $state, empty when there is none. Reading a folder may miss an entry that is being renamed, so look again
    for _ in 1 2 3 4 5; do
        for state in "$dir"/state/*; do
            state=${state##*/}
            [ "$state" = '*' ] || return 0
        done
    done
    state=
}

swap() { # OLD NEW: the only way to change a state
    mv -T "$dir/state/$1" "$dir/state/$2" 2>/dev/null
}

detach() { # watch|run: starts a process that outlives this session
    if [ -d /run/systemd/system ]; then # as a service, or logind might end it with our login
        unit=cob-apply restart=no
        [ "$1" = run ] || unit=cob-guard restart=on-abnormal # killed, the watchdog is started anew; steps never are
        systemd-run --quiet --collect --unit="$unit-$plan" --property=Restart="$restart" \
            /bin/sh "$dir/guard" "$1" "$plan" </dev/null >/dev/null 2>&1 8<&- && return
        [ "$operation" = revert ] || return # but a systemd that is out of order must not stop a revert
    fi
    # through a subshell that ends at once, so that it is nobody's child when the session is torn down
    (setsid /bin/sh "$dir/guard" "$1" "$plan" </dev/null >/dev/null 2>&1 8<&- &)
}

record() { # KIND STEP CODE EXPECTED FOUND: full lengths, then at most 4000 bytes of each text, so that it all is one write(2)
    now
    printf 'record %s %s %s %s %s %s\n%.4000s\n%.4000s\n' "$now" "$1" "$2" "$3" "${#4}" "${#5}" "$4" "$5"
}

say() { record "$@" 2>/dev/null >>"$dir/journal"; }

remark() {
    say "$@"
    { record "$@" >>"$dir/remarks" || record "$@" >>"$memory/$plan.remarks"; } 2>/dev/null
}

make_room() { # /run may have filled up since begin: gives the reserve back. A record that was cut off there must not swallow the next
    rm -f "$dir/reserve"
    for file in "$dir/journal" "$dir/remarks"; do
        [ ! -s "$file" ] || echo >>"$file"
    done 2>/dev/null
}

look() { # $status, $state, $watchdog, $runner
    while :; do
        state
        was=$state watchdog=no runner=no
        held "$dir/watch" && watchdog=yes
        held "$dir/run" && runner=yes
        state
        [ "$state" != "$was" ] || break # a watchdog that has finished meanwhile is not lost
    done
    case $state-$watchdog in
    -*)
        status=not-begun
        [ ! -d "$dir" ] && [ "$(remembered)" != "$plan" ] || status=unknown # it was begun, and what it wrote down is gone
        ;;
    armed-no | applying-*-no | applied-no | reverting-no) status=guard-lost ;;
    *) status=$state ;;
    esac
    [ ! -f "$dir/boot" ] || read -r boot <"$dir/boot"
    read -r current </proc/sys/kernel/random/boot_id
    [ "${boot:-$current}" = "$current" ] || status=rebooted
}

show() { # [CODE TEXT]: the plan, with a refusal
    printf 'plan %s\nstatus %s\nstate %s\nwatchdog %s\nrunner %s\n' "$plan" "$status" "$state" "$watchdog" "$runner"
    [ $# -eq 0 ] || printf 'refused %s %s\n' "$1" "$2"
    now
    printf 'uptime %s\n' "$now"
    [ -f "$dir/deadline" ] && read -r fires _ <"$dir/deadline" && number "$fires" && printf 'left %s\n' "$((fires - now))"
    for file in "$dir/$log" "$memory/$plan.remarks"; do
        [ ! -f "$file" ] || cat "$file"
    done
}

answer() {
    look
    printf 'cob-guard 1\n'
    show "$@"
    printf 'end\n'
}

list() {
    printf 'cob-guard 1\n'
    for dir in "$base"/*/; do
        dir=${dir%/} boot=''
        plan=${dir##*/}
        [ ! -d "$dir" ] || { look; show; }
    done
    printf 'end\n'
}

refuse() { # CODE TEXT
    answer "$1" "$2"
    exit 3
}

enter() { # one operation at a time decides, and none for a bot that has lost its lease and woken up late
    mkdir -p "$base" "$memory" 2>/dev/null || refuse cannot-write "cannot write $base or $memory"
    exec 8<"$base"
    flock -w 10 8 || refuse locked 'another operation has been deciding for 10 s'
    seen=0
    [ ! -f "$memory/fence" ] || read -r seen _ <"$memory/fence"
    number "$seen" || refuse fenced "$memory/fence is damaged; remove it if no other bot works on this host"
    [ "$token" -ge "$seen" ] || refuse fenced "token $token is older than $seen; a bot that lost its store: remove $memory/fence"
    if [ "$token" -gt "$seen" ] && ! remember "$(remembered)"; then
        [ "$operation" != begin ] || refuse cannot-write "cannot write $memory" # but a full /var must not stop a revert
    fi
    look
}

remembered() { [ ! -f "$memory/fence" ] || { read -r _ last <"$memory/fence" && printf %s "$last"; }; }

remember() { # LAST-PLAN
    {
        printf '%s %s\n' "$token" "$1" >"$memory/.fence" && sync "$memory/.fence" &&
            mv -T "$memory/.fence" "$memory/fence" && sync "$memory"
    } 2>/dev/null
}

others() { # KEEP|REMOVE: refuses while another plan holds the host; removes those that do not
    for other in "$base"/*/; do
        other=${other%/}
        [ "$other" != "$dir" ] && [ -d "$other" ] || continue
        case $(dir=$other plan=${other##*/} && look && printf %s "$status") in
        armed | applying-* | applied | reverting | guard-lost) refuse busy "plan ${other##*/} holds this host" ;;
        *) [ "$1" = KEEP ] || rm -rf "$other" ;;
        esac
    done
    for other in "$memory"/*.remarks; do # also those from before a reboot
        [ "$1" = KEEP ] || [ "$other" = "$memory/$plan.remarks" ] || rm -f "$other"
    done
}

# --- the plan as data ---------------------------------------------------------------------------------------------------

frame() { # $value and $header from standard input; fails unless it is whole
    IFS= read -r header
    lines=${header% *} bytes=${header#* } value=
    number "$lines" && number "$bytes" || return 1
    while [ "$lines" -gt 0 ]; do
        IFS= read -r line || return 1
        value=$value$line$nl
        lines=$((lines - 1))
    done
    IFS= read -r line || return 1
    value=$value$line
    [ "${#value}" -eq "$bytes" ]
}

vector() { # FILE: copies one; fails with 1 when it is damaged, with 2 when it cannot be written
    read -r left
    number "$left" || return 1
    printf '%s\n' "$left" >"$1" || return 2
    while [ "$left" -gt 0 ]; do
        frame || return 1
        printf '%s\n%s\n' "$header" "$value" >>"$1" || return 2
        left=$((left - 1))
    done
}

receive() { # FOLDER: the whole plan before anybody can see it; fails as vector does, with 3 for another guard, with 4 for what is not allowed
    rm -rf "$1"
    mkdir "$1" "$1/steps" "$1/state" "$1/state/not-begun" "$1/watch" "$1/run" || return 2
    printf '%s\n' "$boot" >"$1/boot" && head -c 65536 /dev/zero >"$1/reserve" || return 2
    line=''
    until [ "$line" = 'cob-plan 1' ]; do IFS= read -r line || return 1; done
    vector /dev/null || return
    printf '%s' "$value" >"$1/guard" || return 2
    [ ! -e "$allow" ] || cmp -s "$1/guard" "$installed" || return 3
    read -r count
    number "$count" && [ "$count" -gt 0 ] || return 1
    printf '%s\n' "$count" >"$1/count" || return 2
    step=0
    while [ "$step" -lt "$count" ]; do
        step=$((step + 1))
        mkdir "$1/steps/$step" || return 2
        for part in facts read run undo; do vector "$1/steps/$step/$part" || return; done
        [ ! -e "$allow" ] || allowed "$1/steps/$step" || return 4
    done
    read -r line && [ "$line" = cob-end ] || return 1
    mv -T "$1" "$dir" || return 2
}

allowed() { # FOLDER: is each command of the step on the list?
    for part in read run undo; do
        set -- "$1" # and behind it the command
        {
            read -r left
            while [ "$left" -gt 0 ]; do
                frame || return 1
                set -- "$@" "$value"
                left=$((left - 1))
            done
        } <"$1/$part"
        listed "$@" || return 1
    done
}

listed() { # FOLDER ARGUMENT...
    shift
    {
        read -r header && [ "$header" = 'cob-allow 1' ] || return 1
        while read -r left; do
            ! same_vector "$@" || return 0
        done
    } <"$allow"
    return 1
}

same_vector() { # ARGUMENT...: reads the list's next vector to its end; is it this one?
    fits=yes
    number "$left" && [ "$left" -eq $# ] || fits=no
    while [ "$left" -gt 0 ]; do
        read -r kind || return 1
        if [ "$kind" = text ]; then
            frame || return 1
            [ "$value" = "${1-}" ] || fits=no
        else
            IFS= read -r head && IFS= read -r tail || return 1
            [ "$fits" = no ] || fills "$kind" "$head" "$tail" "$1" || fits=no
        fi
        [ $# -eq 0 ] || shift
        left=$((left - 1))
    done
    [ "$fits" = yes ]
}

fills() { # KIND HEAD TAIL ARGUMENT: is there such a value between the two? Nothing that a program could take for an option, or nft for a second command
    case $4 in "$2"*"$3") ;; *) return 1 ;; esac
    value=${4#"$2"}
    value=${value%"$3"}
    case $value in '' | -* | *';'* | *"$nl"*) return 1 ;; esac
    case $1 in
    plan) [ "$value" = "$plan" ] ;;
    number) number "$value" ;;
    link) case $value in . | .. | */* | *[[:space:]]* | ????????????????*) return 1 ;; esac ;;
    name) case $value in [!A-Za-z_]* | *[!A-Za-z0-9_./-]*) return 1 ;; esac ;;
    line) case $value in *[[:cntrl:]]*) return 1 ;; esac ;;
    *) return 1 ;;
    esac
}

facts() { # of $step: $link $index $mac $before $after $limit; fails when what was written down is damaged
    folder=$dir/steps/$step rc=0 before='' after=''
    {
        read -r _
        frame && frame && link=$value && frame && index=$value && frame && mac=$value &&
            frame && before=$value && frame && after=$value && frame && limit=$value
    } 2>/dev/null <"$folder/facts" && number "$limit" && [ "$limit" -gt 0 ] && return
    found='the plan is damaged'
    return 1
}

steps() { # $count; fails when it is damaged: a plan with no steps at all would look like one that is done
    read -r count 2>/dev/null <"$dir/count"
    number "${count-}" && [ "$count" -gt 0 ]
}

subject() { # is the link the one that was approved, or has its name gone to another guest? $found says what is there
    [ -n "$link" ] || return 0
    found="$link is gone"
    read -r has_index 2>/dev/null <"/sys/class/net/$link/ifindex" || return 1
    read -r has_mac 2>/dev/null <"/sys/class/net/$link/address" || return 1
    found="$link $has_index $has_mac"
    [ "$has_index" = "$index" ] || return 1
    # A bridge takes its address from its ports, so it changes while we work; an empty one in the plan says the same of other links.
    [ "$has_mac" = "$mac" ] || [ -z "$mac" ] || [ -d "/sys/class/net/$link/bridge" ]
}

invoke() { # PART: from data to argument vector to process, with no shell in between
    exec 5<"$folder/$1"
    read -r left <&5
    number "$left" && [ "$left" -gt 0 ] || return 126
    set --
    while [ "$left" -gt 0 ]; do
        frame <&5 || return 126 # never run a part of a command
        set -- "$@" "$value"
        left=$((left - 1))
    done
    timeout -k 2 "$limit" "$@" </dev/null 5<&- 8<&- # keeps 7 and 9: the lock of a dead watchdog or runner is held while its command lives
}

capture() { # PART BYTES: $text, the last BYTES it printed, and $rc. A daemon that keeps the pipe open must not stop us for ever
    now
    began=$now
    text=$({
        case $1 in read) invoke "$1" 2>/dev/null ;; *) invoke "$1" 2>&1 ;; esac
        printf '\n%s' "$?"
    } | timeout -k 1 "$((limit + 4))" tail -c "$2")
    rc=${text##*"$nl"} text=${text%"$nl"*}
    number "$rc" && return
    now
    rc=124
    [ "$((now - began))" -ge "$((limit * 100))" ] || rc=125 # as timeout says it: no process could be started
}

value() { # of $step: $found; fails when it cannot be read
    capture read 65536
    found=${text%"$nl"}
    [ "$rc" = 0 ] && [ "${#text}" -lt 65530 ] && return
    found="(not readable, exit code $rc) $found"
    return 1
}

same() { # is every link and value as it was approved? Names all that are not
    steps || refuse garbled 'the plan is damaged'
    step=0 moved=no
    while [ "$step" -lt "$count" ]; do
        step=$((step + 1))
        facts || refuse garbled "step $step is not whole"
        if ! subject; then
            moved=yes && remark drift "$step" 0 "$link $index $mac" "$found"
        elif ! value || [ "$found" != "$before" ]; then
            moved=yes && remark drift "$step" "$rc" "$before" "$found"
        fi
    done
    [ "$moved" = no ]
}

# --- operations ---------------------------------------------------------------------------------------------------------

begin() {
    enter
    others KEEP
    [ "$status" = not-begun ] || { answer; exit; } # it has been begun before
    read -r id 2>/dev/null </etc/machine-id
    [ "$id" = "$machine" ] || refuse machine "this machine is $id"
    if [ ! -d "$dir" ]; then
        receive "$base/.new" 2>/dev/null
        case $? in
        0) ;;
        2) rm -rf "$base/.new"; refuse cannot-write "no room in $base" ;;
        3) rm -rf "$base/.new"; refuse version "another guard is installed here; install the one of this bot with deploy/host/install.sh" ;;
        4) rm -rf "$base/.new"; refuse not-allowed "step $step, $part, is not on $allow, the list of what may be run here" ;;
        *) rm -rf "$base/.new"; refuse garbled 'the plan did not arrive whole' ;;
        esac
    fi
    same || { swap not-begun drift; answer; exit; }
    now
    deadline "$((now + seconds * 100))" "$((now + 60000))" && remember "$plan" || refuse cannot-write "cannot write $base or $memory"
    detach watch
    await held "$dir/watch" || refuse no-watchdog 'the watchdog did not start'
    others REMOVE
    say armed 0 0 '' '' && swap not-begun armed || refuse cannot-write "no room in $base"
    answer
}

deadline() { # FIRES LATEST
    printf '%s %s\n' "$1" "$2" 2>/dev/null >"$dir/deadline.new" && mv -T "$dir/deadline.new" "$dir/deadline"
}

extend() {
    enter
    case $status in armed | applying-* | applied) ;; *) refuse state 'there is nothing to extend' ;; esac
    read -r fires latest <"$dir/deadline"
    now
    now=$((now + seconds * 100))
    [ "$now" -le "$latest" ] || now=$latest
    [ "$now" -le "$fires" ] || deadline "$now" "$latest" || refuse cannot-write "no room in $base"
    say extended 0 0 '' "$seconds"
    answer
}

apply() {
    enter
    case $status in
    armed) detach run ;;
    applying-*) ;; # by an apply whose answer was lost; this one waits for the same steps
    guard-lost) refuse no-watchdog 'nothing would take the change back' ;;
    not-begun | unknown) refuse state 'there is no plan to apply' ;;
    *) answer; exit ;; # it has been applied before
    esac
    exec 8<&-
    if ! await left armed && swap armed reverting; then # so that they cannot start after we have said that they did not
        await left reverting
        refuse no-runner 'the steps did not start, and will not'
    fi
    while state && case $state in applying-*) held "$dir/run" ;; *) false ;; esac; do sleep 0.1; done
    answer
}

left() { # STATE: is it another one by now?
    state
    [ "$state" != "$1" ]
}

commit() {
    enter
    if [ "$status" != rebooted ] && swap applied committed; then
        say committed 0 0 '' ''
        state
    fi
    [ "$state" = committed ] || refuse state 'only what is applied can be committed'
    answer
}

revert() {
    enter
    case $status in
    reverted | drift) answer; exit ;;
    committed | not-begun | unknown | rebooted) refuse state 'there is nothing to take back' ;;
    revert-*) others KEEP ;; # once more, after somebody has removed the cause
    esac
    while case $state in armed | applying-* | applied | revert-*) ! swap "$state" reverting ;; *) false ;; esac; do
        state # the steps may still go from state to state
    done
    exec 8<&-
    for _ in 1 2 3; do # a watchdog that has just finished with an earlier revert may end instead of seeing this one
        held "$dir/watch" || detach watch
        await watched || break
        while held "$dir/watch" && ! left reverting; do sleep 0.1; done
        ! left reverting || break
    done
    answer
}

watched() { held "$dir/watch" || left reverting; }

# --- the detached processes ---------------------------------------------------------------------------------------------

watch() { # the watchdog, and the only one that takes steps back
    # A shell that can start no process any more gives up. This starts it anew in its own place, for which no further process is needed.
    [ -d "$dir/watch" ] || exit 1
    trap again EXIT
    exec 7<"$dir/watch"
    flock -w 600 7 || finish 1 # one at a time, and not while an undo of its predecessor still runs
    echo -1000 2>/dev/null >/proc/self/oom_score_adj || say unprotected 0 0 '' ''
    while state; do
        case $state in
        not-begun | armed | applying-* | applied)
            now
            fires=''
            read -r fires _ 2>/dev/null <"$dir/deadline"
            if ! number "$fires" || [ "$now" -ge "$fires" ]; then
                [ "$state" != not-begun ] || finish 0 # begin has died half way
                swap "$state" reverting && say fired 0 0 '' ''
                continue
            fi
            ;;
        reverting) undo_all ;;
        *) finish 0 ;;
        esac
        sleep 0.2
    done
}

finish() { # CODE
    trap - EXIT
    exit "$1"
}

again() {
    now
    later=$((now + 20))
    while [ "$now" -lt "$later" ]; do now; done # the only way to wait without another process
    exec /bin/sh "$dir/guard" watch "$plan"
}

undo_all() {
    outcome=reverted step=0 rc=0 before='' after=''
    make_room
    if ! end_runner; then # it hangs in the kernel and may still change something afterwards
        found='a command of the repair goes on and cannot be killed'
        not_undone
    fi
    if steps; then
        step=$count
    else
        found='the plan is damaged'
        not_undone
    fi
    while [ "$step" -gt 0 ]; do
        tries=30
        until [ ! -d "$dir/steps/$step/started" ] || undo_step; do
            tries=$((tries - 1))
            [ "$tries" -gt 0 ] || { not_undone; break; }
            sleep 0.2
        done
        step=$((step - 1))
    done
    swap reverting "$outcome"
}

undo_step() { # fails when no process could be started for it, which may pass
    if ! facts; then
        not_undone
    elif ! subject; then
        remark gone "$step" 0 "$link $index $mac" "$found"
    elif ! value; then
        [ "$rc" != 125 ] || return 1
        not_undone
    elif [ "$found" = "$before" ]; then
        say untouched "$step" 0 '' "$found"
    elif [ "$found" = "$after" ]; then
        capture undo 4000
        [ "$rc" != 125 ] || return 1
        say undone "$step" "$rc" '' "$text"
        value && [ "$found" = "$before" ] && return
        [ "$rc" != 125 ] || return 1
        not_undone
    else
        remark conflict "$step" 0 "$after" "$found"
        [ "$outcome" = revert-failed ] || outcome=revert-conflict
    fi
    return 0 # also when nothing could be written down
}

not_undone() {
    remark undo-failed "$step" "$rc" "$before" "$found"
    outcome=revert-failed
}

end_runner() { # lets the command in hand finish for 2 s, then kills it; fails when it still lives after 4 s
    tries=0
    while held "$dir/run"; do
        [ "$tries" -lt 40 ] || return 1
        [ "$tries" -lt 20 ] || kill_session
        tries=$((tries + 1))
        sleep 0.1
    done
}

kill_session() { # its number cannot have gone to others: it stays taken while a process of it lives, and one holds the lock
    read -r sid <"$dir/sid" || return
    for stat in /proc/[0-9]*/stat; do
        read -r line <"$stat" || continue
        set -- "${line%% *}" ${line##*) } # pid | state parent group session ...
        [ "${5-}" != "$sid" ] || kill -KILL "$1"
    done 2>/dev/null
}

run() { # the steps
    exec 9<"$dir/run"
    flock -w 5 9 && steps && printf '%s\n' "$$" 2>/dev/null >"$dir/sid" || exit 1
    was=armed step=0
    while [ "$step" -lt "$count" ]; do
        step=$((step + 1))
        swap "$was" "applying-$step" || exit # the watchdog or a revert was faster
        was=applying-$step
        perform || exit # the state says where, the remarks why; the bot or the watchdog decides
    done
    swap "$was" applied
}

perform() {
    facts || { failed ''; return 1; }
    subject || { failed "$link $index $mac"; return 1; }
    # An earlier step may have brought this value along; a third one is somebody else's work.
    value && { [ "$found" = "$before" ] || [ "$found" = "$after" ]; } || { failed "$before"; return 1; }
    if ! { say started "$step" 0 '' '' && sync "$dir/journal" && mkdir "$dir/steps/$step/started"; } 2>/dev/null; then
        make_room
        found='the journal cannot be written' && failed ''
        return 1
    fi
    capture run 4000
    found=$text
    say ran "$step" "$rc" '' "$found"
    [ "$rc" = 0 ] || { failed ''; return 1; }
    value && [ "$found" = "$after" ] || { failed "$after"; return 1; }
}

failed() { remark failed "$step" "$rc" "$1" "$found"; }

main() {
    operation=${1-} plan=${2-} token=${3-0} boot=${4-} machine='' seconds=120 log=remarks dir=$base/${2-}
    case $operation in
    begin) machine=${5-} seconds=${6-} ;;
    extend) seconds=${5-} ;;
    journal) log=journal ;;
    apply | commit | revert | status | watch | run) ;;
    list) list; exit ;;
    *) exit 64 ;;
    esac
    case $plan in '' | *[!a-z0-9-]*) exit 64 ;; esac
    number "$token" && number "$seconds" && [ "$seconds" -ge 3 ] && [ "$seconds" -le 600 ] || exit 64
    case $operation in status | journal) answer ;; *) "$operation" ;; esac
}

main "$@"
exit
