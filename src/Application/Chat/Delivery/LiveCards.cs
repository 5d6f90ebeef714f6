using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Chat.Delivery;

/// <summary>
/// Shows on cards which section is read and which step is run, for work that takes longer than a moment. It uses less than half of what platforms allow (Slack: 50 changes a
/// minute), so that the changes that matter are never refused because of it; nothing is stored and nothing is tried again.
/// </summary>
/// <param name="progress">What goes on.</param>
/// <param name="index">Which messages show an incident.</param>
/// <param name="surfaces">The platforms.</param>
/// <param name="delivery">Sends cards.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For operators.</param>
public sealed class LiveCards(ProgressHub progress, ICardIndex index, ChatSurfaces surfaces, CardDelivery delivery, TimeProvider time, ILogger<LiveCards> logger) : BackgroundService
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Least time between two changes of one card.</summary>
    private static readonly TimeSpan s_perCard = TimeSpan.FromSeconds(4);

    /// <summary>Least time between two changes of any.</summary>
    private static readonly TimeSpan s_perChange = TimeSpan.FromSeconds(2.5);

    private readonly Dictionary<IncidentId, (LiveProgress Shown, DateTimeOffset At)> _shown = [];
    private DateTimeOffset _next;

    /// <summary>Shows the news that has waited longest, if it is time for some. For one caller at a time.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var active = progress.Active;
        foreach (var over in _shown.Keys.Except(active.Select(news => news.Incident)).ToArray())
        {
            _shown.Remove(over);
        }

        if (now < _next
            || active.Where(news => IsDue(news, now)).MinBy(news => _shown.TryGetValue(news.Incident, out var last) ? last.At : DateTimeOffset.MinValue) is not { } due)
        {
            return;
        }

        _shown[due.Incident] = (due, now);
        foreach (var place in await index.ListAsync(due.Incident, cancellationToken))
        {
            if (surfaces.For(place.Conversation) is { Capabilities.LiveProgress: true } surface)
            {
                _next = (_next > now ? _next : now) + s_perChange;
                await delivery.ShowProgressAsync(surface, place, due, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!surfaces.ShowProgress)
        {
            return;
        }

        using var timer = new PeriodicTimer(s_lookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    // The store; it is said by those who need it.
                    Log.ProgressNotShown(logger, failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private bool IsDue(LiveProgress news, DateTimeOffset now) => !_shown.TryGetValue(news.Incident, out var last) || (last.Shown != news && now - last.At >= s_perCard);
}
