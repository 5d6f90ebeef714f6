using System.Globalization;

namespace ChatOpsBot.Support;

/// <summary>Signals of this process: one that it was started to ignore, as by <c>nohup</c>, is ignored by all its children, too.</summary>
public static class Signals
{
    /// <summary>SIGHUP.</summary>
    public const int Hangup = 1;

    /// <summary>SIGINT.</summary>
    public const int Interrupt = 2;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>Whether children of this process cannot be ended by that signal; tests/run.sh resets what it was started with.</summary>
    public static bool IsIgnored(int signal)
        => File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is var line
            && (ulong.Parse(line["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (signal - 1))) != 0;
}
