namespace ChatOpsBot.Domain.Evidence;

/// <summary>A list that a tool of iproute2 prints as one JSON array.</summary>
/// <param name="Part">Name of the part that holds it; no blank or colon.</param>
/// <param name="Tool">Program, for example <c>ip</c>.</param>
/// <param name="Flags">Its options besides <c>-j</c>, for example <c>-d -s</c>; they hold for all lists of one run, so rows that agree on them share it.</param>
/// <param name="Words">What to list, for example <c>link show</c>.</param>
public sealed record ToolListing(string Part, string Tool, string Flags, string Words)
{
    /// <summary>The fragment that asks for this list alone.</summary>
    internal string Script => $"part {Part} {Tool} {Options} {Words}";

    /// <summary>All options.</summary>
    internal string Options => Flags.Length == 0 ? "-j" : $"-j {Flags}";
}
