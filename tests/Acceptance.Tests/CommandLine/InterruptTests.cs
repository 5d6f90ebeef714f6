using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.CommandLine;

public sealed partial class InterruptTests
{
    /// <summary>Well below the connect limit of the settings, so that only the signal can have ended the program.</summary>
    private static readonly TimeSpan s_quick = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(Signals.Interrupt, 130)]
    [InlineData(Signals.Terminate, 143)]
    public async Task Check_SignalWhileAHostStaysSilent_EndsQuickly(int signal, int exitCode)
    {
        Assert.SkipWhen(Signals.IsIgnored(signal), $"this process was started with signal {signal} ignored, and so are its children");
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        using var process = ProgramRun.Start(["check", "silent"], new Dictionary<string, string>
        {
            ["Inventory__File"] = folder.Write("inventory.yaml", $"hosts: [{{ name: silent, address: 127.0.0.1, port: {port} }}]"),
            ["Ssh__ConnectTimeout"] = "100s",
        });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            using var connected = await silent.AcceptTcpClientAsync(limit.Token);
            var start = TimeProvider.System.GetTimestamp();

            Assert.Equal(0, Kill(process.Id, signal));
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);

            Assert.Equal((exitCode, ""), (process.ExitCode, output));
            Assert.True(TimeProvider.System.GetElapsedTime(start) < s_quick);

            // The ssh client of the dead program ends, too: its side of the connection closes.
            var buffer = new byte[1024];
            while (await connected.GetStream().ReadAsync(buffer, limit.Token) > 0)
            {
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
