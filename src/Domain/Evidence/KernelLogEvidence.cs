namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.klog: the last two hours of the kernel's log, from the journal, else the kernel's own ring.</summary>
public static class KernelLogEvidence
{
    // Whether the journal may be read shows on its file: journalctl itself succeeds with no lines when it may not.
    // The ring is not bounded in time; times in it are seconds since boot. Of dmesg_restrict the shell reads the first digit, which is all it has.
    private const string Script = """
        mask='
        """ + LogReading.Mask + """
        ' ok= is=
        for f in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do [ -r "$f" ] && ok=1; done
        for f in /var/log/journal /run/log/journal; do [ -d "$f" ] && is=1; done
        if [ -n "$ok" ] && have journalctl; then
            masked journal "$mask" journalctl -q --no-pager -k -o json --since -2h -n 4000 --output-fields=MESSAGE,PRIORITY,_SOURCE_MONOTONIC_TIMESTAMP
        else
            restricted=
            is_root || { read -r restricted; } 2>/dev/null </proc/sys/kernel/dmesg_restrict
            if is_root || [ "$restricted" = 0 ]; then
                have dmesg || { missing 'no journal that can be read, and dmesg is not installed'; return; }
                masked dmesg "$mask" dmesg -r
            elif [ -n "$is" ]; then
                missing 'the journal needs root or the group adm, and kernel.dmesg_restrict is 1'; return
            else
                missing 'there is no journal, and kernel.dmesg_restrict is 1: needs root'; return
            fi
        fi
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<LogFacts> Source { get; } = new("e.klog", Privilege.RootIfPossible, Script, LogReading.Read);
}
