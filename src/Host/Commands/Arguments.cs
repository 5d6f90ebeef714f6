using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Host.Commands;

/// <summary>What several commands ask of their arguments.</summary>
internal static class Arguments
{
    private const int LongestName = 256;

    /// <summary>Refuses names that nothing on a host can have.</summary>
    public static void AddName(Option<string?> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string?>() is { } name && (name.Length is 0 or > LongestName || name.Any(char.IsControl)))
        {
            result.AddError($"{option.Name} needs a name of 1 to {LongestName} characters without control characters");
        }
    });

    /// <summary>Why no inventory can list this host (an option that the parser took for one, above all); <see langword="null"/> when it may.</summary>
    public static string? HostFault(string? host)
        => host is not null && (host.StartsWith('-') || host.Length is 0 or > LongestName || host.Any(char.IsControl)) ? $"\"{host}\" is not the name of a host" : null;

    /// <summary>Refuses what no inventory can list.</summary>
    public static Argument<T> AsHost<T>(this Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && HostFault(token.Value) is { } fault)
            {
                result.AddError(fault);
            }
        });
        return argument;
    }

    /// <summary>Reads a snapshot file. On failure everything has been said and the exit code is returned instead.</summary>
    public static bool TryReadSnapshot(Surroundings surroundings, string file, [NotNullWhen(true)] out HostSnapshot? snapshot, out int exitCode)
    {
        var path = Path.GetFullPath(file, surroundings.CurrentDirectory);
        snapshot = null;
        exitCode = ExitCodes.WrongArguments;
        try
        {
            using var stream = File.OpenRead(path);
            switch (SnapshotFile.Read(stream))
            {
                case SnapshotFile.Reading.Loaded(var read):
                    snapshot = read;
                    return true;
                case SnapshotFile.Reading.Unusable unusable:
                    exitCode = ExitCodes.CouldNotTell;
                    surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(path)}: {HostText.Line(unusable.Message)}");
                    break;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(path)} cannot be read ({e.Message}); name a file that chatopsbot snapshot has written");
        }

        return false;
    }
}
