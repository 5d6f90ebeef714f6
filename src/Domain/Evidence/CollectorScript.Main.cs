namespace ChatOpsBot.Domain.Evidence;

/// <content>The main flow.</content>
internal static partial class CollectorScript
{
    /// <summary>The main flow, after the rows.</summary>
    public const string Main = """"

        # The first worker to create the claim file has the row: true, unlike ':', survives the refusal of a redirection.
        # Sections go out in small lots, for each lot costs a process.
        work() {
            lot= lot_size=0
            for row in $rows; do
                set -C
                true 2>/dev/null >"$D/claim.$row" || { set +C; continue; }
                set +C
                run_row "$row"
                lot="$lot $row" lot_size=$((lot_size + 1))
                if [ "$lot_size" -ge 6 ]; then
                    printf '%s\n' "$lot" >&7
                    lot= lot_size=0
                fi
            done
            [ -z "$lot" ] || printf '%s\n' "$lot" >&7
        }

        emit() {
            total=0
            while read -r lot; do
                set --
                for row in $lot; do
                    size=0
                    for head_file in "$D/$row".*.a; do
                        [ -e "$head_file" ] || continue
                        { read -r x; read -r x x x x x out err; } <"$head_file"
                        size=$((size + out + err))
                    done
                    if [ $((total + size)) -gt "$max_wire" ]; then
                        printf '\n%s section %s\n\n%s part truncated 0 0 0 0\n\n%s close %s 1\n' "$N" "$row" "$N" "$N" "$row"
                    else
                        total=$((total + size))
                        set -- "$@" "$D/$row".*
                    fi
                done
                [ $# -eq 0 ] || cat "$@"
            done
        }

        run_rows() {
            rows=$1
            [ -n "$rows" ] || return 0
            if [ -z "$D" ]; then
                exec 7>&1
                for row in $rows; do run_row "$row"; done
                return 0
            fi
            {
                exec 7>&1
                worker=0
                while [ "$worker" -lt "$width" ]; do
                    worker=$((worker + 1))
                    work >/dev/null 2>&1 &
                done
                exec 7>&-
                wait
            } | emit
        }

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
        if [ -n "$D" ]; then
            watch </dev/null >/dev/null 2>&1 3<&- &
            watchdog=$!
            trap 'kill "$watchdog"; rm -rf "$D"' EXIT
            trap 'exit 129' HUP
            trap 'exit 130' INT
            trap 'exit 143' TERM
        fi

        printf '\n%s hello 1\n' "$N"
        width=4 root_reason=
        if [ "$role" = root ]; then
            exec 3<&-
            width=2 max_wire=29360128
            run_rows "$rows_root $rows_better"
            printf '\n%s rooted\n' "$N"
            exit 0
        fi

        sudo_pid=
        if is_root; then
            exec 3<&-
            run_rows "$rows_root $rows_better $rows_login $rows_self"
        elif [ "$sudo_mode" = never ] || ! have sudo; then
            exec 3<&-
            root_reason='needs root, sudo is not installed'
            [ "$sudo_mode" = never ] && root_reason='sudo is switched off for this host'
        elif [ -n "$D" ]; then
            width=2 max_wire=29360128
            # From a file and not as an argument, or sudo would write all of this program into the log of the host.
            printf '%s' "$own_text" >"$D/program"
            if [ -n "$CHATOPS_SUPERVISE" ]; then
                sudo -n /bin/sh -c "$CHATOPS_SUPERVISE" chatops 60 /bin/sh "$D/program" '' "$N" never root <&3 >"$D/root.out" 2>"$D/root.err" &
            else
                sudo -n /bin/sh "$D/program" '' "$N" never root </dev/null >"$D/root.out" 2>"$D/root.err" &
            fi
            sudo_pid=$!
            exec 3<&-
            run_rows "$rows_login"
            wait "$sudo_pid"
            { read -r x; read -r x word x; } <"$D/root.out"
            [ "$word" = hello ] || root_reason='needs root, sudo -n refused'
            width=4
        else
            run_rows "$rows_login"
            if [ -n "$CHATOPS_SUPERVISE" ]; then
                sudo -n /bin/sh -c "$CHATOPS_SUPERVISE" chatops 60 /bin/sh -c "$own_text" chatops '' "$N" never root <&3 2>/dev/null
            else
                sudo -n /bin/sh -c "$own_text" chatops '' "$N" never root </dev/null 2>/dev/null
            fi || root_reason='needs root, sudo -n refused'
            exec 3<&-
        fi

        if ! is_root; then
            if [ -n "$root_reason" ]; then
                [ "$sudo_mode" = always ] && printf '\n%s refused %s\n' "$N" "$root_reason"
                for row in $rows_root; do refuse_section "$row" "$root_reason"; done
                case $sudo_mode/$root_reason in
                */*refused) run_rows "$rows_better $rows_self" ;;
                *) run_rows "$rows_better $rows_login $rows_self" ;;
                esac
            else
                run_rows "$rows_self"
                # Last, because a root child that was killed may have left half a frame.
                [ -n "$D" ] && cat "$D/root.out"
            fi
        fi
        printf '\n%s end\n' "$N"
        exit 0
        """";
}
