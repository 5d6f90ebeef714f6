using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ChatOpsBot.Web.Tests.Support;

/// <summary>Bytes on a connection, for requests that no client library would send.</summary>
internal static class RawHttp
{
    /// <summary>Sends the bytes and reads until the other side closes, or says nothing more.</summary>
    public static async Task<string> AskAsync(Uri server, string request) => await AskAsync(server, Encoding.Latin1.GetBytes(request));

    public static async Task<string> AskAsync(Uri server, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(30_000);
        try
        {
            await stream.WriteAsync(request, limit.Token);
            client.Client.Shutdown(SocketShutdown.Send);
            using var answer = new MemoryStream();
            await stream.CopyToAsync(answer, limit.Token);
            return Encoding.Latin1.GetString(answer.ToArray());
        }
        catch (IOException)
        {
            // Closed while we were still writing: an answer as well.
            return "";
        }
    }
}
