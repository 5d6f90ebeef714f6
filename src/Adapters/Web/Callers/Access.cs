using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Adapters.Web.Callers;

/// <summary>Asks the policy about what is read without a command: the API's incidents and the pages show what <c>status</c>, <c>transcript</c> and <c>hosts</c> would.</summary>
/// <param name="configuration">The policy in force.</param>
internal sealed class Access(IConfigurationSource configuration)
{
    /// <summary>Whether the person may do that on the host.</summary>
    public bool May(PersonId person, PolicyCommand command, string host) => Judge(person, command, host) is PolicyAnswer.Allowed;

    /// <summary>What the policy answers.</summary>
    public PolicyAnswer Judge(PersonId person, PolicyCommand command, string host)
    {
        var current = configuration.Current;
        return PolicyJudge.Judge(current.Policy, new() { Person = person, Command = command, Host = current.HostOf(host) });
    }

    /// <summary>Whether the person may stop the incident; who asked for it and who may approve its plan may as well.</summary>
    public bool MayCancel(PersonId person, Incident incident)
    {
        var current = configuration.Current;
        return PolicyJudge.Judge(current.Policy, new()
        {
            Person = person,
            Command = PolicyCommand.Cancel,
            Host = current.HostOf(incident.Request.Host),
            Risk = CurrentProposal.Of(incident)?.Plan.Risk,
            Requester = incident.Requester,
        }) is PolicyAnswer.Allowed;
    }
}
