using System.Collections.Immutable;
using ChatOpsBot.Adapters.Teams.Rendering;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat.Delivery;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Adapters.Teams.Inbound;

/// <summary>What each person sees of an incident. To show a button is a courtesy; whoever presses it is judged.</summary>
/// <param name="incidents">The incidents.</param>
/// <param name="cards">Makes cards.</param>
/// <param name="decisions">Knows who may decide.</param>
/// <param name="configuration">The policy in force.</param>
/// <param name="references">Knows the platform's ids of people.</param>
internal sealed class TeamsViews(IncidentService incidents, CardMaker cards, DecisionService decisions, IConfigurationSource configuration, TeamsReferences references)
{
    /// <summary>Renders with the names of the policy.</summary>
    public AdaptiveCards Cards => new(person => configuration.Current.Policy.Find(person)?.Name ?? person.Value);

    /// <summary>A person's own view of an incident; <see langword="null"/> when there is no such incident. Reads the store, never a host.</summary>
    public async Task<TeamsCard?> OwnAsync(IncidentId incident, PersonId? person, TeamsItem item, string? note, CancellationToken cancellationToken)
    {
        if (await incidents.GetAsync(incident, cancellationToken) is not { } view)
        {
            return null;
        }

        var card = await cards.MakeAsync(view, cancellationToken);
        return Cards.Own(card, item.Style, card.Buttons.Where(button => IsWorthShowing(button, view.Incident, person)), note, item.IsEmulator ? null : item.User);
    }

    /// <summary>The card of an incident as it is now; <see langword="null"/> when there is no such incident.</summary>
    public async Task<Card?> CardAsync(IncidentId incident, CancellationToken cancellationToken)
        => await incidents.GetAsync(incident, cancellationToken) is { } view ? await cards.MakeAsync(view, cancellationToken) : null;

    /// <summary>One button of an incident as it is now; <see langword="null"/> when there is none of that kind any more.</summary>
    public async Task<(Card Card, CardButton Button)?> ButtonAsync(ButtonTarget target, string token, CancellationToken cancellationToken)
    {
        if (await incidents.GetAsync(target.Incident, cancellationToken) is not { } view)
        {
            return null;
        }

        var card = await cards.MakeAsync(view, cancellationToken);
        return card.Buttons.FirstOrDefault(button => button.Token == token) is { } found ? (card, found) : null;
    }

    /// <summary>Whose clients are to fetch their own view: eligible approvers whose ids we have learned.</summary>
    public async Task<ImmutableArray<string>> ViewersAsync(Card card, string tenant, CancellationToken cancellationToken)
    {
        if (!card.Buttons.Any(button => button.Action == ButtonAction.Approve) || await incidents.GetAsync(card.Incident, cancellationToken) is not { } view)
        {
            return [];
        }

        var viewers = ImmutableArray.CreateBuilder<string>();
        foreach (var person in configuration.Current.Policy.People.Where(person => decisions.TokenFor(view.Incident, person.Id) is not null))
        {
            foreach (var account in person.Accounts.OfType<Account.Teams>().Where(account => account.Tenant == tenant))
            {
                if (viewers.Count < AdaptiveCards.MostViewers && await references.UserAsync(account.Tenant, account.User, cancellationToken) is { } mri)
                {
                    viewers.Add(mri);
                }
            }
        }

        return viewers.ToImmutable();
    }

    private bool IsWorthShowing(CardButton button, Incident incident, PersonId? person)
    {
        var policy = configuration.Current.Policy;
        if (policy.Find(person) is null)
        {
            return button.Action == ButtonAction.Details;
        }

        bool May(PolicyCommand command) => PolicyJudge.Judge(policy, new()
        {
            Person = person,
            Command = command,
            Host = configuration.Current.HostOf(incident.Request.Host),
            Risk = command == PolicyCommand.Cancel ? CurrentProposal.Of(incident)?.Plan.Risk : null,
            Requester = incident.Requester,
        }) is not PolicyAnswer.Refused;

        return button.Audience switch
        {
            Audience.Approvers => decisions.TokenFor(incident, person) is not null,
            Audience.Person => button.Person == person,
            _ => button.Action switch
            {
                ButtonAction.Cancel => May(PolicyCommand.Cancel),
                ButtonAction.Recheck => May(PolicyCommand.Recheck),
                ButtonAction.Nudge or ButtonAction.MakeStay => May(PolicyCommand.Run),
                _ => true,
            },
        };
    }
}
