using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Chat.Delivery;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Tests.Effects;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Application.Tests.Chat;

/// <summary>Commands, decisions and cards on a store in memory, with the policy of the documentation.</summary>
internal sealed class ChatBench : IConfigurationSource
{
    public ChatBench()
    {
        Incidents = new(Store, Signal);
        Tokens = new(new FixedSecret());
        Links = new(new Uri("http://127.0.0.1:8080"));
        Decisions = new(Incidents, this, Tokens, Links, Time);
        Transcripts = new(Store);
        Cards = new(Store, Tokens, this, Links);
        Services = new(Incidents, Store, Decisions, Transcripts, Cards, this, new(), Links, Time, new(new HostReader(Shell, Time), Time));
        Dispatcher = new(Services, Tokens, Store, Limits);
        Policy = PolicySamples.Example;
    }

    public HostWorkLimits Limits { get; } = new();

    public ManualTime Time { get; } = new();

    /// <summary>No host can be reached, so that commands which read one say so.</summary>
    public FakeShell Shell { get; } = FakeShell.Failing(ShellFailureKind.Unreachable, "nobody answers");

    public MemoryStore Store { get; } = new();

    public EffectSignal Signal { get; } = new();

    public IncidentService Incidents { get; }

    public ButtonTokens Tokens { get; }

    public DecisionService Decisions { get; }

    public ConsoleLinks Links { get; }

    public TranscriptService Transcripts { get; }

    public CardMaker Cards { get; }

    public CommandServices Services { get; }

    public CommandDispatcher Dispatcher { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public Policy Policy
    {
        get => Current.Policy;
        set => Current = Current with { Policy = value };
    }

    public ServiceConfiguration Current { get; set; } = ServiceConfiguration.None with { Inventory = PolicySamples.Inventory, Runbooks = Books() };

    public ConfigurationProblem? Problem { get; set; }

    public CommandCall CallOf(PersonId who)
    {
        CommandLine.Read("", out var line);
        return new(new() { Person = who, Text = "" }, line, Current, Services);
    }

    public Task<CommandAnswer> SayAsync(PersonId? who, string text, string? key = null) => Dispatcher.DispatchAsync(
        new() { Person = who, Identities = ["slack team T1 user U7"], Text = text, Conversation = Channel, IdempotencyKey = key }, TestContext.Current.CancellationToken);

    /// <summary>An incident with a plan that waits, asked for by Ann.</summary>
    public async Task<IncidentId> WaitingAsync(Risk risk = Risk.D2, int quorum = 1, bool requesterMay = false)
    {
        var opened = Assert.IsType<ApplyOutcome.Applied>(await Incidents.OpenOrJoinAsync(
            new() { Host = "host42" }, Ann, Channel, new(), Now, null, TestContext.Current.CancellationToken));
        var id = opened.View.Incident.Id;
        await ApplyAsync(id, Fault() with { At = Now }, ProposedNow(1, Requirement(quorum, requesterMay), risk));
        return id;
    }

    public IncidentEvent.PlanProposed ProposedNow(int generation, ApprovalRequirement? requirement = null, Risk risk = Risk.D2)
    {
        var plan = Plan($"i-1-{generation}") with { Risk = risk, Expires = Now.AddMinutes(30) };
        return new(Now, generation, plan, PlanHash.Of(plan), requirement ?? Requirement());
    }

    public async Task ApplyAsync(IncidentId id, params ImmutableArray<IncidentEvent> events)
        => Assert.IsType<ApplyOutcome.Applied>(await Incidents.ApplyAsync(id, events, null, null, TestContext.Current.CancellationToken));

    public async Task<Incident> IncidentAsync(IncidentId id) => (await Incidents.GetAsync(id, TestContext.Current.CancellationToken))?.Incident ?? throw new InvalidOperationException($"{id} is gone");

    public async Task<ImmutableArray<IncidentEvent>> EventsAsync(IncidentId id)
        => [.. (await Store.LoadAsync(id, 0, TestContext.Current.CancellationToken)).Select(stored => stored.Read())];

    private static RunbookSet Books()
    {
        Runbook Book(string id, params ImmutableArray<RunbookParameter> parameters) => new()
        {
            Id = id,
            Hash = "aa",
            Title = $"Do {id}",
            Consequence = "nothing else",
            Parameters = parameters,
            Steps = [new() { Name = "x", Risk = Risk.D1, Read = ["true"], Before = "a", Run = ["true"], After = "b", Undo = ["true"] }],
        };
        var guest = new RunbookParameter("guest", ParameterType.Guest, RunbookParameter.Given, [], "guest");
        return new(RunbookSet.Empty.ById.Add("bridge/attach-uplink", Book("bridge/attach-uplink")).Add("guest/nudge-link", Book("guest/nudge-link", guest)));
    }

    internal sealed class FixedSecret(string seed = "test") : IServiceSecret
    {
        public ReadOnlyMemory<byte> KeyFor(string purpose) => SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {purpose}"));
    }
}
