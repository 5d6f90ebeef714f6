using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace ChatOpsBot.Adapters.Teams.Api;

/// <summary>Puts a file where its reader agreed to have it: into their OneDrive, at the address that Teams made for this one file.</summary>
/// <param name="profile">Which addresses are allowed.</param>
/// <param name="http">Sends.</param>
/// <param name="time">The clock.</param>
internal sealed class FileStore(TeamsProfile profile, TeamsHttp http, TimeProvider time)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Puts it, without our token: the address opens by itself, and is therefore never written down.</summary>
    /// <param name="address">The address.</param>
    /// <param name="text">The file.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ConnectorReply> PutAsync(Uri address, string text, CancellationToken cancellationToken)
    {
        if (!profile.IsFileStore(address))
        {
            return new ConnectorReply.Refused(0, "NotAFileStoreOfMicrosoft");
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new("application/octet-stream");
        request.Content.Headers.ContentRange = new ContentRangeHeaderValue(0, bytes.Length - 1, bytes.Length);
        using var deadline = new CancellationTokenSource(s_limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var response = await http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            return (int)response.StatusCode switch
            {
                >= 200 and < 300 => new ConnectorReply.Good(default),
                429 => new ConnectorReply.Limited(response.Headers.RetryAfter?.Delta),
                >= 500 and var status => new ConnectorReply.Broken($"the file store: HTTP {status.ToString(CultureInfo.InvariantCulture)}", MayHaveArrived: true),
                var status => new ConnectorReply.Refused(status, ""),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ConnectorReply.Broken($"the file store took longer than {s_limit.TotalSeconds:0} s", MayHaveArrived: true);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new ConnectorReply.Broken("the file store could not be reached", MayHaveArrived: true);
        }
    }
}
