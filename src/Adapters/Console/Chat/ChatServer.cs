using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ChatOpsBot.Adapters.Console.Chat;

/// <summary>What the server answered.</summary>
public abstract record ServerAnswer
{
    private ServerAnswer()
    {
    }

    /// <summary>Performed, or there was nothing to do.</summary>
    /// <param name="Text">For the person.</param>
    /// <param name="Incident">The incident it was about.</param>
    public sealed record Done(string Text, string? Incident) : ServerAnswer;

    /// <summary>The policy said no, or the decision came too late.</summary>
    /// <param name="Text">Why.</param>
    public sealed record Refused(string Text) : ServerAnswer;

    /// <summary>Not understood.</summary>
    /// <param name="Text">What is wrong, and how it is written.</param>
    public sealed record NotUnderstood(string Text) : ServerAnswer;

    /// <summary>The server does not know the token.</summary>
    public sealed record Unknown : ServerAnswer;

    /// <summary>Nothing listens, or it answered nonsense.</summary>
    /// <param name="Why">A sentence.</param>
    public sealed record Unreachable(string Why) : ServerAnswer;
}

/// <summary>One message of an incident's stream.</summary>
/// <param name="Name"><c>incident</c>, <c>progress</c> or <c>end</c>.</param>
/// <param name="Id">Number of the event; empty for others.</param>
/// <param name="Data">JSON.</param>
public sealed record StreamMessage(string Name, string Id, string Data);

/// <summary>A running server, over its API. Outside failures are values.</summary>
public sealed class ChatServer : IDisposable
{
    /// <summary>The server's own limit for what a command may take is below this.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <summary>A server at an address, as the person of a token.</summary>
    public ChatServer(Uri address, string token, TimeProvider time)
    {
        _time = time;
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !address.IsLoopback }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    /// <summary>Where it is.</summary>
    public Uri Address => _http.BaseAddress ?? new("http://127.0.0.1/");

    /// <summary>Sends a command line. The key lets the same line be sent again after a broken connection without doing it twice.</summary>
    public Task<ServerAnswer> CommandAsync(string text, string key, CancellationToken cancellationToken)
        => PostAsync("/api/v1/commands", key, json => json.WriteString("text", text), cancellationToken);

    /// <summary>Decides about a plan.</summary>
    public Task<ServerAnswer> DecideAsync(string token, bool approve, string? reason, CancellationToken cancellationToken)
        => PostAsync($"/api/v1/approvals/{Uri.EscapeDataString(token)}", null, json =>
        {
            json.WriteString("decision", approve ? "approve" : "deny");
            if (reason is not null)
            {
                json.WriteString("reason", reason);
            }
        }, cancellationToken);

    /// <summary>Whether the server is there and knows the token.</summary>
    public async Task<ServerAnswer> GreetAsync(CancellationToken cancellationToken)
        => (await GetAsync("/api/v1/incidents?limit=1", cancellationToken)).Answer;

    /// <summary>The incident now; <see langword="null"/> when it cannot be read.</summary>
    public async Task<IncidentCard?> FindAsync(string incident, CancellationToken cancellationToken)
        => await GetAsync($"/api/v1/incidents/{Uri.EscapeDataString(incident)}", cancellationToken) is { Answer: ServerAnswer.Done, Body: { } body } ? IncidentCard.Read(body) : null;

    /// <summary>Follows an incident until the connection ends, for whatever reason.</summary>
    public async IAsyncEnumerable<StreamMessage> FollowAsync(
        string incident, string? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/incidents/{Uri.EscapeDataString(incident)}/events");
        request.Headers.Accept.Add(new("text/event-stream"));
        if (after is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", after);
        }

        using var response = await TryAsync(() => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken));
        if (response is not { StatusCode: HttpStatusCode.OK })
        {
            yield break;
        }

        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var (name, id, data) = ("", "", "");
        while (await TryAsync(() => lines.ReadLineAsync(cancellationToken).AsTask()) is { } line)
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
                case [""]:
                    if (name.Length > 0)
                    {
                        yield return new(name, id, data);
                    }

                    (name, id, data) = ("", "", "");
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<ServerAnswer> PostAsync(string path, string? key, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(buffer.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return (await SendAsync(request, cancellationToken)).Answer;
    }

    private async Task<(ServerAnswer Answer, ReadOnlyMemory<byte>? Body)> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, cancellationToken);
    }

    private async Task<(ServerAnswer Answer, ReadOnlyMemory<byte>? Body)> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var response = await _http.SendAsync(request, both.Token);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token);
            return (Judge(response.StatusCode, body), body);
        }
        catch (HttpRequestException failure)
        {
            return (new ServerAnswer.Unreachable($"nothing answers at {Address}: {failure.Message}"), null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (new ServerAnswer.Unreachable($"{Address} did not answer within {s_patience.TotalSeconds:0} s"), null);
        }
    }

    private static ServerAnswer Judge(HttpStatusCode status, byte[] body)
    {
        if (status == HttpStatusCode.Unauthorized)
        {
            return new ServerAnswer.Unknown();
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            string? Text(string name) => root.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
            return status switch
            {
                HttpStatusCode.OK => new ServerAnswer.Done(Text("text") ?? "", Text("incident")),
                HttpStatusCode.BadRequest => new ServerAnswer.NotUnderstood($"{Text("error")}\n{Text("usage")}".Trim()),
                HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.Gone
                    => new ServerAnswer.Refused(Text("refused") is { } refused ? $"{refused} ({Text("rule")})" : Text("text") ?? Text("error") ?? status.ToString()),
                _ => new ServerAnswer.Unreachable($"the server answered {(int)status}: {Text("error")}"),
            };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            var start = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 100)));
            return new ServerAnswer.Unreachable($"what answers there ({(int)status}) is no ChatOpsBot: {start}");
        }
    }

    /// <summary>A connection that breaks ends the reading and nothing else.</summary>
    private static async Task<T?> TryAsync<T>(Func<Task<T>> read)
        where T : class?
    {
        try
        {
            return await read();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return null;
        }
    }
}
