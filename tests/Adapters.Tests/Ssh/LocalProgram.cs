using System.Diagnostics;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

/// <summary>Programs of this machine that the tests need beside the adapter.</summary>
internal static class LocalProgram
{
    public static bool IsRoot => Environment.IsPrivilegedProcess;

    public static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
#pragma warning disable RS0030 // Tests start servers and stock clients to compare with.
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
#pragma warning restore RS0030
    }

    /// <summary>Standard output of a program that must succeed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}");
        return output;
    }

    /// <summary>A sentence naming the first program that is not there.</summary>
    public static string? FirstMissing(params string[] programs)
        => programs.FirstOrDefault(program => !program.Contains('/') && !new[] { "/usr/bin", "/bin", "/usr/sbin", "/sbin" }.Any(folder => File.Exists($"{folder}/{program}")))
            is { } missing ? $"needs {missing}" : null;
}

/// <summary>Waiting for a condition instead of for time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(string what, Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition())
        {
            Assert.False(cancellationToken.IsCancellationRequested, $"not in time: {what}");
            await Task.Delay(Step, TimeProvider.System, CancellationToken.None);
        }
    }

    public static async Task TrueAsync(string what, Func<bool> condition, TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit, TimeProvider.System);
        await TrueAsync(what, () => Task.FromResult(condition()), late.Token);
    }
}
