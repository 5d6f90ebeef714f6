using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>Something that the guard's tests can run on. /mnt is theirs.</summary>
public interface IGuardHost
{
    /// <summary>A shell condition: nothing of the guard runs.</summary>
    string Quiet { get; }

    /// <summary>Runs a program as root, past the guard and SSH; the answer is text in Latin 1, so that every byte survives.</summary>
    Task<ProgramEnd> ExecAsync(IEnumerable<string> argv, ReadOnlyMemory<byte> stdin = default);
}

/// <summary>What is the same on all of them.</summary>
public static class GuardHosts
{
    /// <summary>Runs a shell line and expects success.</summary>
    public static async Task<string> ShAsync(this IGuardHost host, string script, params string[] arguments)
        => (await host.ExecAsync(["sh", "-c", script, "sh", .. arguments])).Expect();

    /// <summary>Waits until a shell line succeeds, 60 s at most.</summary>
    public static async Task UntilAsync(this IGuardHost host, string condition)
    {
        var end = await host.ExecAsync(["sh", "-c", "read -r end _ </proc/uptime; end=$((${end%.*} + 60)); now=0; until { " + condition + "; }; do [ $now -lt $end ] || exit 1; sleep 0.05; read -r now _ </proc/uptime; now=${now%.*}; done"]);
        Assert.True(end.ExitCode == 0, $"never true: {condition}");
    }

    /// <summary>Waits until a plan is in one of those states; says which it is in when it never is.</summary>
    public static async Task UntilStateAsync(this IGuardHost host, string plan, params string[] states)
    {
        var end = await host.ExecAsync(
            ["sh", "-c", "p=$1; shift; read -r end _ </proc/uptime; end=$((${end%.*} + 60)); now=0; while [ $now -lt $end ]; do for s; do [ ! -d \"/run/chatops/$p/state/$s\" ] || exit 0; done; sleep 0.05; read -r now _ </proc/uptime; now=${now%.*}; done; ls /run/chatops/$p/state; cat /run/chatops/$p/remarks; exit 1", "sh", plan, .. states]);
        Assert.True(end.ExitCode == 0, $"{plan} never became {string.Join(" or ", states)}: {end.Stdout}");
    }

    /// <summary>Lets the watchdog's deadline pass.</summary>
    public static Task ExpireAsync(this IGuardHost host, string plan) => host.ShAsync("echo '0 0' 1<>/run/chatops/$1/deadline", plan); // in place, for /run may be full

    /// <summary>Waits until nothing of the guard runs any more.</summary>
    public static Task QuietAsync(this IGuardHost host) => host.UntilAsync(host.Quiet);
}
