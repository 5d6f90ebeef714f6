namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.klog: the last two hours of the kernel's log, from the journal, else the kernel's own ring.</summary>
public static class KernelLogEvidence
{
    // Whether the journal may be read shows on its file: journalctl itself succeeds with no lines when it may not.
    // The ring is not bounded in time; times in it are seconds since boot.
    private const string Script = """
        mask='
        """ + LogReading.Mask + """
        ' ok= is=
        for f in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do [ -r "$f" ] && ok=1; done
        for f in /var/log/journal /run/log/journal; do [ -d "$f" ] && is=1; done
        if [ -n "$ok" ] && have journalctl; then
            part journal sh -c 'timeout --foreground -k 1 4 journalctl -q --no-pager -k -o json --since -2h -n 4000 --output-fields=MESSAGE,PRIORITY,_SOURCE_MONOTONIC_TIMESTAMP | sed -E "$1"' sh "$mask"
        else
            restricted=$(cat /proc/sys/kernel/dmesg_restrict 2>/dev/null)
            if [ "${restricted:-1}" = 0 ] || is_root; then
                have dmesg || missing 'no journal that can be read, and dmesg is not installed'
                part dmesg sh -c 'timeout --foreground -k 1 4 dmesg -r | tail -n 4000 | sed -E "$1"' sh "$mask"
            elif [ -n "$is" ]; then
                missing 'the journal needs root or the group adm, and kernel.dmesg_restrict is 1'
            else
                missing 'there is no journal, and kernel.dmesg_restrict is 1: needs root'
            fi
        fi
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<LogFacts> Source { get; } = new("e.klog", Privilege.RootIfPossible, Script, LogReading.Read);
}
