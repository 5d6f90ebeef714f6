using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ChatOpsBot.Benchmarks.Soak;

/// <summary>What people do, and whether each was answered.</summary>
/// <param name="town">People and chat peers.</param>
/// <param name="service">The service.</param>
internal sealed class Traffic(Town town, Service service) : IDisposable
{
    private static readonly string[] s_cheap = ["status", "incidents open", "hosts", "explain dhcp.no-answer"];

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly HttpClient _api = new() { BaseAddress = service.Console, Timeout = TimeSpan.FromSeconds(60) };
    private readonly ConcurrentDictionary<string, byte> _slack = new();
    private readonly ConcurrentDictionary<string, int> _teams = new();
    private readonly ConcurrentDictionary<string, int> _answers = new();
    private int _sent;
    private int _failed;
    private int _decided;

    /// <summary>Commands sent.</summary>
    public int Sent => _sent;

    /// <summary>Commands without an answer: over HTTP not answered, in Slack nothing for that trigger, in Teams fewer messages than questions in a conversation.</summary>
    public int Lost => _failed + SlackMissing() + TeamsMissing();

    /// <summary>For people.</summary>
    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"{_sent} commands ({_slack.Count} Slack, {_teams.Values.Sum()} Teams, the rest HTTP), {_decided} decisions; unanswered: {_failed} HTTP, {SlackMissing()} Slack, {TeamsMissing()} Teams; HTTP answers: {string.Join(", ", _answers.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"))}");

    public void Dispose() => _api.Dispose();

    /// <summary>One check and four cheap commands a second.</summary>
    public async Task RunAsync(CancellationToken over)
    {
        var begin = _time.GetTimestamp();
        for (var second = 0; !over.IsCancellationRequested; second++)
        {
            _ = SendAsync(second * 5, $"check {town.Hosts[second % town.Hosts.Count]}");
            for (var more = 0; more < s_cheap.Length; more++)
            {
                _ = SendAsync((second * 5) + 1 + more, s_cheap[more]);
            }

            var early = TimeSpan.FromSeconds(second + 1) - _time.GetElapsedTime(begin);
            await Task.Delay(early > TimeSpan.Zero ? early : TimeSpan.FromMilliseconds(1), _time, CancellationToken.None);
        }
    }

    /// <summary>A person looks every other second at what waits: approves it, or cancels what asks a human.</summary>
    public async Task DecideAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), _time, CancellationToken.None);
            foreach (var incident in (await GetAsync("/api/v1/incidents"))?["incidents"]?.AsArray() ?? [])
            {
                var id = incident?["id"]?.GetValue<string>() ?? "";
                if (incident?["decide"]?.GetValue<string>() is { } token)
                {
                    await PostAsync("boss", $"/api/v1/approvals/{token}", new() { ["decision"] = "approve" });
                    _decided++;
                }
                else if (incident?["state"]?.GetValue<string>() is "escalated" or "watching")
                {
                    await PostAsync("boss", "/api/v1/commands", new() { ["text"] = $"cancel {id} seen" });
                }
            }
        }
    }

    /// <summary>Waits for what is still to be answered.</summary>
    public async Task SettleAsync(TimeSpan limit)
    {
        var begin = _time.GetTimestamp();
        while ((SlackMissing() > 0 || TeamsMissing() > 0) && _time.GetElapsedTime(begin) < limit)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _time);
        }
    }

    /// <summary>Number of the newest incident.</summary>
    public async Task<int> NewestAsync()
        => (await GetAsync("/api/v1/incidents"))?["incidents"]?.AsArray().Select(incident => int.Parse(incident?["id"]?.GetValue<string>()[2..] ?? "0", CultureInfo.InvariantCulture)).DefaultIfEmpty().Max() ?? 0;

    private int SlackMissing() => _slack.Keys.Except(town.Slack.Workspace.Ephemerals.Select(answer => answer.Trigger ?? "")).Count();

    private int TeamsMissing()
    {
        var said = town.Teams.Messages.Where(message => !message.Deleted).CountBy(message => message.Conversation).ToDictionary();
        return _teams.Sum(asked => Math.Max(0, asked.Value - said.GetValueOrDefault(asked.Key)));
    }

    private async Task SendAsync(int number, string text)
    {
        Interlocked.Increment(ref _sent);
        var person = number % Town.People;
        try
        {
            switch (number % 3)
            {
                case 0:
                    var trigger = town.Slack.Sender.NewTrigger();
                    if ((await town.Slack.Sender.SlashAsync(Town.SlackOf(person), Town.ChannelOf(person), text, trigger)).Status == 200)
                    {
                        _slack[trigger] = 0;
                    }
                    else
                    {
                        Interlocked.Increment(ref _failed);
                    }

                    break;
                case 1 when !text.StartsWith("check", StringComparison.Ordinal):
                    var conversation = $"a:{Town.NameOf(person)}";
                    if ((await town.TeamsPeople.SendAsync(town.TeamsPeople.Message(Town.NameOf(person), text, conversation))).Status is >= 200 and < 300)
                    {
                        _teams.AddOrUpdate(conversation, 1, (_, before) => before + 1);
                    }
                    else
                    {
                        Interlocked.Increment(ref _failed);
                    }

                    break;
                default:
                    await PostAsync(Town.NameOf(person), "/api/v1/commands", new() { ["text"] = text });
                    break;
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            Console.WriteLine($"{text}: {failure.Message}");
            Interlocked.Increment(ref _failed);
        }
    }

    private async Task PostAsync(string person, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Town.TokenOf(person));
        using var answer = await _api.SendAsync(request);
        _answers.AddOrUpdate(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture), 1, (_, before) => before + 1);
        if ((int)answer.StatusCode >= 500)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    private async Task<JsonNode?> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Town.TokenOf("boss"));
        using var answer = await _api.SendAsync(request);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync());
    }
}
