namespace ChatOpsBot.Application.Repairs;

/// <summary>Times of a repair that are not settings: they follow from how DHCP clients and hosts behave.</summary>
public sealed record RepairOptions
{
    /// <summary>Time until the host takes back what nobody has committed; pushed while verification runs.</summary>
    public TimeSpan GuardDeadline { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long the guest's DHCPACK is waited for: clients ask again after seconds to a minute.</summary>
    public TimeSpan AckWait { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>The same while another fault is known that may keep the guest from its address: the wait then only catches what comes at once.</summary>
    public TimeSpan AckWaitBehindOtherFault { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a changed value may take to show in what is read: a carrier or a bridge port needs seconds to come up.</summary>
    public TimeSpan SettleWithin { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Pause between two reads while a value settles.</summary>
    public TimeSpan SettleEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Length of one watch for the guest's address after a commit; other work on the host waits that long at most.</summary>
    public TimeSpan WatchSlice { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a host is taken for one plan.</summary>
    public TimeSpan LeaseFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How often the host is asked how far a repair is, for people who watch.</summary>
    public TimeSpan ProgressEvery { get; init; } = TimeSpan.FromSeconds(2);
}
