using System.Globalization;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Who and where the collector was: decides which links are our own session's.</summary>
/// <param name="ServerAddress">Address of the host that our SSH session came in by, or <see langword="null"/> when not over SSH.</param>
/// <param name="UserId">Numeric user id of the login.</param>
/// <param name="RootReason">Empty when root rows were read; otherwise why not, for example <c>needs root, sudo -n refused</c>.</param>
/// <param name="MachineId">The host's machine id.</param>
/// <param name="BootId">Id of the current boot.</param>
/// <param name="UptimeSeconds">Seconds since boot.</param>
/// <param name="HostClock">The host's own clock.</param>
public sealed record SelfFacts(
    string? ServerAddress, int UserId, string RootReason, string? MachineId, string? BootId, double UptimeSeconds, DateTimeOffset? HostClock);

/// <summary>E.self: the account, the session and the identity of the host.</summary>
public static class SelfEvidence
{
    /// <summary>The evidence row. Where the program runs through sudo, that says whose login it was, and the shell adapter keeps <c>SSH_CONNECTION</c>.</summary>
    public static EvidenceSource<SelfFacts> Source { get; } = new(
        "e.self",
        Privilege.Login,
        """
        machine= boot= up=
        { read -r machine; } </etc/machine-id
        { read -r boot; } </proc/sys/kernel/random/boot_id
        { read -r up x; } </proc/uptime
        put self "connection=$SSH_CONNECTION
        uid=${SUDO_UID:-$uid}
        root=$root_reason
        machine=$machine
        boot=$boot
        uptime=$up
        clock=$(date +%s)
        "
        """,
        Parse);

    private static FactReading<SelfFacts> Parse(SectionOutput section)
    {
        if (!SectionProblem.TryText(section, "self", out var text, out var reason))
        {
            return new FactReading<SelfFacts>.Missing(reason);
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            if (line.IndexOf('=') is > 0 and var equals)
            {
                values.TryAdd(line[..equals], line[(equals + 1)..].Trim());
            }
        }

        if (!int.TryParse(values.GetValueOrDefault("uid"), NumberStyles.None, CultureInfo.InvariantCulture, out var uid))
        {
            return new FactReading<SelfFacts>.Missing("the host did not say which account the session has");
        }

        return new FactReading<SelfFacts>.Known(new SelfFacts(
            ServerAddress(values.GetValueOrDefault("connection")),
            uid,
            values.GetValueOrDefault("root") ?? "",
            NotEmpty(values.GetValueOrDefault("machine")),
            NotEmpty(values.GetValueOrDefault("boot")),
            double.TryParse(values.GetValueOrDefault("uptime"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var uptime) ? uptime : 0,
            Clock(values.GetValueOrDefault("clock"))));
    }

    // "client port server port"; a link-local server has its zone, and a v4 address may come in v6 clothes.
    private static string? ServerAddress(string? connection)
    {
        var words = (connection ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 4)
        {
            return null;
        }

        var address = words[2].Split('%', 2)[0].ToLowerInvariant();
        return address.StartsWith("::ffff:", StringComparison.Ordinal) && address.Contains('.') ? address["::ffff:".Length..] : address;
    }

    private static DateTimeOffset? Clock(string? seconds)
        => long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var unix) && unix <= 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(unix)
            : null;

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
