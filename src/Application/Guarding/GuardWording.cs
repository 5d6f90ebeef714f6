using ChatOpsBot.Domain.Guard;

namespace ChatOpsBot.Application.Guarding;

/// <summary>What the guard says, as parts of sentences for people. Values of the host appear in quotes and are its own text.</summary>
public static class GuardWording
{
    private const int ValueCap = 200;

    /// <summary>How a reply is to be understood.</summary>
    public static string Of(GuardReply reply) => reply switch
    {
        GuardReply.Answered { Report.Refusal: { } refusal } => refusal.Text,
        GuardReply.Answered answered => Of(answered.Report),
        GuardReply.Listed listed => $"{listed.Reports.Length} plans",
        GuardReply.Unfit unfit => string.Join("; ", unfit.Problems),
        GuardReply.NotStarted refused => refused.Message,
        GuardReply.Unknown unknown => unknown.Message,
        _ => "no answer",
    };

    /// <summary>The status with what a person must see: each value that is not as it should be, and the step it belongs to.</summary>
    public static string Of(GuardReport report)
        => string.Join("; ", report.Records.Select(Of).Where(text => text is not null).Prepend(report.Status.Name()));

    private static string? Of(GuardRecord record) => record.Kind switch
    {
        GuardRecordKind.Drift => $"step {record.Step} expected {Value(record.Expected)} and found {Value(record.Found)}",
        GuardRecordKind.Failed when record.ExitCode != 0 => $"step {record.Step} failed with exit code {record.ExitCode}: {Value(record.Found)}",
        GuardRecordKind.Failed => $"step {record.Step} failed: expected {Value(record.Expected)} and found {Value(record.Found)}",
        GuardRecordKind.Gone => $"step {record.Step} has nothing to take back: the link {Value(record.Expected)} is another or gone: {Value(record.Found)}",
        GuardRecordKind.Conflict => $"step {record.Step} was left alone: the repair made it {Value(record.Expected)}, somebody else {Value(record.Found)}",
        GuardRecordKind.UndoFailed => $"step {record.Step} could not be taken back: it should be {Value(record.Expected)} and is {Value(record.Found)}",
        _ => null,
    };

    private static string Value(string text) => $"'{(text.Length <= ValueCap ? text : text[..ValueCap] + "…")}'";
}
