using System.Diagnostics;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Support;

/// <summary>Slack's own software, which judges what we made. tests/run.sh installs it; where it is missing, tests say so and skip.</summary>
internal static class NodeTools
{
    public static string Folder => RepositoryFiles.At("tests", "Slack.Tests", "node");

    /// <summary>Data of Slack that is kept beside the checkout; skips where it is not.</summary>
    public static string BesideCheckout(params string[] parts)
    {
        for (var folder = Directory.GetParent(RepositoryFiles.Root); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine([folder.FullName, "shared", .. parts]);
            if (Path.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip($"there is no ../shared/{string.Join('/', parts)} beside the checkout");
        return "";
    }

    public static void Need()
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "@slack", "web-api")))
        {
            Assert.Skip("Slack's packages are not installed; npm ci in tests/Slack.Tests/node, or tests/run.sh");
        }
    }

    /// <summary>Runs a script with input and gives what it printed.</summary>
    public static async Task<ProgramEnd> RunAsync(string script, string input, params string[] arguments)
    {
        Need();
        using var process = Start([script, .. arguments]);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120), TimeProvider.System);
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>Starts a script that is talked to.</summary>
    public static Process Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

#pragma warning disable RS0030 // tests drive real programs
        return Process.Start(start) ?? throw new InvalidOperationException("node did not start");
#pragma warning restore RS0030
    }
}
