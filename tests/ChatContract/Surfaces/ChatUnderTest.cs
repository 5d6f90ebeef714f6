using System.Collections.Immutable;
using ChatOpsBot.ChatContract.Benches;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.ChatContract.Surfaces;

/// <summary>
/// One surface with the bot behind it, as the people of <see cref="BenchConfiguration"/> use it: what they say, see and press, in words. A surface that lacks something cannot say so here.
/// </summary>
public abstract class ChatUnderTest : IAsyncDisposable
{
    /// <summary>Somebody says a line; all that they are answered, as they read it.</summary>
    public abstract Task<string> SayAsync(string person, string line);

    /// <summary>The words of the one card of an incident where ann asked, once they are as wanted.</summary>
    public abstract Task<string> CardAsync(IncidentId id, string holds);

    /// <summary>How many cards of the incident stand there.</summary>
    public abstract Task<int> CardsAsync(IncidentId id);

    /// <summary>What bo has before him to decide with; it stays in his hand whatever happens meanwhile.</summary>
    public abstract Task<HeldButton> HoldAsync(IncidentId id, string action);

    /// <summary>Somebody presses what was held, or does what comes nearest to it there; what they are answered.</summary>
    public abstract Task<string> PressAsync(string person, HeldButton button, string reason = "");

    /// <summary>Somebody sends a press of any button of ours, as a client could that was changed for it; what they are answered. Where there is no such button, what comes nearest to it.</summary>
    public abstract Task<string> ForgeAsync(string person, HeldButton real, ButtonAction action, string token);

    /// <summary>All that somebody can read of an incident there, in however many messages or files it comes, once it is enough.</summary>
    public abstract Task<string> DetailsAsync(string person, IncidentId id, Func<string, bool> enough);

    /// <summary>Where something of all that was shown could take effect in a reader's client instead of being read; empty when nothing can.</summary>
    public abstract Task<ImmutableArray<string>> LiveAsync(IncidentId id);

    /// <summary>How each scenario is done there, by the name of its test: the cell of the table.</summary>
    public abstract IReadOnlyDictionary<string, string> Ways { get; }

    /// <summary>The bot.</summary>
    internal abstract ChatBench Bench { get; }

    /// <summary>The bot stops and starts again on its store.</summary>
    public virtual async Task RestartAsync()
    {
        await Bench.StopBotAsync();
        await Bench.StartBotAsync();
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await Bench.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>What a button does, as the line that does the same.</summary>
internal static class ButtonLines
{
    public static string Of(ButtonAction action, IncidentId id, string host) => action switch
    {
        ButtonAction.Decide or ButtonAction.Approve => $"approve {id}",
        ButtonAction.Deny => $"deny {id} no",
        ButtonAction.Details => $"status {id}",
        ButtonAction.Cancel => $"cancel {id} no",
        ButtonAction.Recheck => $"recheck {id}",
        ButtonAction.Nudge or ButtonAction.MakeStay => $"run bridge/attach-uplink {host} bridge=br0 port=eno2",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "a button without a line"),
    };
}

/// <summary>Something to press.</summary>
/// <param name="Incident">Of which incident.</param>
/// <param name="Action"><c>approve</c> or <c>deny</c>.</param>
/// <param name="Thing">What the surface gave.</param>
public sealed record HeldButton(IncidentId Incident, string Action, object Thing);
