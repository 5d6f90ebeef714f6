using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>Makes a plan for one host from a runbook and what was read of the host. Pure: the same request gives the same plan.</summary>
public static class Planner
{
    private const string ReadAgain = "check the host again";

    /// <summary>Plans, or says why not. Never throws on what a host printed or a person typed.</summary>
    public static PlanOutcome Plan(PlanRequest request)
    {
        var view = new HostView(request.Snapshot, request.Host);
        if (view.Topology is not FactReading<HostTopology>.Known(var topology))
        {
            return new PlanOutcome.Impossible($"the links of {request.Host.Name} could not be read", ReadAgain);
        }

        var context = new FactContext(request, view, topology);
        var values = ParameterValues.Of(context);
        if (values.Problem is { } problem)
        {
            return problem;
        }

        foreach (var requirement in request.Runbook.Requirements)
        {
            if (Placeholders.Fill(requirement.That, values.ByName) != Placeholders.Fill(requirement.Is, values.ByName))
            {
                return new PlanOutcome.Impossible(Placeholders.Fill(requirement.Otherwise, values.ByName), Placeholders.Fill(requirement.Remedy, values.ByName));
            }
        }

        return request.Runbook.Keeps is null ? Assemble(context, values.ByName) : Persist(context, values.ByName);
    }

    private static PlanOutcome Persist(FactContext context, IReadOnlyDictionary<string, string> values)
    {
        var (edited, problem) = PersistPlanner.Find(context, values);
        if (edited is null)
        {
            return problem ?? new("no file was found for it", ReadAgain);
        }

        var texts = edited.Edits.Select(edit => (edit.Path, edit.Old, edit.New)).ToArray();
        return Finish(context, PersistSteps.Of(context.Request.PlanId, edited), [], new()
        {
            Title = context.Request.Runbook.Title,
            Consequence = string.Join(' ', new[] { Placeholders.Fill(context.Request.Runbook.Consequence, values), edited.Remark }.Where(text => text.Length > 0)),
            Probe = context.Request.Runbook.Probe,
            Before = [.. texts.SelectMany(text => Whole(text.Path, text.Old))],
            After = [.. texts.SelectMany(text => Whole(text.Path, text.New))],
            IsOfFiles = true,
        });
    }

    private static IEnumerable<string> Whole(string path, string? text) => (text is null ? [] : text.TrimEnd('\n').Split('\n')).Prepend(path + ":");

    private static PlanOutcome Assemble(FactContext context, IReadOnlyDictionary<string, string> values)
    {
        var request = context.Request;
        var (steps, done, kept) = (ImmutableArray.CreateBuilder<PlanStep>(), ImmutableArray.CreateBuilder<string>(), new List<RunbookStep>());
        string? raised = null;
        foreach (var definition in request.Runbook.Steps)
        {
            var step = StepOf(definition, context.Topology, values, ref raised);
            if (step.Before == step.After)
            {
                done.Add(step.Name);
            }
            else
            {
                steps.Add(step);
                kept.Add(definition);
            }
        }

        if (steps.Count == 0)
        {
            return new PlanOutcome.Impossible($"{request.Host.Name} is like that already: {string.Join(", ", done)}", ReadAgain);
        }

        return Finish(context, steps.ToImmutable(), BlastRadius.Of(context, values, kept), new PlanPreview
        {
            Title = request.Runbook.Title,
            Consequence = Placeholders.Fill(request.Runbook.Consequence, values),
            RaisedBecause = raised,
            Probe = request.Runbook.Probe,
            Before = [.. steps.SelectMany(step => Lines(step, step.Before))],
            After = [.. steps.SelectMany(step => Lines(step, step.After))],
            AlreadyDone = done.ToImmutable(),
        });
    }

