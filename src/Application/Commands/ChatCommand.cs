using System.Collections.Immutable;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Chat.Delivery;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary>One command of the chat: how it is written, what the policy is asked, what it does. One file and one line in <see cref="ChatCommands"/>.</summary>
public abstract class ChatCommand
{
    /// <summary>The command as the policy knows it; also its word.</summary>
    public abstract PolicyCommand Command { get; }

    /// <summary>How it is written.</summary>
    public abstract string Usage { get; }

    /// <summary>One line that works.</summary>
    public abstract string Example { get; }

    /// <summary>What it does, in a few words.</summary>
    public abstract string Summary { get; }

    /// <summary>Reads the words and finds what they name, without doing anything. The policy is asked before the result is performed.</summary>
    internal abstract Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken);

    /// <summary>What the policy is asked about a command that names nothing.</summary>
    private protected PolicyQuestion Ask(CommandCall call) => new() { Person = call.Person, Command = Command };

    /// <summary>What the policy is asked about a host.</summary>
    private protected PolicyQuestion Ask(CommandCall call, string host) => Ask(call) with { Host = call.Configuration.HostOf(host) };

    /// <summary>What the policy is asked about an incident.</summary>
    private protected PolicyQuestion Ask(CommandCall call, Incident incident) => Ask(call, incident.Request.Host) with
    {
        Risk = CurrentProposal.Of(incident)?.Plan.Risk,
        Requester = incident.Requester,
    };

    /// <summary>A command that only tells something.</summary>
    private protected Prepared.Ready Tell(CommandCall call, Func<string> text) => new(Ask(call), _ => Task.FromResult<CommandAnswer>(new CommandAnswer.Done(text())));

    /// <summary>A command that names an incident and says something about it.</summary>
    /// <param name="call">The command.</param>
    /// <param name="missing">What to say when there are no words.</param>
    /// <param name="run">Performs it with the words on one line.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private protected async Task<Prepared> SayAsync(CommandCall call, string missing, Func<IncidentView, string, CancellationToken, Task<CommandAnswer>> run, CancellationToken cancellationToken)
    {
        var (view, problem) = await Arguments.IncidentAsync(call, cancellationToken);
        return view is null ? Wrong(problem)
            : OneLine.Of(call.Line.TakeRest(), Arguments.LongestText) is not { } text ? Wrong(missing)
            : new Prepared.Ready(Ask(call, view.Incident), token => run(view, text, token));
    }

    private protected Prepared.NotUnderstood Wrong(string what) => new(what, Usage);
}

/// <summary>What one command line is worked with.</summary>
/// <param name="Request">Who asks, where, what.</param>
/// <param name="Line">The words after the command.</param>
/// <param name="Configuration">The configuration at this moment.</param>
/// <param name="Services">What commands need.</param>
internal sealed record CommandCall(CommandRequest Request, CommandLine Line, ServiceConfiguration Configuration, CommandServices Services)
{
    public PersonId? Person => Request.Person;

    /// <summary>The asker, once the policy has allowed a command that strangers may not use.</summary>
    public PersonId Asker => Request.Person ?? throw new InvalidOperationException("a command that needs a person was allowed to nobody");

    public DateTimeOffset Now => Services.Time.GetUtcNow();

    public bool May(PolicyCommand command, string host) => PolicyJudge.Judge(
        Configuration.Policy, new() { Person = Person, Command = command, Host = Configuration.HostOf(host) }) is not PolicyAnswer.Refused;
}

/// <summary>What the commands need.</summary>
/// <param name="Incidents">Lets things happen.</param>
/// <param name="Store">Lists incidents.</param>
/// <param name="Decisions">Decides on plans.</param>
/// <param name="Transcripts">Makes transcripts.</param>
/// <param name="Cards">Makes cards.</param>
/// <param name="Configuration">Inventory, policy, runbooks.</param>
/// <param name="Limits">Time limits of new incidents.</param>
/// <param name="Links">Where the pages are.</param>
/// <param name="Time">The clock.</param>
/// <param name="Traces">Follows guests' frames.</param>
public sealed record CommandServices(
    IncidentService Incidents, IIncidentStore Store, DecisionService Decisions, TranscriptService Transcripts, CardMaker Cards, IConfigurationSource Configuration,
    IncidentLimits Limits, ConsoleLinks Links, TimeProvider Time, TraceHost Traces);

/// <summary>A command line whose words were read.</summary>
internal abstract record Prepared
{
    private Prepared()
    {
    }

    /// <summary>It can be performed if the policy allows it.</summary>
    /// <param name="Question">What the policy is asked.</param>
    /// <param name="Run">Performs it.</param>
    public sealed record Ready(PolicyQuestion Question, Func<CancellationToken, Task<CommandAnswer>> Run) : Prepared;

    /// <summary>The words make no sense.</summary>
    /// <param name="What">What is wrong.</param>
    /// <param name="Usage">How it is written.</param>
    public sealed record NotUnderstood(string What, string Usage) : Prepared;
}

/// <summary>All commands, in the order in which help shows them.</summary>
public static class ChatCommands
{
    /// <summary>The catalogue.</summary>
    public static ImmutableArray<ChatCommand> All { get; } =
    [
        new CheckCommand(),
        new TraceCommand(),
        new StatusCommand(),
        new IncidentsCommand(),
        new TranscriptCommand(),
        new RecheckCommand(),
        new ApproveCommand(),
        new DenyCommand(),
        new CancelCommand(),
        new NoteCommand(),
        new RunCommand(),
        new HostsCommand(),
        new RunbooksCommand(),
        new ExplainCommand(),
        new HelpCommand(),
        new WhoAmICommand(),
        new WhyNotCommand(),
        new BreakGlassCommand(),
        new ReviewCommand(),
    ];

    /// <summary>The command of a word, in any case.</summary>
    public static ChatCommand? Find(string word) => All.FirstOrDefault(command => command.Command.Word().Equals(word, StringComparison.OrdinalIgnoreCase));
}
