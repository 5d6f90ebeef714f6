using ChatOpsBot.Domain.Incidents;
using Xunit;

namespace ChatOpsBot.Web.Tests.Support;

/// <summary>One event of a stream.</summary>
internal sealed record SentEvent(string Name, string Id, string Data);

/// <summary>Reads server-sent events.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;

    private EventReader(HttpResponseMessage answer, StreamReader lines)
    {
        _answer = answer;
        _lines = lines;
    }

    public static async Task<EventReader> OpenAsync(HttpClient client, IncidentId id, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/incidents/{id}/events");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    public async Task<SentEvent> NextAsync() => await TryNextAsync() ?? throw new InvalidOperationException("the stream has ended");

    /// <summary>The next event; <see langword="null"/> when the stream has ended.</summary>
    public async Task<SentEvent?> TryNextAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(30_000);
        var (name, id, data) = ("", "", "");
        while (await _lines.ReadLineAsync(limit.Token) is { } line)
        {
            switch (line.Split(": ", 2))
            {
                case ["event", var text]:
                    name = text;
                    break;
                case ["id", var text]:
                    id = text;
                    break;
                case ["data", var text]:
                    data = text;
                    break;
                case [""] when name.Length > 0:
                    return new(name, id, data);
            }
        }

        return null;
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
