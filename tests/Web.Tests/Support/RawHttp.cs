using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ChatOpsBot.Web.Tests.Support;

/// <summary>Bytes on a connection, for requests that no client library would send.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>Sends the bytes and reads until the other side closes, or says nothing more.</summary>
    public static async Task<string> AskAsync(Uri server, string request) => await AskAsync(server, Encoding.Latin1.GetBytes(request));

    public static async Task<string> AskAsync(Uri server, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(30_000);
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(request, limit.Token);
            var reading = stream.CopyToAsync(answer, limit.Token);
            if (await Task.WhenAny(reading, Task.Delay(s_patience, TimeProvider.System, limit.Token)) != reading)
            {
                // The server still waits for the rest. Saying that there is none comes last: it also ends requests that are being answered.
                client.Client.Shutdown(SocketShutdown.Send);
            }

            await reading;
        }
        catch (IOException)
        {
            // Closed while we were still writing: what came before that is the answer.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