    private static PlanOutcome Finish(FactContext context, ImmutableArray<PlanStep> steps, ImmutableArray<string> noticed, PlanPreview preview)
    {
        var request = context.Request;
        if (context.View.Optional(SelfEvidence.Source) is not { MachineId: { } machine, BootId: { } boot } self)
        {
            return new PlanOutcome.Impossible($"machine id and boot id of {request.Host.Name} could not be read, and without them nobody could tell the host from another", ReadAgain);
        }

        // The file was checked when it was read; here the values are known as well, and a plan never holds such a step, wherever its runbook came from.
        if (steps.Select(step => RefusedRepairs.OfCommand(step.Run, name => context.Topology.Links.Find(name) is { IsBridge: true })).FirstOrDefault(found => found is not null) is { } refused)
        {
            return new PlanOutcome.Impossible($"{request.Runbook.Id} wants {refused.Name}, which is refused: {refused.Why}", refused.Instead);
        }

        var plan = new Plan
        {
            Id = request.PlanId,
            Host = request.Host.Name,
            HostKeyFingerprint = request.HostKeyFingerprint,
            MachineId = machine,
            BootId = boot,
            Runbook = request.Runbook.Id,
            RunbookHash = request.Runbook.Hash,
            Fault = request.Finding?.Id,
            FindingHash = request.Finding is { } finding ? FindingHash.Of(finding) : "",
            Risk = steps.Max(step => step.Risk),
            Steps = steps,
            BlastRadius = noticed,
            Expires = request.Expires,
            ActivatesNothing = preview.IsOfFiles,
        };
        return Judge(plan, self, preview);
    }

    private static PlanOutcome Judge(Plan plan, SelfFacts self, PlanPreview preview)
    {
        if (GuardPlanEncoding.Of(plan) is GuardPlanEncoding.Unfit(var problems))
        {
            return new PlanOutcome.Impossible($"the plan cannot be given to a host: {string.Join("; ", problems)}", "correct the runbook or the values given");
        }

        return self.RootReason.Length > 0
            ? new PlanOutcome.Impossible($"the repair needs root on {plan.Host}, and the account has none ({self.RootReason})", "here are the commands for somebody who has")
            {
                Commands = [.. plan.Steps.Select(step => step.Run)],
            }
            : new PlanOutcome.Planned(plan, preview);
    }

    private static PlanStep StepOf(RunbookStep definition, HostTopology topology, IReadOnlyDictionary<string, string> values, ref string? raised)
    {
        var subject = definition.Subject is { } name ? topology.Links.Find(values.GetValueOrDefault(name)) : null;
        var touched = definition.Touches.Prepend(definition.Subject).OfType<string>().Select(parameter => values.GetValueOrDefault(parameter)).OfType<string>();
        var risk = definition.Risk;
        if (risk < Risk.D3 && touched.FirstOrDefault(link => topology.SessionLinks?.Contains(link) ?? true) is { } ours)
        {
            risk = Risk.D3;
            raised = topology.SessionLinks is null
                ? "which links carry our own session could not be read, so it may be this one"
                : $"our own session comes in by {ours}";
        }

        return new()
        {
            Name = Placeholders.Fill(definition.Name, values),
            Subject = subject is null ? null : new(subject.Name, subject.Index, SetsAddressOf(definition) ? "" : subject.Address ?? ""),
            Read = [.. Placeholders.Fill(definition.Read, values)],
            Before = Placeholders.Fill(definition.Before, values),
            Run = [.. Placeholders.Fill(definition.Run, values)],
            After = Placeholders.Fill(definition.After, values),
            Undo = [.. Placeholders.Fill(definition.Undo, values)],
            Timeout = definition.Timeout,
            Risk = risk,
        };
    }

    /// <summary>Whether it is the step itself that gives its link another address, by which the guard cannot know the link then; its number it keeps.</summary>
    private static bool SetsAddressOf(RunbookStep step)
        => step.Run is ["ip", "link", "set", .. var words] && words.Contains("{" + step.Subject + "}") && words.Contains("address");

    /// <summary>The value under its step, so that a diff of all of them says what each line belongs to.</summary>
    private static IEnumerable<string> Lines(PlanStep step, string value)
        => value.Split('\n').Select(line => "    " + line).Prepend(step.Name + ":");
}
