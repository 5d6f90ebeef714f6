using System.Diagnostics;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Host;

namespace ChatOpsBot.Acceptance.Tests.CommandLine;

/// <summary>What one run of the program gave.</summary>
internal sealed record ProgramRun(int ExitCode, string Out, string Error)
{
    /// <summary>Longest a run as a process of its own may take on a busy machine.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs the whole program within the test's process.</summary>
    public static async Task<ProgramRun> InProcessAsync(
        string[] args,
        IReadOnlyDictionary<string, string>? environment = null,
        IHostShell? shell = null,
        string? directory = null,
        IHostKeys? keys = null,
        CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var surroundings = new Surroundings
        {
            Out = output,
            Error = error,
            Environment = environment ?? new Dictionary<string, string>(),
            CurrentDirectory = directory ?? Path.GetTempPath(),
            ProgramDirectory = directory ?? Path.Combine(Path.GetTempPath(), "chatopsbot-no-such-folder"),
            Shell = shell,
            Keys = keys,
        };
        var code = await Host.CommandLine.RunAsync(args, surroundings, cancellationToken);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs the program as a person does.</summary>
    public static async Task<ProgramRun> AsProcessAsync(string[] args, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        using var process = Start(args, environment);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>Starts the program; the caller ends it.</summary>
    public static Process Start(string[] args, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "chatopsbot"), args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

#pragma warning disable RS0030 // The program under test is a process.
        return Process.Start(start) ?? throw new InvalidOperationException("the program did not start");
#pragma warning restore RS0030
    }
}
