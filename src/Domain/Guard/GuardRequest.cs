using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Domain.Guard;

/// <summary>One operation of the guard. Each may be repeated: the repeat answers what is the case and does nothing twice.</summary>
public sealed record GuardRequest
{
    private GuardRequest(string operation, params ReadOnlySpan<string> arguments)
    {
        Operation = operation;
        Arguments = [operation, .. arguments];
    }

    /// <summary>Its name.</summary>
    public string Operation { get; }

    /// <summary>Operation and arguments.</summary>
    public ImmutableArray<string> Arguments { get; }

    /// <summary>Data after the program on standard input; empty for all but begin.</summary>
    public ReadOnlyMemory<byte> Data { get; private init; }

    /// <summary>Takes the host, checks that nothing has moved since the plan was made, starts the watchdog.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="encoded">The same as bytes.</param>
    /// <param name="token">Fencing token of the host's lease; only grows.</param>
    /// <param name="deadline">When the watchdog fires; kept within <see cref="GuardProgram.Deadline"/>.</param>
    public static GuardRequest Begin(Plan plan, ReadOnlyMemory<byte> encoded, long token, TimeSpan deadline)
        => new("begin", plan.Id, Number(token), plan.BootId, plan.MachineId, Seconds(deadline)) { Data = encoded };

    /// <summary>Runs the steps; a second apply runs nothing.</summary>
    public static GuardRequest Apply(Plan plan, long token) => Of("apply", plan, token);

    /// <summary>Pushes the deadline to that long from now. An extension that meets the very moment of the deadline may lose.</summary>
    public static GuardRequest Extend(Plan plan, long token, TimeSpan deadline) => new("extend", plan.Id, Number(token), plan.BootId, Seconds(deadline));

    /// <summary>Keeps the change.</summary>
    public static GuardRequest Commit(Plan plan, long token) => Of("commit", plan, token);

    /// <summary>Takes the change back.</summary>
    public static GuardRequest Revert(Plan plan, long token) => Of("revert", plan, token);

    /// <summary>The same of a plan that only the host knows; it keeps the boot itself.</summary>
    public static GuardRequest Revert(string planId, long token) => new("revert", planId, Number(token));

    /// <summary>Says what is the case and what a person must see; writes nothing, so it also works when the host's file systems are full.</summary>
    public static GuardRequest Status(Plan plan) => Status(plan.Id, plan.BootId);

    /// <summary>The same by id and boot; without a boot, a host that has lost the plan cannot tell whether it was rebooted since.</summary>
    public static GuardRequest Status(string planId, string bootId) => new("status", planId, "0", bootId);

    /// <summary>As status, with all that happened.</summary>
    public static GuardRequest Journal(Plan plan) => Of("journal", plan, 0);

    /// <summary>The status of every plan the host remembers: what holds it, and what was settled since.</summary>
    public static GuardRequest List() => new("list");

    private static GuardRequest Of(string operation, Plan plan, long token) => new(operation, plan.Id, Number(token), plan.BootId);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time)
    {
        var (least, most) = GuardProgram.Deadline;
        return Number((long)Math.Ceiling(Math.Clamp(time.TotalSeconds, least.TotalSeconds, most.TotalSeconds)));
    }
}
