using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Domain.Guard;

/// <summary>A plan as the bytes that the guard program reads, or why it cannot be one.</summary>
public abstract record GuardPlanEncoding
{
    /// <summary>The kernel takes no single argument of 128 KiB and more.</summary>
    public const int ArgumentLimit = 131_071;

    /// <summary>Longest value that the guard compares, in bytes.</summary>
    public const int ValueLimit = 65_000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private GuardPlanEncoding()
    {
    }

    /// <summary>Encodes a plan.</summary>
    /// <remarks>
    /// A vector is a line with its length and that many frames; a frame is a line with the number of newlines and of bytes, then the data and a
    /// newline. The shell reads it line by line with its own means, and the byte count shows whether it is whole.
    /// Steps must not build on one another's values: begin checks that every value still is <c>before</c>, all at once.
    /// </remarks>
    public static GuardPlanEncoding Of(Plan plan)
    {
        var problems = ProblemsOf(plan).ToImmutableArray();
        if (!problems.IsEmpty)
        {
            return new Unfit(problems);
        }

        using var bytes = new MemoryStream();
        Line(bytes, "cob-plan 1");
        Line(bytes, "1");
        Frame(bytes, GuardProgram.Text.Span);
        Line(bytes, Number(plan.Steps.Length));
        foreach (var step in plan.Steps)
        {
            Vector(bytes, Facts(step));
            Vector(bytes, step.Read);
            Vector(bytes, step.Run);
            Vector(bytes, step.Undo);
        }

        Line(bytes, "cob-end");
        return new Encoded(bytes.ToArray());
    }

    private static ImmutableArray<string> Facts(PlanStep step)
        =>
        [
            step.Name,
            step.Subject?.Name ?? "",
            step.Subject is { } subject ? Number(subject.Index) : "",
            step.Subject?.Address ?? "",
            step.Before,
            step.After,
            Number((int)Math.Ceiling(step.Timeout.TotalSeconds)),
        ];

    private static IEnumerable<string> ProblemsOf(Plan plan)
    {
        if (plan.Id is not { Length: > 0 and <= 64 } || plan.Id.Any(c => c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')))
        {
            yield return $"plan id '{plan.Id}' is not 1 to 64 of a-z, 0-9 and -";
        }

        foreach (var (name, value) in new[] { ("machine id", plan.MachineId), ("boot id", plan.BootId) })
        {
            if (value.Length == 0 || value.Any(c => !char.IsAsciiHexDigit(c) && c != '-'))
            {
                yield return $"the {name} '{value}' is none";
            }
        }

        if (plan.Steps.IsDefaultOrEmpty)
        {
            yield return "the plan has no steps";
            yield break;
        }

        foreach (var (step, number) in plan.Steps.Select((step, index) => (step, index + 1)))
        {
            foreach (var problem in ProblemsOf(step))
            {
                yield return $"step {number}: {problem}";
            }
        }
    }

    private static IEnumerable<string> ProblemsOf(PlanStep step)
    {
        foreach (var (name, vector) in new[] { ("read", step.Read), ("run", step.Run), ("undo", step.Undo) })
        {
            if (vector.IsDefaultOrEmpty || vector[0].Length == 0)
            {
                yield return $"{name} has no program";
            }
            else if (vector.Select(argument => Unfitness(argument, ArgumentLimit)).FirstOrDefault(problem => problem is not null) is { } problem)
            {
                yield return $"an argument of {name} {problem}";
            }
        }

        foreach (var (name, value) in new[] { ("the name", step.Name), ("before", step.Before), ("after", step.After) })
        {
            if (Unfitness(value, ValueLimit) is { } problem)
            {
                yield return $"{name} {problem}";
            }
        }

        if (step.Before == step.After)
        {
            yield return "before and after are the same, so nobody could tell whether it ran";
        }

        if (step.Timeout < TimeSpan.FromSeconds(1) || step.Timeout > GuardProgram.Deadline.Most)
        {
            yield return $"a limit of {step.Timeout} is not within 1 s and 10 min";
        }

        if (step.Subject is { } subject && (subject.Name.Length is 0 or > 15 || subject.Index <= 0
            || subject.Name is "." or ".." || subject.Name.Any(c => c is '/' or '\0' || char.IsWhiteSpace(c)) || Unfitness(subject.Name + subject.Address, 100) is not null))
        {
            yield return $"'{subject.Name}' with index {subject.Index} is no link";
        }
    }

    private static string? Unfitness(string text, int limit)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return "holds a NUL, which no argument can";
        }

        try
        {
            return Strict.GetByteCount(text) > limit ? $"is longer than {limit} bytes" : null;
        }
        catch (EncoderFallbackException)
        {
            return "is no valid text";
        }
    }

    private static void Vector(Stream bytes, ImmutableArray<string> vector)
    {
        Line(bytes, Number(vector.Length));
        foreach (var text in vector)
        {
            Frame(bytes, Strict.GetBytes(text));
        }
    }

    private static void Frame(Stream bytes, ReadOnlySpan<byte> data)
    {
        Line(bytes, $"{Number(data.Count((byte)'\n'))} {Number(data.Length)}");
        bytes.Write(data);
        bytes.WriteByte((byte)'\n');
    }

    private static void Line(Stream bytes, string line)
    {
        bytes.Write(Encoding.ASCII.GetBytes(line));
        bytes.WriteByte((byte)'\n');
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The bytes.</summary>
    /// <param name="Bytes">Data of <see cref="GuardRequest.Begin"/>.</param>
    public sealed record Encoded(ReadOnlyMemory<byte> Bytes) : GuardPlanEncoding;

    /// <summary>The plan cannot be given to a host.</summary>
    /// <param name="Problems">Why, one sentence part each; never empty.</param>
    public sealed record Unfit(ImmutableArray<string> Problems) : GuardPlanEncoding;
}
