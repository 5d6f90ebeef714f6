namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.svc: the last two hours of what network managers, libvirt and container engines logged.</summary>
public static class ServiceLogEvidence
{
    private const string Script = """
        mask='
        """ + LogReading.Mask + """
        ' ok= is=
        for f in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do [ -r "$f" ] && ok=1; done
        for f in /var/log/journal /run/log/journal; do [ -d "$f" ] && is=1; done
        if [ -n "$ok" ] && have journalctl; then
            masked journal "$mask" journalctl -q --no-pager -o json --since -2h -n 4000 --output-fields=MESSAGE,PRIORITY,UNIT,_SYSTEMD_UNIT,SYSLOG_IDENTIFIER \
                -u NetworkManager -u systemd-networkd -u networking -u libvirtd -u virtqemud -u virtnetworkd -u docker -u containerd -u firewalld -u nftables -u netfilter-persistent -u openvswitch-switch -u ovs-vswitchd -u keepalived
        else
            log=
            for f in /var/log/syslog /var/log/messages; do
                [ -e "$f" ] && is=1
                [ -z "$log" ] && [ -r "$f" ] && log=$f
            done
            if [ -n "$log" ]; then
                part syslog sh -c 'tail -n 40000 "$2" | grep -aE " (NetworkManager|systemd-networkd|networking|ifup|ifdown|libvirtd|virtqemud|virtnetworkd|dockerd|containerd|firewalld|ovs-vswitchd|ovs-vsctl|Keepalived[a-z_]*)(\[[0-9]+\])?: " | tail -n 4000 | sed -E "$1"' sh "$mask" "$log"
            elif [ -n "$is" ] && ! is_root; then
                missing 'the logs need root or the group adm'; return
            else
                absent 'this host keeps no log of services: neither a journal nor /var/log/syslog'; return
            fi
        fi
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<LogFacts> Source { get; } = new("e.svc", Privilege.RootIfPossible, Script, LogReading.Read);
}
