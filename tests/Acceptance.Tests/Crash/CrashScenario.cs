namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>One life of an incident, to be lived with the service ending at any point of it.</summary>
internal abstract record CrashScenario
{
    /// <summary>What it is called in the table.</summary>
    public abstract string Name { get; }

    /// <summary>What is wrong with the host.</summary>
    public abstract IReadOnlyList<string> Faults { get; }

    /// <summary>What somebody else does on the host meanwhile: a script for <c>sh</c> that returns at once; empty for nothing.</summary>
    public virtual string Meanwhile => "";

    /// <summary>Seconds until the host takes an uncommitted repair back by itself.</summary>
    public virtual int GuardSeconds => 120;

    /// <summary>States in which the incident may end.</summary>
    public abstract IReadOnlyList<string> Ends { get; }

    /// <summary>How many plans are carried out at most.</summary>
    public int Plans => Ends.Max(PlansAt);

    /// <summary>How many plans are carried out when it ends so.</summary>
    /// <param name="end">One of <see cref="Ends"/>.</param>
    public virtual int PlansAt(string end) => 1;

    /// <summary>How the guard of each plan ends.</summary>
    public virtual string GuardEnd => "committed";

    /// <summary>What people do.</summary>
    public abstract Task LiveAsync(CrashRun run);
}
