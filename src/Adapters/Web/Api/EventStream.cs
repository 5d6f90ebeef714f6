using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ChatOpsBot.Adapters.Web.Callers;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Transcripts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace ChatOpsBot.Adapters.Web.Api;

/// <summary>
/// The events of one incident as they happen: <c>incident</c> with the number of the event as its id, <c>progress</c> without an id, <c>end</c> when nothing follows any more.
/// The store is asked each second whatever happens; signals of this process only make it sooner, so any node serves any incident.
/// </summary>
/// <param name="store">The events.</param>
/// <param name="signal">Raised in this process after a change.</param>
/// <param name="progress">Finer news of this process.</param>
/// <param name="tokens">Whether the caller still is who they were.</param>
/// <param name="access">Whether they may still look.</param>
/// <param name="life">Streams end when the service stops.</param>
/// <param name="time">The clock.</param>
internal sealed class EventStream(
    IIncidentStore store, EffectSignal signal, ProgressHub progress, PersonTokens tokens, Access access, IHostApplicationLifetime life, TimeProvider time)
{
    /// <summary>Open streams at once; each costs a small query a second.</summary>
    private const int Most = 500;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    /// <summary>Proxies close what is silent for a minute, some for half of one.</summary>
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);

    private int _open;

    /// <summary>Streams until the incident ends, the caller goes away or may not look any more, or the service stops.</summary>
    public async Task RunAsync(HttpContext context, Caller caller, Incident incident, long after)
    {
        if (Interlocked.Increment(ref _open) > Most)
        {
            Interlocked.Decrement(ref _open);
            context.Response.Headers.RetryAfter = "10";
            await Answer.Error(StatusCodes.Status503ServiceUnavailable, $"{Most} streams are open already", "try again later, or read GET /api/v1/incidents/{id}").ExecuteAsync(context);
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        try
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await WriteAsync(context, "retry: 2000\n\n", stop.Token);
            await PumpAsync(context, caller, incident, after, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The caller went away, or the service stops: clients come back by themselves.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task PumpAsync(HttpContext context, Caller caller, Incident incident, long after, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var news = progress.WatchAsync(incident.Id, enough.Token).GetAsyncEnumerator(enough.Token);
        var reading = new Reading(news.MoveNextAsync().AsTask());
        try
        {
            await PumpAsync(context, caller, incident, after, news, reading, cancellationToken);
        }
        finally
        {
            // The hub's sequence must not be closed while it is asked for the next item.
            await enough.CancelAsync();
            await reading.Next;
        }
    }

    private async Task PumpAsync(
        HttpContext context, Caller caller, Incident incident, long after, IAsyncEnumerator<LiveProgress> news, Reading reading, CancellationToken cancellationToken)
    {
        var silentSince = time.GetTimestamp();
        var state = new Position(Incident.Blank(incident.Id), 0, after);
        while (tokens.Find(caller.Id, caller.TokenHash, caller.ByCookie) is not null && access.May(caller.Id, PolicyCommand.Status, incident.Request.Host))
        {
            var woken = signal.NextAsync();
            var before = state.Seq;
            state = await SendEventsAsync(context, state, cancellationToken);
            if (!state.Incident.IsOpen && state.Seq > 0)
            {
                await WriteAsync(context, $"event: end\ndata: {{\"state\":\"{state.Incident.State.Name}\"}}\n\n", cancellationToken);
                return;
            }

            silentSince = state.Seq > before ? time.GetTimestamp() : silentSince;
            using var tick = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var look = Task.Delay(s_look, time, tick.Token);
            while (await Task.WhenAny(woken, look, reading.Next) == reading.Next)
            {
                if (!await reading.Next)
                {
                    // The hub ends only with us.
                    return;
                }

                await WriteAsync(context, Progress(news.Current), cancellationToken);
                silentSince = time.GetTimestamp();
                reading.Next = news.MoveNextAsync().AsTask();
            }

            await tick.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (time.GetElapsedTime(silentSince) >= s_heartbeat)
            {
                await WriteAsync(context, ": still here\n\n", cancellationToken);
                silentSince = time.GetTimestamp();
            }
        }
    }

    /// <summary>Sends what is stored beyond the position; events that the caller knows are only read, for the state they lead to.</summary>
    private async Task<Position> SendEventsAsync(HttpContext context, Position reached, CancellationToken cancellationToken)
    {
        var events = await store.LoadAsync(reached.Incident.Id, reached.Seq, cancellationToken);

        // A number that this history does not have comes from another one, for example from before a backup was restored: then everything is news.
        var position = reached.Seq == 0 && !events.IsEmpty && reached.Known > events[^1].Seq ? reached with { Known = 0 } : reached;
        foreach (var stored in events)
        {
            position = position with { Incident = position.Incident.After(stored.Read()), Seq = stored.Seq };
            if (stored.Seq > position.Known)
            {
                var entry = TimelineEntry.Of(new Transcript(reached.Incident.Id, [stored], ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Empty, null)).First();
                var state = position.Incident.State.Name;
                await WriteAsync(context, $"id: {stored.Seq.ToString(CultureInfo.InvariantCulture)}\nevent: incident\ndata: {Json(json => IncidentJson.WriteEvent(json, entry, stored.Type, state))}\n\n", cancellationToken);
            }
        }

        return position;
    }

    private static string Progress(LiveProgress news) => $"event: progress\ndata: {Json(json =>
    {
        json.WriteString("activity", news.Activity);
        json.WriteString("detail", Harmless.Line(news.Detail));
        json.WriteNumber("done", news.Done);
        json.WriteNumber("total", news.Total);
    })}\n\n";

    /// <summary>One line of JSON: the writer escapes line ends inside texts.</summary>
    private static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static async Task WriteAsync(HttpContext context, string text, CancellationToken cancellationToken)
    {
        await context.Response.WriteAsync(text, cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>The question for the next progress that is under way.</summary>
    private sealed class Reading(Task<bool> next)
    {
        public Task<bool> Next { get; set; } = next;
    }

    /// <summary>How far the history was read.</summary>
    /// <param name="Incident">The incident then.</param>
    /// <param name="Seq">Number of the last event read.</param>
    /// <param name="Known">Number of the last event that the caller has.</param>
    private sealed record Position(Incident Incident, long Seq, long Known);
}
