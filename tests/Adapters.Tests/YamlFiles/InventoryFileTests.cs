using ChatOpsBot.Adapters.YamlFiles;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.YamlFiles;

public class InventoryFileTests
{
    private const string Full = """
        # The example of the documentation.
        hosts:
          - { name: host42, address: 10.42.0.2, port: 22, user: chatops, tags: [rack3, prod], bridges: [br0], uplinks: { br0: eno2 },
              ssh: { Sudo: never, ConnectTimeout: 5s, commandTimeout: 00:01:00 } }
          - name: "43"
            address: fd00::43
        groups: { rack3: { tags: [rack3] } }
        """;

    [Fact]
    public void Parse_FullExample_ReadsEveryField()
    {
        var inventory = Loaded(Full);

        var host = inventory.Find("host42");
        Assert.NotNull(host);
        Assert.Equal(("10.42.0.2", 22, "chatops"), (host.Address, host.Port, host.User));
        Assert.Equal(["rack3", "prod"], host.Tags);
        Assert.Equal(["br0"], host.Bridges);
        Assert.Equal("eno2", host.Uplinks["br0"]);
        Assert.Equal(SudoUse.Never, host.Ssh.Sudo);
        Assert.Equal(TimeSpan.FromSeconds(5), host.Ssh.ConnectTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), host.Ssh.CommandTimeout);
        Assert.Equal(["rack3"], inventory.Groups["rack3"]);
        Assert.Equal(("43", "fd00::43", null), (inventory.Hosts[1].Name, inventory.Hosts[1].Address, inventory.Hosts[1].Port));
    }

    [Fact]
    public void Parse_RelativePath_StartsAtTheFolderOfTheFile()
    {
        using var folder = new TemporaryFolder();
        var key = folder.Write("id_test", "key");
        var path = folder.Write("inventory.yaml", "hosts: [{ name: a, address: b, ssh: { IdentityFile: id_test } }]");

        var reading = new InventoryFile().Read(path);

        Assert.Equal(key, Assert.IsType<InventoryReading.Loaded>(reading).Inventory.Hosts[0].Ssh.IdentityFile);
    }

    [Fact]
    public void Parse_ByteOrderMarkAndWindowsLineEnds_AreRead()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "inventory.yaml");
        File.WriteAllBytes(path, [0xEF, 0xBB, 0xBF, .. "hosts:\r\n  - name: a\r\n    address: b\r\n"u8]);

        Assert.Equal("b", Assert.IsType<InventoryReading.Loaded>(new InventoryFile().Read(path)).Inventory.Hosts[0].Address);
    }

    [Fact]
    public void Read_MissingFile_SaysSo()
    {
        var refused = Assert.IsType<InventoryReading.Refused>(new InventoryFile().Read("/nonexistent/inventory.yaml"));

        Assert.Equal("/nonexistent/inventory.yaml: there is no such file; create it, or correct the path in the setting that names it", Assert.Single(refused.Faults).ToString());
    }

    [Fact]
    public void Read_EndlessFile_IsRefusedAtTheCap()
    {
        var refused = Assert.IsType<InventoryReading.Refused>(new InventoryFile().Read("/dev/zero"));

        Assert.Contains("larger than 4 MiB", Assert.Single(refused.Faults).What);
    }

    [Fact]
    public void Read_Directory_IsRefused()
        => Assert.Contains("directory", Assert.Single(Assert.IsType<InventoryReading.Refused>(new InventoryFile().Read("/tmp")).Faults).What);

    [Fact]
    public void Parse_TenThousandHosts_IsQuick()
    {
        var text = "hosts:\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"  - {{ name: h{i}, address: 10.0.{i / 256}.{i % 256}, tags: [a, b], bridges: [br0], uplinks: {{ br0: eno2 }} }}\n"));
        var start = TimeProvider.System.GetTimestamp();

        Assert.Equal(10_000, Loaded(text).Hosts.Length);

        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "parsing is slower than linear");
    }

    // A fixed seed: a failure can be repeated by its number.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Parse_RandomMutations_NeverThrowAndNameAPlace(int seed)
    {
        var random = new Random(seed);
        const string alphabet = "{}[]:,-&*!|>'\"%@`#? \n\t\r~abc01\u0000\u001b\u202e\uD83D";
        for (var round = 0; round < 2_000; round++)
        {
            var text = Full.ToCharArray().ToList();
            for (var edit = random.Next(1, 8); edit > 0; edit--)
            {
                var at = random.Next(text.Count);
                switch (random.Next(4))
                {
                    case 0:
                        text[at] = alphabet[random.Next(alphabet.Length)];
                        break;
                    case 1:
                        text.Insert(at, alphabet[random.Next(alphabet.Length)]);
                        break;
                    case 2:
                        text.RemoveRange(at, Math.Min(random.Next(1, 10), text.Count - at));
                        break;
                    default:
                        text.InsertRange(at, text.GetRange(at, Math.Min(random.Next(1, 40), text.Count - at)));
                        break;
                }

                if (text.Count == 0)
                {
                    break;
                }
            }

            var mutated = new string([.. text]);
            if (InventoryFile.Parse("/x/inventory.yaml", mutated) is InventoryReading.Refused refused)
            {
                Assert.NotEmpty(refused.Faults);
                Assert.All(refused.Faults, fault => Assert.True(fault.Line >= 1 && fault.What.Length > 0 && fault.Remedy.Length > 0, $"seed {seed}, round {round}: {fault}"));
            }
        }
    }

    [Fact]
    public void Decode_RandomBytes_NeverThrow()
    {
        var random = new Random(5);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = new byte[random.Next(0, 64)];
            random.NextBytes(bytes);

            var (text, fault) = StrictText.Decode("/x", bytes);

            Assert.True(fault is not null || text.Length <= bytes.Length);
        }
    }

    private static Inventory Loaded(string text)
    {
        var reading = InventoryFile.Parse("/x/inventory.yaml", text);
        Assert.True(reading is InventoryReading.Loaded, reading is InventoryReading.Refused refused ? string.Join('\n', refused.Faults) : "");
        return ((InventoryReading.Loaded)reading).Inventory;
    }
}
