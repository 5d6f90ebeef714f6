using System.Diagnostics;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Support;

/// <summary>Microsoft's own software, which judges what we made. tests/run.sh installs it; where it is missing, tests say so and skip.</summary>
internal static class NodeTools
{
    private static string Folder => RepositoryFiles.At("tests", "Teams.Tests", "node");

    /// <summary>Official schemas that are kept beside the checkout; skips where they are not.</summary>
    public static string Schema(string name)
    {
        for (var folder = Directory.GetParent(RepositoryFiles.Root); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "schemas", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip($"there is no ../shared/schemas/{name} beside the checkout");
        return "";
    }

    /// <summary>Runs a script with input and gives what it printed.</summary>
    public static async Task<string> RunAsync(string script, string input, params string[] arguments)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "botframework-connector")))
        {
            Assert.Skip("Microsoft's packages are not installed; npm ci in tests/Teams.Tests/node, or tests/run.sh");
        }

        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        foreach (var argument in arguments.Prepend(script))
        {
            start.ArgumentList.Add(argument);
        }

#pragma warning disable RS0030 // tests drive real programs
        using var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
#pragma warning restore RS0030
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120), TimeProvider.System);
        Assert.True(process.ExitCode == 0, await error);
        return (await output).Trim();
    }
}
