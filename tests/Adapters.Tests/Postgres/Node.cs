using ChatOpsBot.Adapters.Postgres;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Chat.Delivery;
using ChatOpsBot.Application.Chat.Intake;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatOpsBot.Adapters.Tests.Postgres;

/// <summary>One service of several on a database, without hosts: what it remembers is its own, what it stores is everybody's.</summary>
internal sealed class Node : IConfigurationSource, IDisposable
{
    private readonly PostgresDatabase _database;
    private readonly HostWorkLimits _limits = new();

    public Node(PostgresOptions options, IChatSurface? surface = null)
    {
        _database = PostgresDatabase.Open(options, TimeProvider.System);
        Store = new(_database);
        Outbox = new(_database);
        Inbox = new(_database);
        Index = new(_database);
        Signal = new();
        Incidents = new(Store, Signal);
        Tokens = new(new CommonSecret());
        var links = new ConsoleLinks(new("http://127.0.0.1:8080"));
        Decisions = new(Incidents, this, Tokens, links, TimeProvider.System);
        var transcripts = new TranscriptService(Store);
        var cards = new CardMaker(Store, Tokens, this, links);
        var nobody = new HostReader(FakeShell.Failing(ShellFailureKind.Unreachable, "nobody answers"), TimeProvider.System);
        Dispatcher = new(new(Incidents, Store, Decisions, transcripts, cards, this, new(), links, TimeProvider.System, new(nobody, TimeProvider.System)), Tokens, Inbox, _limits);
        var surfaces = new ChatSurfaces(surface is null ? [] : [surface]);
        var delivery = new CardDelivery(Incidents, cards, Index, NullLogger<CardDelivery>.Instance);
        Worker = new(
            Outbox, Incidents,
            [
                new HostsAreLeftAlone(), new UpdateCard(surfaces, delivery, NullLogger<UpdateCard>.Instance),
                new PostMessages(surfaces, delivery, transcripts, links, NullLogger<PostMessages>.Instance), new TimerEffects(TimeProvider.System),
            ],
            Signal, new(), TimeProvider.System, NullLogger<EffectWorker>.Instance);
    }

    public SqlIncidentStore Store { get; }

    public SqlOutbox Outbox { get; }

    public SqlInbox Inbox { get; }

    public SqlCardIndex Index { get; }

    public EffectSignal Signal { get; }

    public IncidentService Incidents { get; }

    public ButtonTokens Tokens { get; }

    public DecisionService Decisions { get; }

    public CommandDispatcher Dispatcher { get; }

    public EffectWorker Worker { get; }

    public ServiceConfiguration Current { get; } = ServiceConfiguration.None with { Inventory = PolicySamples.Inventory, Policy = PolicySamples.Example };

    public ConfigurationProblem? Problem => null;

    /// <summary>Takes what chats hand in.</summary>
    public ChatIntake Intake(params IIntakeHandler[] handlers) => new(Inbox, handlers, TimeProvider.System, NullLogger<ChatIntake>.Instance);

    public void Dispose()
    {
        _limits.Dispose();
        _database.Dispose();
    }

    /// <summary>The same at all of them.</summary>
    private sealed class CommonSecret : IServiceSecret
    {
        public ReadOnlyMemory<byte> KeyFor(string purpose) => new byte[32];
    }

    private sealed class HostsAreLeftAlone : IEffectHandler
    {
        public IReadOnlyCollection<string> Names { get; } = ["observe.v1", "begin-repair.v1"];

        public Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken) => Task.FromResult<EffectOutcome>(new EffectOutcome.Again(TimeSpan.FromHours(1)));
    }
}
