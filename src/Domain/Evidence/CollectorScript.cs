namespace ChatOpsBot.Domain.Evidence;

/// <summary>
/// The fixed parts of the collector program: the vocabulary that fragments use, and the main flow. Comment lines stay here, they are not sent.
/// </summary>
/// <remarks>
/// <para>
/// Vocabulary of a fragment. It is the body of a function of <c>/bin/sh</c> with <c>LC_ALL=C</c>, a <c>PATH</c> with sbin, umask 077, standard input from
/// <c>/dev/null</c> and standard output thrown away. Path names are expanded (globbing is on), so quote everything that is data; <c>set -f</c> and another <c>IFS</c> are allowed
/// and end with the fragment. Its variables do not: many fragments run in one shell, so give each variable a value before it is read. Never use <c>eval</c>.
/// </para>
/// <list type="bullet">
/// <item><c>part NAME CMD ARGS...</c> runs a program (not a shell function) with the section's time limit (a second or two more at worst) and output cap, and keeps what it prints.
/// A program that is not there gives <see cref="PartEnd.NotInstalled"/>. NAME may hold any byte. The exit code is the program's.</item>
/// <item><c>part_in NAME CMD ARGS...</c> is the same but hands on the fragment's standard input, as in <c>printf ... | part_in xml virsh -r</c>.</item>
/// <item><c>put NAME TEXT</c> keeps a text that the fragment already has; starts no program.</item>
/// <item><c>limit CMD ARGS...</c> runs a program under the time limit for the fragment's own use.</item>
/// <item><c>masked NAME SCRIPT CMD ARGS...</c> is <c>part</c> with what the program prints passed through <c>sed -E SCRIPT</c>; the exit code is sed's.</item>
/// <item><c>absent WHY...; return</c> ends the section: the host proves that there is nothing to read. <c>missing WHY...; return</c> ends it: it could not be read.
/// Both only at the top level of the fragment, not in a pipe or in parentheses.</item>
/// <item><c>runs NAME...</c> tells whether a daemon of one of these names runs, of those in <see cref="Daemons"/>; <c>$running</c> has <c>/proc/PID/comm:NAME</c> of each.</item>
/// <item><c>have TOOL</c>, <c>is_root</c>, <c>loaded MODULE</c> (loaded or built in), <c>no_modules</c> (this kernel cannot load any) are tests.</item>
/// <item><c>$part_out</c> names the file with what the last part printed; empty when the host has nowhere to keep one.
/// <c>part_text</c> puts it into <c>$text</c> when it is short, else it fails: that starts no program.</item>
/// <item><c>/proc/sys</c> must not be read with the shell's <c>read</c>: it reads byte by byte, and integer sysctls give only their first digit so.</item>
/// </list>
/// </remarks>
internal static partial class CollectorScript
{
    /// <summary>Names of the processes that fragments ask for, as <c>grep -E</c> takes them: one look for all.</summary>
    public const string Daemons = "^(libvirtd|virtqemud|virtnetworkd|virtnwfilterd|NetworkManager|systemd-network|dnsmasq|dhcpd|kea-dhcp4|qemu-system-.*|qemu-kvm.*|kvm|qemu:.*)$";

