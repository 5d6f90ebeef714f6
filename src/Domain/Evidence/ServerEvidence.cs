using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence.Servers;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.srv: DHCP servers that run on this host or are configured here: dnsmasq, ISC dhcpd and Kea, with their pools, leases and recent log lines.</summary>
public static partial class ServerEvidence
{
    // A command line names the files, and any account may start a program called dnsmasq with any file name. So files are never sent as they
    // are: only lines of the form of a lease or of a pool leave the host, whatever the file is.
    private const string Script = """
        found=
        for p in $running; do
            case $p in /proc/*/comm:dnsmasq | /proc/*/comm:dhcpd | /proc/*/comm:kea-dhcp4) found=$found$p$newline ;; esac
        done
        found=${found%"$newline"}
        if [ -z "$found" ]; then
            [ -r /proc/1/comm ] || { missing 'processes of other users are hidden (hidepid)'; return; }
            # A server that gave up is no process any more, and its log says why.
            conf=
            for f in /etc/dnsmasq.d/* /etc/dhcp/dhcpd.conf /etc/kea/kea-dhcp4.conf; do [ -f "$f" ] && conf=$f; done
            [ -n "$conf" ] && is_root || { absent 'no DHCP server runs on this host'; return; }
        fi
        is_root || { missing 'leases and configuration of the DHCP server need root'; return; }
        put servers "$found"
        set --
        for p in $found; do set -- "$@" "${p%%/comm:*}/cmdline"; done
        words=
        if [ $# -gt 0 ]; then
            part arguments sed -nsz '/^--dhcp-range=/p' "$@"
            words=$(cat "$@" 2>/dev/null | tr '\0' '\n')
        fi
        set -f
        conf= lease= next=
        for w in $words; do
            case $next in conf) conf="$conf $w" ;; lease) lease="$lease $w" ;; esac
            next=
            case $w in
                --conf-file=*) conf="$conf ${w#*=}" ;;
                --dhcp-leasefile=*) lease="$lease ${w#*=}" ;;
                -C | -cf | -c) next=conf ;;
                -l | -lf) next=lease ;;
                -C?*) conf="$conf ${w#-C}" ;;
                -l/*) lease="$lease ${w#-l}" ;;
            esac
        done
        set +f
        set --
        for f in /etc/dnsmasq.conf /etc/dnsmasq.d/* /etc/dhcp/dhcpd.conf /etc/kea/kea-dhcp4.conf $conf; do [ -f "$f" ] && set -- "$@" "$f"; done
        [ $# -eq 0 ] || part pools grep -shaE '^[[:space:]]*(dhcp-range=|range )|"pool"[[:space:]]*:' "$@"
        set --
        for f in /var/lib/misc/dnsmasq.leases /var/lib/dnsmasq/dnsmasq.leases /var/lib/dhcp/dhcpd.leases /var/lib/dhcpd/dhcpd.leases /var/lib/kea/kea-leases4.csv.2 /var/lib/kea/kea-leases4.csv $lease; do [ -f "$f" ] && set -- "$@" "$f"; done
        [ $# -eq 0 ] || part leases grep -shaE '^([0-9]+ [0-9a-fA-F:-]+ [0-9.]+ [^ ]+ [^ ]+$|lease [0-9.]+ \{$|  (ends|binding state|hardware ethernet|uid|client-hostname) .*;$|\}$|[0-9.]+,[0-9a-fA-F:]*,)' "$@"
        log=
        for f in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do [ -r "$f" ] && log=journal; done
        if [ "$log" = journal ] && have journalctl; then
            part journal journalctl -q --no-pager -o json --since -2h -n 1000 --output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER SYSLOG_IDENTIFIER=dnsmasq-dhcp SYSLOG_IDENTIFIER=dhcpd SYSLOG_IDENTIFIER=kea-dhcp4
        else
            for f in /var/log/syslog /var/log/messages; do
                [ -r "$f" ] || continue
                part syslog sh -c 'tail -n 40000 "$1" | grep -aE " (dnsmasq-dhcp|dhcpd|kea-dhcp4)(\[[0-9]+\])?: " | tail -n 1000' sh "$f"
                break
            done
        fi
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<DhcpServerFacts> Source { get; } = new("e.srv", Privilege.RootIfPossible, Script, Parse);

    private static FactReading<DhcpServerFacts> Parse(SectionOutput section)
    {
        if (!SectionProblem.TryText(section, "servers", out var servers, out var reason))
        {
            return new FactReading<DhcpServerFacts>.Missing(reason);
        }

        // grep ends with 1 when no line matches.
        if (section.Parts.FirstOrDefault(part => part is not { End: PartEnd.Exited, ExitCode: 0 or 1 }) is { } failed)
        {
            return new FactReading<DhcpServerFacts>.Missing($"{failed.Name}: {SectionProblem.Reason(failed)}");
        }

        var processes = from match in Process().Matches(servers).Cast<Match>()
                        select new DhcpServerProcess(match.Groups[2].Value, int.TryParse(match.Groups[1].Value, out var pid) ? pid : 0);
        var log = section.Parts.FirstOrDefault(part => part.Name is "journal" or "syslog");
        return new FactReading<DhcpServerFacts>.Known(new(
            [.. processes],
            DhcpText.Pools(section.Part("arguments")?.Text.Replace('\0', '\n') + "\n" + section.Part("pools")?.Text),
            DhcpText.Leases(section.Part("leases")?.Text ?? ""))
        {
            Log = log is not null && LogReading.Read(new SectionOutput(section.Id, [log])) is FactReading<LogFacts>.Known(var facts) ? facts : null,
        });
    }

    [GeneratedRegex("^/proc/([0-9]+)/comm:(.+)$", RegexOptions.Multiline)]
    private static partial Regex Process();
}

/// <summary>DHCP servers of this host.</summary>
/// <param name="Servers">Processes; empty where one is configured and none runs.</param>
/// <param name="Pools">IPv4 ranges that their configuration gives out; empty when none was found.</param>
/// <param name="Leases">IPv4 leases, the newest state of each address.</param>
public sealed record DhcpServerFacts(ImmutableArray<DhcpServerProcess> Servers, ImmutableArray<DhcpPool> Pools, ImmutableArray<DhcpLease> Leases)
{
    /// <summary>What they logged in the last two hours; <see langword="null"/> when no log could be read.</summary>
    public LogFacts? Log { get; init; }
}

/// <summary>A DHCP server process.</summary>
/// <param name="Program"><c>dnsmasq</c> (which may serve DNS only), <c>dhcpd</c> or <c>kea-dhcp4</c>.</param>
/// <param name="Pid">Process id.</param>
public sealed record DhcpServerProcess(string Program, int Pid);

/// <summary>A range of addresses.</summary>
/// <param name="First">First address.</param>
/// <param name="Last">Last address.</param>
public sealed record DhcpPool(string First, string Last);

/// <summary>A lease.</summary>
/// <param name="Address">IPv4 address.</param>
/// <param name="Mac">In lower case.</param>
/// <param name="ClientId">As the server writes it.</param>
/// <param name="HostName">As the client gave it.</param>
/// <param name="Expires">By the host's clock; <see langword="null"/> for never or unknown.</param>
/// <param name="State"><c>active</c>, <c>free</c>, <c>abandoned</c>, <c>declined</c>, <c>expired</c>...</param>
public sealed record DhcpLease(string Address, string? Mac, string? ClientId, string? HostName, DateTimeOffset? Expires, string State);
