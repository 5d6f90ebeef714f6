using System.Text;
using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Tests.FramePath;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

/// <summary>br0 with eno2 and the guests vnet0 (52:54:00:00:00:02) and vnet1, behind a captured firewall.</summary>
internal static class FirewalledHost
{
    /// <summary>Routes of a host whose bridge has neither address nor route.</summary>
    public const string NoRouteBack = """[{"dst":"default","gateway":"10.30.0.1","dev":"eno1","flags":[]},{"dst":"10.30.0.0/24","dev":"eno1","protocol":"kernel","scope":"link","prefsrc":"10.30.0.5","flags":[]},{"dst":"default","gateway":"fe80::1","dev":"br0","flags":[]}]""";

    /// <summary>Routes of a host whose default route leads over the bridge.</summary>
    public const string DefaultOverBridge = """[{"dst":"default","gateway":"10.20.0.1","dev":"br0","flags":[]},{"dst":"10.20.0.0/24","dev":"br0","protocol":"kernel","scope":"link","prefsrc":"10.20.0.5","flags":[]}]""";

    /// <summary>The host.</summary>
    /// <param name="fixture">Folder below <c>tests/Fixtures/e.nft</c>.</param>
    /// <param name="change">Changes each listing.</param>
    public static FakeHost Of(string fixture, Func<string, string>? change = null)
    {
        var host = new FakeHost()
            .Add("br0", "BROADCAST,MULTICAST,UP,LOWER_UP", null, "bridge", new JsonObject { ["nf_call_iptables"] = 0 })
            .Nic("eno2", "br0").Tap("vnet0", "br0").Tap("vnet1", "br0").Nic("eno1");
        Assert.True(Directory.Exists(FirewallFiles.Case(fixture)), fixture);
        foreach (var part in FirewallFiles.Sections(FirewallFiles.Case(fixture)).SelectMany(section => section.Value.Parts, (section, part) => (section.Key, part)))
        {
            host.Part(part.Key, change is null ? part.part : part.part with { Stdout = Encoding.UTF8.GetBytes(change(part.part.Text)) });
        }

        return host;
    }

    /// <summary>The firewall unread, as for an account without root.</summary>
    public static FakeHost Unread(FakeHost host)
    {
        foreach (var section in new[] { "e.nft", "e.ipt", "e.ebt" })
        {
            host.Missing(section, "needs root, sudo -n refused");
        }

        return host;
    }
}
