using System.Text;
using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Support;

namespace ChatOpsBot.Acceptance.Tests.Secrets;

/// <summary>A host of the lab whose network files and links hold made-up secrets.</summary>
internal static class PlantedHost
{
    /// <summary>Long enough that the outputs come in several pieces, and the secrets lie across their borders somewhere.</summary>
    public static async Task PlantAsync(string host, Canaries canaries)
    {
        var interfaces = new StringBuilder();
        for (var i = 0; i < 60; i++)
        {
            interfaces.Append($"# {new string('x', 100 + (i * 7))}\niface wlan{i} inet manual\n  wpa-psk {canaries.Next()}\n  wireless-key {canaries.Next()}\n");
        }

        interfaces.Append($"# {canaries.OnHost}\n");
        await WriteAsync(host, "/etc/network/interfaces.d/canary", interfaces.ToString());
        await WriteAsync(host, "/etc/netplan/99-canary.yaml", $$"""
            network:
              wifis:
                wlan0:
                  access-points:
                    "office {{canaries.OnHost}}":
                      password: "{{canaries.Next()}}"
                      auth: { key-management: eap, identity: bot, password: '{{canaries.Next()}}' }
            """);
        await WriteAsync(host, "/etc/NetworkManager/system-connections/canary.nmconnection", $"""
            [connection]
            id={canaries.OnHost}
            [wifi-security]
            psk={canaries.Next()}
            [802-1x]
            private-key-password={canaries.Next()}
            """);
        (await OnHostAsync(host, $"ip link set br0 alias 'token={canaries.Next()}'")).Expect();
    }

    /// <summary>Takes them away again.</summary>
    public static async Task CleanAsync(string host)
        => (await OnHostAsync(host, "rm -f /etc/network/interfaces.d/canary /etc/netplan/99-canary.yaml /etc/NetworkManager/system-connections/canary.nmconnection; ip link set br0 alias ''")).Expect();

    private static async Task WriteAsync(string host, string path, string text)
        => (await OnHostAsync(host, $"mkdir -p '{Path.GetDirectoryName(path)}' && cat >'{path}' <<'CANARY'\n{text}\nCANARY")).Expect();

    private static Task<ProgramEnd> OnHostAsync(string host, string script) => LabFixture.LabAsync("exec", host, "--", "sh", "-c", script);
}
