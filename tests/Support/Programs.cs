using System.Diagnostics;

namespace ChatOpsBot.Support;

/// <summary>What a finished program said.</summary>
public sealed record ProgramEnd(int ExitCode, string Stdout, string Stderr)
{
    /// <summary>Standard output when the program succeeded; a failed test with both outputs otherwise.</summary>
    public string Expect() => ExitCode == 0 ? Stdout : throw new InvalidOperationException($"exit code {ExitCode}\n{Stdout}\n{Stderr}");
}

/// <summary>Runs real programs for tests.</summary>
public static class Programs
{
    /// <summary>Runs a program to its end; a hanging one is killed with its children.</summary>
    public static async Task<ProgramEnd> RunAsync(
        IReadOnlyList<string> argv, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(argv[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in argv.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

#pragma warning disable RS0030 // tests drive real programs
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{argv[0]} did not start");
#pragma warning restore RS0030
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(60), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var stdout = process.StandardOutput.ReadToEndAsync(both.Token);
            var stderr = process.StandardError.ReadToEndAsync(both.Token);
            await process.WaitForExitAsync(both.Token);
            return new(process.ExitCode, await stdout, await stderr);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
