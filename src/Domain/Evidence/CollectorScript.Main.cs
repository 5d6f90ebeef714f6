namespace ChatOpsBot.Domain.Evidence;

/// <content>The main flow.</content>
internal static partial class CollectorScript
{
    /// <summary>
    /// The main flow, after the rows. A read costs processes more than anything else: the rows share a few shells, sections leave in one piece
    /// at the end (and each second until then), and rows that ask one tool for lists ask it together.
    /// </summary>
    public const string Main = """"

        # The first worker to create the claim file has the row: true, unlike ':', survives the refusal of a redirection.
        work() {
            trap resume EXIT
            while [ -n "$rows" ]; do
                row=${rows%% *} rows=${rows#* }
                [ -n "$row" ] || continue
                if [ -n "$D" ]; then
                    set -C
                    true 2>/dev/null >"$D/claim.$row" || { set +C; continue; }
                    set +C
                fi
                run_row "$row"
            done
            trap - EXIT
        }

        # A fragment has ended the shell: the rows that are left get a new one.
        resume() {
            trap - EXIT
            case $section in '' | b.*) ;; *) close_section ;; esac
            (work)
        }

        # Sends the sections that are whole and were not sent yet. Only one at a time runs.
        emit() {
            total=0
            [ -s "$D/total" ] && read -r total <"$D/total"
            set --
            for mark in "$D"/*.9999; do
                row=${mark##*/}
                row=${row%.9999}
                [ -s "$mark" ] && [ ! -e "$D/sent.$row" ] || continue
                true >"$D/sent.$row"
                size=0 items=
                for head_file in "$D/$row".*.a; do
                    [ -e "$head_file" ] || continue
                    { read -r x; read -r x x x x x out err; IFS= read -r items; } <"$head_file"
                    size=$((size + out + err))
                done
                if [ $((total + size)) -le "$max_wire" ]; then
                    total=$((total + size))
                    set -- "$@" "$D/$row".*
                    continue
                fi
                case $row in
                b.*)
                    last=
                    for item in $items; do
                        [ "${item%:*}" = "$last" ] || drop_section "${item%:*}"
                        last=${item%:*}
                    done
                    ;;
                *) drop_section "$row" ;;
                esac
            done
            printf '%s\n' "$total" >"$D/total"
            [ $# -eq 0 ] || cat "$@" >&7
            true >"$D/emitting"
        }

        drop_section() {
            printf '\n%s section %s\n\n%s part truncated 0 0 0 0\n\n%s close %s 1\n' "$N" "$1" "$N" "$N" "$1" >&7
        }

        refuse_section() {
            printf '\n%s section %s\n\n%s part noprivilege 0 0 0 %s\n%s\n%s close %s 1\n' "$N" "$1" "$N" "${#2}" "$2" "$N" "$1"
        }

        run_rows() {
            rows="$1 "
            [ -n "$1" ] || return 0
            if [ -z "$D" ]; then
                (work) </dev/null >/dev/null 2>&1
                return 0
            fi
            set --
            while [ $# -lt 4 ]; do
                work </dev/null >/dev/null 2>&1 7>&- &
                set -- "$@" "$!"
            done
            wait "$@"
        }

        exec 3<&- 7>&1
        while read -r key x uid x; do [ "$key" = Uid: ] && break; done </proc/self/status
        [ -n "$uid" ] || uid=$(id -u)

        for base in /dev/shm /tmp; do
            [ -d "$base" ] && [ -w "$base" ] || continue
            for old in "$base"/chatops-read.*; do
                [ -d "$old" ] || break
                find "$base" -maxdepth 1 -type d -name 'chatops-read.*' -user "$uid" -mmin +10 -exec rm -rf {} + 2>/dev/null
                break
            done
            [ -n "$D" ] || D=$(mktemp -d "$base/chatops-read.XXXXXXXXXX" 2>/dev/null) || D=
            # A file system that is full still makes directories.
            if [ -n "$D" ] && ! printf '%s' "$N" 2>/dev/null >"$D/room"; then
                rm -rf "$D"
                D=
            fi
        done

        printf '\n%s hello 1\n' "$N"
        root_reason= rows_all="$rows_root $rows_any"
        if ! is_root; then
            rows_all=$rows_any
            if [ "$sudo_mode" = never ]; then
                root_reason='sudo is switched off for this host'
            elif have sudo; then
                root_reason='needs root, sudo -n refused'
            else
                root_reason='needs root, sudo is not installed'
            fi
            [ "$sudo_mode" = always ] && printf '\n%s refused %s\n' "$N" "$root_reason"
            for row in $rows_refused; do refuse_section "$row" "$root_reason"; done
        fi

        if [ -n "$D" ]; then
            watch </dev/null >/dev/null 2>&1 &
            watchdog=$!
            trap 'kill "$watchdog"; rm -rf "$D"' EXIT
            trap 'exit 129' HUP
            trap 'exit 130' INT
            trap 'exit 143' TERM
        fi
        running=$(grep -sE "$daemons" /proc/[0-9]*/comm)
        if [ -z "$D" ] || [ "$runs" = single ]; then
            run_rows "$rows_all $rows_listed"
        else
            run_rows "$rows_all $rows_batch"
            rows=
            for row in $rows_listed; do
                [ -e "$D/claim.$row" ] || rows="$rows $row"
            done
            run_rows "${rows# }"
        fi
        if [ -n "$D" ]; then
            kill "$watchdog"
            wait "$watchdog"
            trap 'rm -rf "$D"' EXIT
            emit
        fi
        printf '\n%s end\n' "$N"
        [ -n "$D" ] || exit 0
        trap '' HUP INT TERM
        trap - EXIT
        exec rm -rf "$D"
        """";
}
