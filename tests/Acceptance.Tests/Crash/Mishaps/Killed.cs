namespace ChatOpsBot.Acceptance.Tests.Crash.Mishaps;

/// <summary>The process ends.</summary>
internal sealed record Killed : Mishap
{
    public override string Name => "killed";

    public override bool Kills => true;
}
