using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Host;

/// <summary>What scripts rely on.</summary>
internal static class ExitCodes
{
    public const int Good = 0;

    /// <summary>The answer is bad news.</summary>
    public const int BadNews = 1;

    /// <summary>Could not tell, or could not reach the host.</summary>
    public const int CouldNotTell = 2;

    /// <summary>Wrong arguments, a host that the inventory lacks among them.</summary>
    public const int WrongArguments = 64;

    /// <summary>A bug of ours.</summary>
    public const int Bug = 70;

    /// <summary>Invalid settings or inventory.</summary>
    public const int InvalidConfiguration = 78;

    /// <summary>Ended by Ctrl-C, as shells report it.</summary>
    public const int Interrupted = 130;

    public static int Of(OverallVerdict verdict) => verdict switch
    {
        OverallVerdict.Healthy => Good,
        OverallVerdict.Fault => BadNews,
        _ => CouldNotTell,
    };

    /// <summary>For the end of each help text.</summary>
    public const string Help = """
        Exit codes:
          0    good
          1    the answer is bad news: a fault was found, doctor has found a gap, a transcript does not verify
          2    could not tell, or could not reach the host
          64   wrong arguments, or a host or incident that does not exist
          78   the settings or the inventory are unreadable or invalid
          130  interrupted
        """;
}
