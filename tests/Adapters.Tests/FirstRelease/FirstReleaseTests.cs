using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Adapters.Contracts;
using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using ChatOpsBot.Support;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Adapters.Tests.FirstRelease;

/// <summary>A database that the first release of a store wrote, opened by today's program. See <c>tests/Fixtures/first-release</c>.</summary>
public abstract class FirstReleaseTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cob-first-");

    /// <summary>Opens a copy of it, for the first time.</summary>
    protected abstract StoreUnderTest OpenOld();

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A folder for copies, removed with the test.</summary>
    protected string Folder => _folder.FullName;

    [Fact]
    public async Task Open_ItsIncidents_AreWholeAndInTheStateTheyWereIn()
    {
        using var store = OpenOld();
        var service = new IncidentService(store.Incidents, new EffectSignal());
        var expected = Table("incidents.tsv");
        var lines = await store.Incidents.ListAsync(new(), Token);
        Assert.Equal(
            expected.Select(cells => string.Join(' ', cells)),
            lines.Reverse().Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Id.Number} {line.Host} {line.State} {line.Events} {line.Head}")));
        foreach (var line in lines)
        {
            var events = await store.Incidents.LoadAsync(line.Id, 0, Token);
            Assert.Empty(EventChain.Problems(line.Id, events));
            Assert.Equal((line.Events, line.Head), (events.Length, events[^1].Hash));
            var view = await service.GetAsync(line.Id, Token);
            Assert.Null(view?.Incident.Problem);
            Assert.Equal((line.State, line.IsOpen), (view?.Incident.State.Name, view?.Incident.IsOpen));
        }

        // And they go on: the next event has a place in the chain.
        Assert.IsType<ApplyOutcome.Applied>(await service.ApplyAsync(new(5), [new IncidentEvent.NoteAdded(At(20), Ann, "after the upgrade")], null, null, Token));
        Assert.Empty(EventChain.Problems(new(5), await store.Incidents.LoadAsync(new(5), 0, Token)));
    }

    [Fact]
    public async Task Open_WhatElseItKept_IsThere()
    {
        using var store = OpenOld();
        var blob = Assert.Single(Table("blob.tsv"));
        Assert.Equal(int.Parse(blob[1], CultureInfo.InvariantCulture), (await store.Incidents.GetBlobAsync(blob[0], Token))?.Length);

        Assert.Equal(new CardPlace(new(2), Channel, "1700000000.000100", 3), await store.Cards.FindAsync(new(2), Channel, Token));

        var pending = Assert.Single(await store.Inbox.PendingAsync(10, Token));
        Assert.Equal(("slack:Ev0002", At(3)), (pending.Key, pending.Received));
        Assert.True(await store.Inbox.TakeAsync(pending.Key, At(4), At(5), Token));
        var again = await store.Inbox.PutAsync("slack:Ev0001", At(4), "again"u8.ToArray(), Token);
        Assert.Equal((false, true), (again.IsNew, again.IsDone));
        Assert.Equal("{\"text\":\"i-1\"}"u8.ToArray(), again.Answer?.ToArray());

        Assert.Equal("I-5-1", Assert.IsType<LeaseOutcome.Held>(await store.Leases.TakeAsync("host5", "another", At(10), At(40), Token)).PlanId);
        var later = Assert.IsType<LeaseOutcome.Granted>(await store.Leases.TakeAsync("host5", "another", At(50), At(60), Token));
        Assert.True(later.Token > 1, "a fencing token that is not higher than the last one protects nobody");
    }

    [Fact]
    public async Task Buttons_OfItsCards_AreAnsweredTruly()
    {
        using var store = OpenOld();
        var service = new IncidentService(store.Incidents, new EffectSignal());
        var tokens = new ButtonTokens(Secret());
        var decisions = new DecisionService(service, new Configuration(), tokens, new(new("http://127.0.0.1:8080")), TimeProvider.System);
        var buttons = Table("buttons.tsv");
        Assert.Equal(6, buttons.Length);
        Assert.All(buttons, cells => Assert.Equal((cells[1], cells[0]), (tokens.Read(cells[2]) is { } read ? read.Action.ToString() : "", $"{tokens.Read(cells[2])?.Incident.Number}")));

        Assert.IsType<DecisionOutcome.NotAllowed>(await PressAsync(2, ButtonAction.Approve, PolicySamples.Tim));
        Assert.IsType<DecisionOutcome.NotAllowed>(await PressAsync(2, ButtonAction.Approve, Ann)); // asked for it, and its plan needs a second person
        Assert.IsType<DecisionOutcome.Decided>(await PressAsync(2, ButtonAction.Approve, Bo));
        Assert.IsType<DecisionOutcome.AlreadyDecided>(await PressAsync(2, ButtonAction.Deny, Bo, Decision.Deny));
        Assert.IsType<DecisionOutcome.Decided>(await PressAsync(3, ButtonAction.Approve, Bo)); // the other of two was given before
        Assert.Contains("approved by bo", Assert.IsType<DecisionOutcome.AlreadyDecided>(await PressAsync(4, ButtonAction.Approve, Bo)).Text, StringComparison.Ordinal);
        Assert.Contains("declined", Assert.IsType<DecisionOutcome.AlreadyDecided>(await PressAsync(8, ButtonAction.Approve, Bo)).Text, StringComparison.Ordinal);
        foreach (var number in (int[])[2, 3])
        {
            Assert.Equal("applying", (await service.GetAsync(new(number), Token))?.Incident.State.Name);
        }

        // Behind the observations of then, of which nobody was told that they are done.
        var begun = new List<long>();
        while (await store.Outbox.TakeAsync(Lane.Host, At(60), At(61), 100, Token) is { IsEmpty: false } taken)
        {
            begun.AddRange(taken.Where(effect => effect.Name == "begin-repair.v1").Select(effect => effect.Incident.Number));
            foreach (var effect in taken)
            {
                Assert.True(await store.Outbox.SettleAsync(new(effect.Claim, EffectEnd.Done, At(60)), Token));
            }
        }

        Assert.Equal([2L, 3, 4, 5, 6], begun.Order()); // 2 and 3 by these presses

        Task<DecisionOutcome> PressAsync(int incident, ButtonAction action, PersonId who, Decision decision = Decision.Approve)
        {
            var cells = Assert.Single(buttons, cells => cells[0] == $"{incident}" && cells[1] == action.ToString());
            return decisions.DecideAsync(new(new DecisionSubject.OfToken(cells[2]), who, decision), Token);
        }
    }

    [Fact]
    public async Task Outbox_WhatItLeft_IsHandedOutAndUnderstood()
    {
        using var store = OpenOld();
        var now = TimeProvider.System.GetUtcNow() is var today && today > At(60) ? today : At(60);
        var taken = new List<TakenEffect>();
        while (await store.Outbox.DueLanesAsync(now, Token) is { IsEmpty: false } lanes)
        {
            foreach (var lane in lanes)
            {
                foreach (var effect in await store.Outbox.TakeAsync(lane.Lane, now, now.AddMinutes(1), 100, Token))
                {
                    taken.Add(effect);
                    Assert.True(EffectCodec.Decode(effect.Name, effect.Body) is not null, $"{effect.Name} of {effect.Incident} is not understood");
                    Assert.True(await store.Outbox.SettleAsync(new(effect.Claim, EffectEnd.Done, now), Token));
                }
            }

            Assert.True(taken.Count < 1000, "an effect is handed out again and again");
        }

        var host = taken.Where(effect => effect.Lane == Lane.Host).Select(effect => $"{effect.Incident.Number} {effect.Name}").ToHashSet();
        Assert.Contains("1 observe.v1", host); // its taker died
        Assert.Contains("4 begin-repair.v1", host);
        Assert.Contains("5 verify-repair.v1", host);
        Assert.DoesNotContain("2 begin-repair.v1", host); // nobody has approved it
        Assert.Single(taken, effect => effect.Lane == Lane.Chat(Channel) && effect.Failures == 1);
        Assert.Equal(taken.Count, taken.Select(effect => effect.Claim.Row).Distinct().Count());
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A file of the fixture.</summary>
    protected static string Kept(string name) => RepositoryFiles.At("tests", "Fixtures", "first-release", name);

    protected virtual void Dispose(bool disposing) => _folder.Delete(recursive: true);

    /// <summary>As the service reads it: a file that nobody else may read.</summary>
    private ServiceSecretFile Secret()
    {
        var file = Path.Combine(Folder, "console.key");
        File.Copy(Kept("console.key"), file);
#pragma warning disable CA1416 // runs on Linux only
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416
        return ServiceSecretFile.Open(file);
    }

    private static ImmutableArray<string[]> Table(string name) => [.. File.ReadLines(Kept(name)).Select(line => line.Split('\t'))];

    private sealed class Configuration : IConfigurationSource
    {
        public ServiceConfiguration Current { get; } = ServiceConfiguration.None with { Inventory = PolicySamples.Inventory, Policy = PolicySamples.Example };

        public ConfigurationProblem? Problem => null;
    }
}
