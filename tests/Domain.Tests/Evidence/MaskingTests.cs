using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

public sealed class MaskingTests
{
    private const string Canary = "c4naryZq7";

    private static string Mask(string text) => Encoding.UTF8.GetString(Masking.Mask(Encoding.UTF8.GetBytes(text)).Span);

    public static TheoryData<string> Carriers =>
    [
        // Domain definitions and QEMU.
        "<graphics type='vnc' port='-1' passwd='c4naryZq7' passwdValidTo='2026-11-22T08:00:00'/>",
        "<graphics type=\"spice\" passwd=\"c4naryZq7\">",
        "<auth username='libvirt'><secret type='ceph' uuid='c4naryZq7'/></auth>",
        "<secret usage=\"c4naryZq7\" type=\"iscsi\" />",
        "<password>c4naryZq7</password>",
        "<password encrypted='no'>c4naryZq7</password>",
        "-object secret,id=masterKey0,format=raw,data=c4naryZq7,keyid=k",
        "-object\0secret,id=x,data=c4naryZq7\0-machine\0pc",
        "-object {\"qom-type\":\"secret\",\"id\":\"masterKey0\",\"data\":\"c4naryZq7\"} -machine pc",
        "{\"qom-type\":\"secret\",\"id\":\"m\",\"data\": \"c4naryZq7\"}",
        "-spice port=5900,password=c4naryZq7,seamless-migration=on",
        "-drive file=rbd:pool/image:id=libvirt:key=x,password=c4naryZq7",
        "--password c4naryZq7 --verbose",
        "mount\0--token\0c4naryZq7\0/x",
        // netplan.
        "      access-points:\n        \"lab\":\n          password: \"c4naryZq7\"\n",
        "  password: c4naryZq7 with blanks c4naryZq7\n  dhcp4: true\n",
        "  auth:\n    key-management: psk\n    password: 'c4naryZq7'\n",
        "  wg0:\n    mode: wireguard\n    key: c4naryZq7=\n",
        "  keys:\n    private: c4naryZq7\n    shared: c4naryZq7\n",
        "  key: |\n    c4naryZq7\n    c4naryZq7\n  mtu: 1500\n",
        "  client-key-password: c4naryZq7\n",
        "- psk: c4naryZq7\n",
        // NetworkManager, wpa_supplicant, ifupdown, WireGuard, networkd, dhcpd.
        "[wifi-security]\nkey-mgmt=wpa-psk\npsk=c4naryZq7;c4naryZq7\n",
        "[802-1x]\npassword=c4naryZq7\nprivate-key-password=c4naryZq7\n",
        "[wifi-security]\nwep-key0=c4naryZq7\nleap-password=c4naryZq7\n",
        "[vpn-secrets]\nxauth=c4naryZq7\nIPSec=c4naryZq7\n[ipv4]\nmethod=auto\n",
        "[wireguard-peer.AAAA=]\npreshared-key=c4naryZq7=\n",
        "network={\n  ssid=\"lab\"\n  psk=\"c4naryZq7\"\n  sae_password=\"c4naryZq7\"\n}",
        "iface wlan0 inet dhcp\n    wpa-ssid lab\n    wpa-psk c4naryZq7\n",
        "    wireless-key s:c4naryZq7\n",
        "[Interface]\nPrivateKey = c4naryZq7=\nListenPort = 51820\n[Peer]\nPresharedKey = c4naryZq7=\n",
        "[MACsecReceiveAssociation]\nKey=c4naryZq7\n",
        "key \"ddns\" {\n  algorithm hmac-md5;\n  secret \"c4naryZq7\";\n};",
        "omapi-key k; secret=c4naryZq7\n",
        "node.session.auth.password = c4naryZq7\n",
        // Logs, headers, URLs, command lines, JSON.
        "Authorization: Basic c4naryZq7==\r\nHost: x",
        "{\"headers\":{\"Authorization\": \"Basic c4naryZq7\"}}",
        "curl -H 'Authorization: token c4naryZq7' https://x",
        "sent header Bearer c4naryZq7.x.y done",
        "https://user:c4naryZq7@repo.example.org/debian",
        "rtsp://user:p@c4naryZq7@camera/",
        "smtp password=c4naryZq7 accepted",
        "{\"MESSAGE\":\"login with password=c4naryZq7\\nnext line\"}",
        "{\"MESSAGE\":\"config {\\\"psk\\\":\\\"c4naryZq7\\\"}\"}",
        "{\"api_key\":\"c4naryZq7\",\"access-token\" : \"c4naryZq7\"}",
        "{\"password\":\"with \\\"quote\\\" c4naryZq7\",\"x\":1}",
        "aws_secret_access_key = c4naryZq7/x+y\n",
        "?token=c4naryZq7&x=1",
        "export VAULT_TOKEN=c4naryZq7\n",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nc4naryZq7\nc4naryZq7\n-----END RSA PRIVATE KEY-----\n",
        "\"key\": \"-----BEGIN PRIVATE KEY-----\\nc4naryZq7\\n-----END PRIVATE KEY-----\\n\"",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nc4naryZq7\ncut off",
        "AKIAIOSFODNN7c4naryZq7", "ghp_0123456789abcdefghijklc4naryZq7", "xoxb-1234-5678-c4naryZq7", "github_pat_11ABCDEFG0123456789_c4naryZq7",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c4naryZq7",
        "PASSWORD=c4naryZq7", "Passwd: c4naryZq7", "psk=\"c4naryZq7", "caf\u00e9 password='c4naryZq7'",
    ];

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Mask_SecretInAnyCarrier_IsGone(string carrier)
    {
        var masked = Mask(carrier.Replace("c4naryZq7", Canary));

        Assert.DoesNotContain(Canary, masked, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Masking.Mark, carrier.Contains("<secret", StringComparison.Ordinal) ? Masking.Mark : masked, StringComparison.Ordinal);
        Assert.Equal(masked, Mask(masked));
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Mask_SecretAmongEvidence_LeavesTheEvidence(string carrier)
    {
        const string Before = "52:54:00:aa:bb:01 br0 10.9.0.2/24 eno2\n";
        const string After = "\n[next]\nvnet0 fe:54:00:aa:bb:01\n";
        var masked = Mask(Before + carrier + After);

        Assert.StartsWith(Before, masked, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, masked, StringComparison.OrdinalIgnoreCase);
        if (!carrier.Contains("cut off", StringComparison.Ordinal))
        {
            Assert.EndsWith(After, masked, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Mask_Json_StaysJson()
    {
        const string Text = """{"password":"c4n\"ary","psk":12345678,"token":true,"secret":null,"list":[{"api-key":"c4nary"}],"Authorization":"Basic c4nary"}""";
        using var json = JsonDocument.Parse(Mask(Text));

        Assert.Equal("***", json.RootElement.GetProperty("password").GetString());
        Assert.Equal("***", json.RootElement.GetProperty("psk").GetString());
        Assert.True(json.RootElement.GetProperty("token").GetBoolean());
        Assert.DoesNotContain("c4nary", json.RootElement.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mask_DomainXml_StaysXml()
    {
        const string Text = """
            <domain><devices><disk><auth username='u'><secret type='ceph' uuid='c4nary'/></auth></disk>
            <graphics type='vnc' passwd='c4nary'/><x><password>c4nary</password></x>
            <interface type='bridge'><mac address='52:54:00:aa:bb:01'/><source bridge='br0'/></interface></devices></domain>
            """;
        var masked = Mask(Text);

        Assert.DoesNotContain("c4nary", masked, StringComparison.Ordinal);
        Assert.Equal("br0", XDocument.Parse(masked).Descendants("source").Single().Attribute("bridge")!.Value);
    }

    [Theory]
    [InlineData("""[{"match":{"op":"==","left":{"meta":{"key":"iifname"}},"right":"vnet0"}},{"ct":{"key":"state"}}]""")]
    [InlineData("table inet filter { # handle 3\n\tchain forward { # handle 1\n\t\ttype filter hook forward priority filter; policy drop;\n\t\tct state established accept # handle 4\n")]
    [InlineData("-A FORWARD -m physdev --physdev-is-bridged -m mac --mac-source 52:54:00:AA:BB:01 -j DROP\n:FORWARD DROP [12:3456]\n")]
    [InlineData("machine=3d1219c7c4c5404aaa1f6d2a48adfda4\nboot=315d941e-dda0-4854-813e-68233895427b\nclock=1795349140\n")]
    [InlineData("network:\n  bridges:\n    br0:\n      interfaces: [eno2]\n      parameters: {stp: false}\n      addresses: [10.9.0.2/24]\n")]
    [InlineData("auto br0\niface br0 inet static\n    address 10.9.0.2/24\n    bridge_ports eno2\n    bridge_stp off\n")]
    [InlineData("[connection]\nid=br0\nuuid=315d941e-dda0-4854-813e-68233895427b\ntype=bridge\ninterface-name=br0\n[wifi-security]\nkey-mgmt=wpa-psk\npsk-flags=1\n")]
    [InlineData("<interface type='bridge'><mac address='52:54:00:aa:bb:01'/><source bridge='br0'/><target dev='vnet0'/></interface><hostdev mode='subsystem'/>")]
    [InlineData("qemu+ssh://root@host42/system https://example.org:8080/a@b?x=y http://[2001:db8::1]:80/")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n")]
    [InlineData("keyboard-configuration monkey passthrough bypass 8021q psample tls_device encrypted_keys 16384 0 - Live\n")]
    [InlineData("PublicKey = 3d1219c7c4c5404aaa1f6d2a48adfda4=\nPrivateKeyFile=/etc/wg.key\n")]
    [InlineData("NIC statistics:\n     rx_passed: 12\n     tx_token_bucket: 4\n")]
    public void Mask_OrdinaryEvidence_IsUntouched(string evidence) => Assert.Equal(evidence, Mask(evidence));

    // Databases of the store and what Slack sends are no captures of a host.
    [Fact]
    public void Mask_RealCapture_IsUntouched()
    {
        foreach (var file in Directory.GetFiles(RepositoryFiles.At("tests", "Fixtures"), "*", SearchOption.AllDirectories).Where(file => !file.Contains("secret", StringComparison.Ordinal) && !file.Contains("first-release", StringComparison.Ordinal) && !file.Contains("slack-bodies", StringComparison.Ordinal)))
        {
            var bytes = File.ReadAllBytes(file);
            Assert.True(Masking.Mask(bytes).Span.SequenceEqual(bytes), file);
        }
    }

    [Fact]
    public void Mask_BytesOfNoEncoding_AreKept()
    {
        byte[] bytes = [0xff, 0xfe, 0, (byte)'\n', .. "psk=secret1\n"u8, 0x80, 0xc3];
        byte[] expected = [0xff, 0xfe, 0, (byte)'\n', .. "psk=***\n"u8, 0x80, 0xc3];

        Assert.Equal(expected, Masking.Mask(bytes).ToArray());
    }

    [Theory]
    [InlineData("password=\"")]
    [InlineData("password='\\")]
    [InlineData("password=\\\\\\\"")]
    [InlineData("<secret ")]
    [InlineData("<password>")]
    [InlineData("<password x")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData("secret,data")]
    [InlineData("\"secret\" \"data\"")]
    [InlineData("[vpn-secrets]")]
    [InlineData("key: |\n ")]
    [InlineData("://a:b")]
    [InlineData("key")]
    [InlineData("--token ")]
    [InlineData("token")]
    [InlineData("Authorization: ")]
    public void Mask_HostileRepetition_TakesLinearTime(string unit)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length)));
        var watch = Stopwatch.StartNew();
        Masking.Mask(text);

        // Quadratic time over 1 MB would be minutes; this leaves room for a busy machine.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), watch.Elapsed.ToString());
    }

    [Fact]
    public void Mask_Section_CoversStandardErrorToo()
    {
        var masked = Masking.Mask(Sections.Of("e.cfg", Sections.Part("a", "psk=one1\n", 1, "password=two2\n")));

        Assert.Equal("psk=***\n", masked.Parts[0].Text);
        Assert.Equal("password=***", masked.Parts[0].ErrorLine);
    }
}
