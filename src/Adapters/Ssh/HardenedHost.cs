namespace ChatOpsBot.Adapters.Ssh;

/// <summary>What is installed on a host where the account of the bot may run as root only what is on a list (<c>deploy/host</c>).</summary>
public static class HardenedHost
{
    /// <summary>What its gate begins messages with.</summary>
    internal const string GateMark = "chatops-gate: ";

    /// <summary>The shell text that puts a program under its limit and the lifeline; there the installed one is used instead of the one that is sent.</summary>
    public static string Supervisor => Bootstrap.Supervisor;
}
