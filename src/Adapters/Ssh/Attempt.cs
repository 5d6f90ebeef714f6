namespace ChatOpsBot.Adapters.Ssh;

/// <summary>How far a run came.</summary>
internal enum Stage
{
    /// <summary>The host never answered, so nothing was started there.</summary>
    NotConnected,

    /// <summary>The bootstrap answered; the program was not seen to start.</summary>
    Connected,

    /// <summary>The program was started.</summary>
    Started,
}

/// <summary>Why this side ended a run, if it did.</summary>
internal enum StopReason
{
    None,
    Cancelled,
    ConnectLimit,
    StartLimit,
    RunLimit,
    TooLarge,
    ConsumerFailed,
}

/// <summary>What the supervisor reported at the end of the program.</summary>
/// <param name="ExitCode">128 + n for signal n.</param>
/// <param name="Took">By the host's own clock since boot.</param>
internal sealed record EndRecord(int ExitCode, TimeSpan Took);

/// <summary>All that is known after one try to run a program, before it is judged.</summary>
internal sealed record Attempt
{
    public required Stage Stage { get; init; }

    public required StopReason Stopped { get; init; }

    /// <summary>Of the client; 255 is its own word for a failure, or the program's.</summary>
    public required int ClientExitCode { get; init; }

    public EndRecord? End { get; init; }

    /// <summary>What the host lacks to run the supervisor, in its words.</summary>
    public string? Lacks { get; init; }

    /// <summary>Root was asked for, sudo is switched off and the login is not root.</summary>
    public bool SudoOff { get; init; }

    public required ReadOnlyMemory<byte> Stdout { get; init; }

    public required ReadOnlyMemory<byte> Stderr { get; init; }

    /// <summary>What came on either output before the program started: the client's messages, sudo's, login scripts'.</summary>
    public required string Before { get; init; }

    /// <summary>The last of standard error: where a client says that it lost the connection.</summary>
    public required string Last { get; init; }
}
