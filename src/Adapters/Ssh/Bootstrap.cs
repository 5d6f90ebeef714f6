namespace ChatOpsBot.Adapters.Ssh;

/// <summary>
/// The constant shell texts that run a program on a host.
/// <para>
/// <see cref="Command"/> is what sshd hands to the login shell, so it holds nothing that csh, fish or a Bourne shell would each read in another
/// way: one pair of single quotes, no exclamation mark, double quote, backslash or newline inside. It reads the mode, then <see cref="Loader"/>,
/// and runs that, for root through sudo. The loader reads <see cref="Supervisor"/> by its length. So what sudo logs is one short constant line
/// (with the connection in it where root is only a wish). A sudo that refuses has read nothing from standard input and ends with 1; the supervisor
/// never ends with that where root is only a wish, so the login then runs it.
/// </para>
/// </summary>
internal static class Bootstrap
{
    /// <summary>First line on standard output: connection, login and shell work, nothing was started yet.</summary>
    public const string BootMark = "chatops-boot";

    /// <summary>Line on standard output when root was asked for, the login is not root and sudo is switched off.</summary>
    public const string NeverMark = "chatops-never";

    /// <summary>The remote command.</summary>
    public const string Command =
        "exec /bin/sh -c 'echo " + BootMark + ";read -r m;read -r n;read -r L;IFS=;set -f;"
        + "while read -r u;do case $u in Uid:*) break;; esac;done </proc/self/status;"
        + "case $m$u in user*|*Uid:?0?*) ;; sudo*) exec sudo -n /bin/sh -c $L chatops $n;; "
        + "best*) sudo -n /bin/sh -c $L chatops $n best $SSH_CONNECTION;case $? in 1|126|127) ;; *) exit;; esac;; "
        + "*) echo " + NeverMark + ";exit 1;; esac;set -- $n;eval $L'";

    /// <summary>
    /// Reads the supervisor, whose length is its first argument, from standard input. dd, because head may read too far. The third argument is the
    /// connection, which sudo has dropped from the environment.
    /// </summary>
    public const string Loader =
        """S=$(dd bs=$1 count=1 iflag=fullblock 2>/dev/null);best=$2;case $3 in ?*) SSH_CONNECTION=$3;export SSH_CONNECTION;; esac;shift $#;eval "$S" """;

    /// <summary>
    /// Runs one program under a limit and the lifeline. Without arguments it reads a request as <see cref="RequestFrames"/> writes it from standard
    /// input; with <c>LIMIT ARGV...</c> it takes them, the lifeline being its standard input.
    /// <para>
    /// The program runs in the process group that <c>timeout</c> makes, whose id (<c>w</c>) is that of the subshell that becomes timeout: a foreground
    /// child, since a background one would be deaf to SIGINT. A watcher (<c>r</c>) reads the lifeline, descriptor 3; at its end it tells what carries
    /// this run's mark in its environment to end (a program may have files to remove), kills it a moment later, and goes on until nothing is left of it, deaf to the supervisor, who at the program's own end sends it away by SIGUSR1. Then the
    /// supervisor kills the rest of the group. The mark of an inner supervisor
    /// extends that of the outer, so the outer finds all, the inner only its own. Payload up to 60 KiB goes through a pipe that the shell holds
    /// (writing it cannot block), more through an unlinked file: nothing may stand between the lifeline and its reader.
    /// </para>
    /// <para>
    /// Every message of ours is a line that begins with the nonce of the request. <c>start</c> goes to both outputs, so that what login scripts print
    /// can be cut off; the <c>end</c> line has exit code and uptime before and after, by which a program's own 124 differs from a passed limit.
    /// </para>
    /// </summary>
    public const string Supervisor = """
        unset IFS
        set +f
        PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C
        export PATH LC_ALL
        sweep() {
        k=
        for x in $(CHATOPS_RUN= grep -lsF "CHATOPS_RUN=$m" /proc/[0-9]*/environ); do
        x=${x#/proc/}
        k=$x
        kill -$1 ${x%/environ}
        done
        } 2>/dev/null
        run() {
        m=${CHATOPS_RUN:-/}$$.$u/
        {
        while read -r x; do :; done
        trap '' USR1
        sweep TERM
        sleep 0.2
        i=0 k=x
        while test $i -lt 50 -a -n "$k"; do sweep KILL; i=$((i + 1)); done
        } <&3 >/dev/null 2>&1 6>&- &
        r=$!
        {
        w=$(
        read -r w x </proc/self/stat
        echo $w
        CHATOPS_RUN=$m
        export CHATOPS_RUN
        exec timeout -k 1 "$@" >&6 6>&- 2>&7 7>&-
        )
        c=$?
        case $c in 124 | 137) sweep KILL ;; esac
        kill -KILL -$w
        kill -USR1 $r
        wait $r
        } 7>&2 2>/dev/null
        }
        leave() {
        case $best$1 in best1) exit 2 ;; esac
        exit $1
        }
        framed() {
        read -r x <&3
        case $x in go) ;; *) exit 2 ;; esac
        echo $n
        echo $n start >&2
        run "$@"
        read -r v x </proc/uptime
        echo $n end $c $u $v >&2
        leave $c
        }
        exec 3<&0 6>&1 </dev/null
        read -r u x </proc/uptime
        case $# in 0) ;; *) run "$@"; exit $c ;; esac
        CHATOPS_SUPERVISE=$S
        export CHATOPS_SUPERVISE
        read -r n x <&3
        set -- $x
        command -v timeout >/dev/null || { echo $n lacks timeout >&2; exit 2; }
        read -r a b <&3
        while test $a -gt 0; do
        IFS= read -r x <&3
        case $x in
        =*) x=${x#=} ;;
        +*) x=$(dd bs=${x#+} count=1 iflag=fullblock 2>/dev/null <&3) ;;
        *)
        x=$(dd bs=$x count=1 iflag=fullblock 2>/dev/null <&3; echo .)
        x=${x%.}
        ;;
        esac
        set -- "$@" "$x"
        a=$((a - 1))
        done
        if test $b -eq 0; then
        framed "$@"
        elif test $b -le 61440; then
        : | { timeout 60 dd bs=$b count=1 iflag=fullblock >/proc/self/fd/0 <&3 2>/dev/null && framed "$@"; }
        leave $?
        fi
        f=$(mktemp -p /dev/shm 2>/dev/null || mktemp 2>/dev/null) || { echo $n lacks room >&2; exit 2; }
        {
        dd bs=61440 count=$((b / 61440)) iflag=fullblock
        b=$((b % 61440))
        test $b -eq 0 || dd bs=$b count=1 iflag=fullblock
        } <&3 >"$f" 2>/dev/null && exec <"$f"
        rm -f "$f"
        framed "$@"
        """;
}