    /// <summary>Definitions that fragments use.</summary>
    public const string Vocabulary = """"
        N=$1 sudo_mode=$2 runs=$3
        LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb
        export LC_ALL PATH TERM
        unset -v LANGUAGE LANG ENV BASH_ENV CDPATH IFS POSIXLY_CORRECT VIRSH_DEFAULT_CONNECT_URI LIBVIRT_DEFAULT_URI COLORFGBG
        umask 077
        set +f
        D= part_out= section= nft_tells_all= max_wire=58720256 blanks='	 '
        newline='
        '

        have() { command -v "$1" >/dev/null 2>&1; }
        is_root() { [ "$uid" = 0 ]; }
        no_modules() { [ ! -e /proc/modules ]; }
        limit() { timeout --foreground -k 1 "$time_limit" "$@"; }
        runs() {
            for name; do
                case $running$newline in *":$name$newline"*) return 0 ;; esac
            done
            return 1
        }

        # Modules that can be unloaded, and built-in ones with parameters, show in /sys/module; the other built-in ones only in modules.builtin.
        loaded() {
            [ -d "/sys/module/$1" ] && return 0
            read -r release </proc/sys/kernel/osrelease 2>/dev/null || return 1
            builtin_list=/lib/modules/$release/modules.builtin
            [ -r "$builtin_list" ] || return 1
            pattern=
            rest=$1
            while :; do
                case $rest in
                *_*) pattern="$pattern${rest%%_*}[-_]" rest=${rest#*_} ;;
                *) break ;;
                esac
            done
            grep -q "/$pattern$rest\.ko" "$builtin_list"
        }

        # The shell reads byte by byte, a system call each: for a few KiB still less than starting a program.
        part_text() {
            text=
            [ -n "$part_out" ] && [ "$out" -le 6144 ] || return 1
            while IFS= read -r line || [ -n "$line" ]; do text=$text$line$newline; done <"$part_out"
        }

        # A command in a pipe runs in a subshell and so loses the counter; hence the look at the files.
        next_part() {
            while [ -e "$D/$section.$count.a" ]; do count=$((count + 1)); done
            part_out=$D/$section.$count.b
            part_err=$D/$section.$count.c
            part_head=$D/$section.$count.a
        }

        # END CODE NAME OUT ERR: how many bytes follow the name.
        head_part() {
            printf '\n%s part %s %s %s %s %s\n%s' "$N" "$1" "$2" "${#3}" "$4" "$5" "$3" >"$part_head"
        }

        # The output goes through descriptors of our own, opened to append: their offset is then the number of bytes, without running wc.
        # The time limit is the watchdog's: a timeout(1) for each command would be a third of all processes.
        # Closing descriptors that are not open is allowed. Sets $end, $code, $out and $err.
        run_watched() {
            next_part
            IFS=$blanks read -r now x </proc/uptime
            deadline=$((${now%.*} + time_limit + 1))
            {
                if [ -z "$filter" ]; then
                    "$@" <&6 >&8 2>&9 6<&- 7>&- 8>&- 9>&- &
                else
                    {
                        IFS=$blanks read -r own x </proc/self/stat
                        printf '%s %s\n' "$own" "$deadline" >"$D/watch.$section.tool"
                        exec "$@" <&6 2>&9 6<&- 7>&- 8>&- 9>&-
                    } | sed -E "$filter" >&8 2>&9 6<&- 7>&- 8>&- 9>&- &
                fi
                printf '%s %s\n' "$!" "$deadline" >"$D/watch.$section"
                wait "$!"
                code=$?
                true >"$D/watch.$section"
                [ -z "$filter" ] || true >"$D/watch.$section.tool"
                { IFS=$blanks read -r x out; } </proc/self/fdinfo/8
                { IFS=$blanks read -r x err; } </proc/self/fdinfo/9
            } 6<&0 8>>"$part_out" 9>>"$part_err"
            end=exited
            [ "$code" = 127 ] && end=notinstalled
            [ "$out" -ge "$cap" ] && end=truncated
            # A full file system cuts output short without every tool noticing.
            printf '%s' "$N" 2>/dev/null >"$D/room" || end=truncated
            if [ -e "$D/late.$section" ] || [ -e "$D/late.$section.tool" ]; then
                rm -f "$D/late.$section" "$D/late.$section.tool"
                end=timedout
                # What a stopped program leaves behind may still write: send exactly the bytes that were counted.
                head -c "$out" "$part_out" >"$D/cut.$section" && mv "$D/cut.$section" "$part_out"
                head -c "$err" "$part_err" >"$D/cut.$section" && mv "$D/cut.$section" "$part_err"
            fi
        }

        run_buffered() {
            part_name=$1
            shift
            run_watched "$@"
            head_part "$end" "$code" "$part_name" "$out" "$err"
            return "$code"
        }

        # Looks once a second for commands beyond their limit: TERM, and a second later KILL. Sections that are whole by then are sent on, so that a
        # slow one does not hold back the others. Ends with the program, whatever ends that.
        watch() {
            # wait without a number: the signal may come between the start of what sends and the note of its number.
            trap 'kill "$nap"; wait; exit 0' TERM
            looks=0
            while [ "$looks" -lt 600 ] && kill -0 "$$"; do
                looks=$((looks + 1))
                sleep 1 7>&- &
                nap=$!
                wait "$nap"
                IFS=$blanks read -r now x </proc/uptime
                for watched in "$D"/watch.*; do
                    [ -s "$watched" ] || continue
                    pid= deadline=
                    IFS=$blanks read -r pid deadline x <"$watched"
                    [ -n "$deadline" ] && [ "${now%.*}" -ge "$deadline" ] || continue
                    late=$D/late.${watched##*/watch.}
                    if [ -e "$late" ]; then
                        kill -KILL "$pid"
                    else
                        true >"$late"
                        kill -TERM "$pid"
                    fi
                done
                if [ ! -s "$D/emitting" ]; then
                    printf 1 >"$D/emitting"
                    emit &
                fi
            done
        }

        # Without a place for files: base64 lines straight to the wire (7), exit code and standard error after them.
        run_streamed() {
            part_name=$1
            shift
            count=$((count + 1))
            printf '\n%s text %s\n%s\n' "$N" "${#part_name}" "$part_name" >&7
            tail=$({
                {
                    error=$(timeout --foreground -k 1 "$time_limit" "$@" 2>&1 >&5 5>&- 6>&- 7>&-; printf ':%s' "$?")
                    printf '%s' "$error" >&6
                } 5>&1 | head -c "$cap" | base64 >&7
            } 6>&1)
            code=${tail##*:}
            tail=${tail%:*}
            end=exited
            case $code in
            124 | 137) end=timedout ;;
            127) end=notinstalled ;;
            esac
            printf '\n%s textend %s %s %s %s\n%s' "$N" "$end" "$code" "$cap" "${#tail}" "$tail" >&7
            return "$code"
        }

        put_error() {
            if [ -n "$D" ]; then
                next_part
                printf '%s' "$3" >"$part_err"
                head_part "$1" 0 "$2" 0 "${#3}"
            else
                count=$((count + 1))
                printf '\n%s part %s 0 %s 0 %s\n%s%s' "$N" "$1" "${#2}" "${#3}" "$2" "$3" >&7
            fi
        }

        part_in() {
            if ! have "$2"; then
                put_error notinstalled "$1" "$2 is not installed"
                return 127
            fi
            if [ -n "$D" ]; then run_buffered "$@"; else run_streamed "$@"; fi
        }
        part() { part_in "$@" </dev/null; }
        masked() {
            part_name=$1 filter=$2
            shift 2
            if ! have "$1"; then
                put_error notinstalled "$part_name" "$1 is not installed"
                filter=
                return 127
            fi
            if [ -n "$D" ]; then
                run_buffered "$part_name" "$@" </dev/null
            else
                run_streamed "$part_name" sh -c 'filter=$1; shift; "$@" | sed -E "$filter"' sh "$filter" "$@" </dev/null
            fi
            filter=
            return "$code"
        }

        put() {
            if [ -n "$D" ]; then
                next_part
                printf '%s' "$2" >"$part_out"
                head_part exited 0 "$1" "${#2}" 0
            else
                count=$((count + 1))
                printf '\n%s part exited 0 %s %s 0\n%s%s' "$N" "${#1}" "${#2}" "$1" "$2" >&7
            fi
        }

        absent() {
            unset -v IFS
            put_error absent '' "$*"
        }
        missing() {
            unset -v IFS
            put_error unread '' "$*"
        }

        """";
}
