using System.Text;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

public sealed class CollectorFramesTests
{
    private const string Nonce = "00112233445566778899aabbccddeeff";

    private static byte[] Stream { get; } = File.ReadAllBytes(RepositoryFiles.At("tests", "Fixtures", "collector", "stream.bin"));

    private static CollectorFrames Parse(string text) => CollectorFrames.Parse(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n").Replace("NN", Nonce)), Nonce);

    private static string Section(string id, string body) => $"\nNN section {id}\n\nNN part exited 0 1 {Encoding.UTF8.GetByteCount(body)} 0\np{body}\nNN close {id} 1\n";

    private static string Batch(string items, string output) => $"\nNN batch exited 0 {items.Length} {Encoding.UTF8.GetByteCount(output)} 7\n{items}{output}warning\n";

    [Fact]
    public void Parse_RealStream_HasEverySection()
    {
        var frames = CollectorFrames.Parse(Stream, Nonce);

        Assert.True(frames.IsComplete);
        Assert.Empty(frames.Problems);
        Assert.Null(frames.Refusal);
        Assert.Equal(15, frames.Sections.Count);
        Assert.StartsWith("[{\"ifindex\":1,", frames.Sections["e.link"].Part("links")!.Text, StringComparison.Ordinal);
        Assert.EndsWith("}]\n", frames.Sections["e.link"].Part("links")!.Text, StringComparison.Ordinal);
        Assert.Equal("the bonding driver is not in use", Assert.Single(frames.Sections["e.bond"].Parts).ErrorLine);
        Assert.Equal(["qdiscs", "ingress vnet0", "egress vnet0"], frames.Sections["e.tc"].Parts.Select(part => part.Name));
    }

    [Fact]
    public void Parse_Base64Stream_HasTheSameSections()
    {
        var frames = CollectorFrames.Parse(File.ReadAllBytes(RepositoryFiles.At("tests", "Fixtures", "collector", "stream-base64.bin")), Nonce);

        Assert.True(frames.IsComplete);
        Assert.Empty(frames.Problems);
        Assert.Equal(CollectorFrames.Parse(Stream, Nonce).Sections.Keys, frames.Sections.Keys);
        Assert.EndsWith("}]\n", frames.Sections["e.link"].Part("links")!.Text, StringComparison.Ordinal);
        Assert.Contains("bridge-nf-call-iptables:", frames.Sections["e.sysctl"].Part("values")!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public void Append_AnyChunks_GivesTheSameAsAtOnce(int size)
    {
        foreach (var file in new[] { "stream.bin", "stream-base64.bin" })
        {
            var bytes = File.ReadAllBytes(RepositoryFiles.At("tests", "Fixtures", "collector", file));
            var reader = new CollectorFrameReader(Nonce);
            var arrived = new List<string>();
            for (var at = 0; at < bytes.Length; at += size)
            {
                arrived.AddRange(reader.Append(bytes.AsSpan(at, Math.Min(size, bytes.Length - at))));
            }

            var frames = reader.Finish();
            var whole = CollectorFrames.Parse(bytes, Nonce);
            Assert.Equal(Text(whole), Text(frames));
            Assert.Equal(whole.Sections.Keys, arrived.Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("[{\"ifname\":\"a]b\"}]\n[1,[2]]\n[ ]\n", "[{\"ifname\":\"a]b\"}]\n|[1,[2]]\n|[ ]\n")]
    [InlineData("[\"\\\\\"]\n[\"\\\"[\"]\n[]", "[\"\\\\\"]\n|[\"\\\"[\"]\n|[]")]
    [InlineData("[]\n[\n1\n]\n[\"it\\'s\"]\n", "[]\n|[\n1\n]\n|[\"it\\'s\"]\n")]
    [InlineData("[1]\nnoise [2] ]]\n{\"a\":[3]}", "[1]\n|[2]|{\"a\":[3]}")]
    [InlineData("[1][2][3, [", "[1]|[2]|[3, [")]
    public void Parse_Batch_EachPartHasItsOwnList(string output, string expected)
    {
        var frames = Parse("NN hello 1\n" + Batch("e.a:x e.b:y e.a:z", output) + Section("e.c", "q") + "\nNN end\n");

        Assert.Empty(frames.Problems);
        Assert.False(frames.HasTornBatch);
        Assert.Equal(expected.Split('|'), new[] { frames.Sections["e.a"].Part("x")!.Text, frames.Sections["e.b"].Part("y")!.Text, frames.Sections["e.a"].Part("z")!.Text });
        Assert.Equal("warning", frames.Sections["e.b"].Part("y")!.ErrorLine);
        Assert.Equal("q", frames.Sections["e.c"].Part("p")!.Text);
    }

    [Theory]
    [InlineData("[1]\n[2]\n")]
    [InlineData("[1]\n[2]\n[3]\n[4]\n")]
    [InlineData("")]
    [InlineData("[[[")]
    [InlineData("nothing at all")]
    public void Parse_BatchWithAnotherNumberOfLists_IsTorn(string output)
    {
        var frames = Parse("NN hello 1\n" + Batch("e.a:x e.b:y e.a:z", output) + Section("e.c", "q") + "\nNN end\n");

        Assert.True(frames.HasTornBatch);
        Assert.Equal(["e.c"], frames.Sections.Keys);
        Assert.Contains("lists instead of 3", Assert.Single(frames.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NN batch exited 0 3 2 0\ne.a[]")]
    [InlineData("NN batch exited 0 9 2 0\nnot-an-id[]")]
    [InlineData("NN batch exited 0 5 99999 0\ne.a:x[]")]
    [InlineData("NN batch exited 0 5 2 0\ne.a:x[]tail")]
    [InlineData("NN batch exited 0 x 2 0\ne.a:x[]")]
    [InlineData("NN batch soon 0 5 2 0\ne.a:x[]")]
    public void Parse_BatchThatIsNotWellFormed_LosesOnlyItself(string batch)
    {
        var frames = Parse("NN hello 1\n\n" + batch + "\n" + Section("e.c", "q") + "\nNN end\n");

        Assert.Equal(["e.c"], frames.Sections.Keys);
        Assert.NotEmpty(frames.Problems);
        Assert.True(frames.IsComplete);
    }

    [Fact]
    public void Parse_BatchInChunksAndMasked_GivesWhatSectionsWouldGive()
    {
        var text = ("\nNN hello 1\n" + Batch("e.a:x e.b:y", "[{\"password\":\"canary\"}]\n[2]\n") + "\nNN end\n").Replace("NN", Nonce);
        var reader = new CollectorFrameReader(Nonce);
        var arrived = new List<string>();
        foreach (var chunk in Encoding.UTF8.GetBytes(text).Chunk(5))
        {
            arrived.AddRange(reader.Append(chunk));
        }

        var frames = reader.Finish();
        Assert.Equal(["e.a", "e.b"], arrived);
        Assert.DoesNotContain("canary", frames.Sections["e.a"].Part("x")!.Text, StringComparison.Ordinal);
        Assert.Equal("[2]\n", frames.Sections["e.b"].Part("y")!.Text);
    }

    [Fact]
    public void Parse_BannerWithoutLineEnd_IsSkipped()
    {
        var frames = Parse("Welcome to host42! NN is not a frame\r\nlast login: never" + "\nNN hello 1\n" + Section("e.link", "x") + "\nNN end\n");

        Assert.True(frames.IsComplete);
        Assert.Empty(frames.Problems);
        Assert.Equal("x", frames.Sections["e.link"].Part("p")!.Text);
    }

    [Fact]
    public void Parse_NoFrames_HasNotStarted()
    {
        var frames = Parse("This account is currently not available.\n");

        Assert.False(frames.HasStarted);
        Assert.Empty(frames.Sections);
    }

    [Fact]
    public void Parse_BodyThatLooksLikeFrames_StaysInItsPart()
    {
        const string Body = "\nNN close e.link 1\n\nNN section e.nft\n\nNN part exited 0 1 1 0\npX\nNN close e.nft 1\n\nNN end\n";
        var frames = Parse("\nNN hello 1\n" + Section("e.link", Body.Replace("NN", Nonce)) + Section("e.addr", "y") + "\nNN end\n");

        Assert.Equal(["e.addr", "e.link"], frames.Sections.Keys);
        Assert.Equal(Body.Replace("NN", Nonce), frames.Sections["e.link"].Part("p")!.Text);
    }

    [Fact]
    public void Parse_NameWithAnyBytes_IsKept()
    {
        const string Name = "features a\nb \u00e9\"$(x)";
        var frames = Parse($"\nNN hello 1\n\nNN section e.nic\n\nNN part exited 0 {Encoding.UTF8.GetByteCount(Name)} 2 3\n{Name}ooeee\nNN close e.nic 1\n\nNN end\n");

        var part = Assert.Single(frames.Sections["e.nic"].Parts);
        Assert.Equal(Name, part.Name);
        Assert.Equal("oo", part.Text);
        Assert.Equal("eee", part.ErrorLine);
    }

    [Theory]
    [InlineData("\nNN section e.addr\n\nNN part exited 0 1 5 0\npshort\nNN close e.addr 1\n")]
    [InlineData("\nNN section e.addr\n\nNN part exited 0 1 3 0\npshort\nNN close e.addr 1\n")]
    [InlineData("\nNN section e.addr\n\nNN part exited 0 1 99999999 0\npshort\nNN close e.addr 1\n")]
    [InlineData("\nNN section e.addr\n\nNN part exited 0 1 -1 0\npshort\nNN close e.addr 1\n")]
    [InlineData("\nNN section e.addr\n\nNN part vanished 0 1 5 0\npshort\nNN close e.addr 1\n")]
    [InlineData("\nNN section e.addr\n\nNN part exited 0 1 5 0\npshort\nNN close e.addr 2\n")]
    [InlineData("\nNN section e.addr\n\nNN part exited 0 1 5 0\npshort\nNN close e.neigh 1\n")]
    [InlineData("\nNN section e.addr\nwhat is this\n")]
    [InlineData("\nNN section e.addr\n\nNN text 1\np\n!!!!\n\nNN textend exited 0 100 0\n\nNN close e.addr -\n")]
    [InlineData("\nNN section e.addr\n\nNN text 1\np\nQUJD\n\nNN close e.addr -\n")]
    public void Parse_BrokenSection_IsDroppedAndTheOthersKept(string broken)
    {
        // The first case is in order but for its body being a byte longer than "short".
        broken = broken.Replace("1 5 0\npshort\nNN close e.addr 1", "1 6 0\npshort\nNN close e.addr 1", StringComparison.Ordinal);
        var frames = Parse("\nNN hello 1\n" + Section("e.link", "before") + broken + Section("e.fdb", "after") + "\nNN end\n");

        Assert.Equal(["e.fdb", "e.link"], frames.Sections.Keys);
        Assert.Equal("after", frames.Sections["e.fdb"].Part("p")!.Text);
        Assert.NotEmpty(frames.Problems);
        Assert.True(frames.IsComplete);
    }

    [Fact]
    public void Parse_SectionTwice_IsAmbiguousAndDropped()
    {
        var frames = Parse("\nNN hello 1\n" + Section("e.link", "a") + Section("e.link", "b") + "\nNN end\n");

        Assert.Empty(frames.Sections);
        Assert.Equal(["e.link came twice"], frames.Problems);
    }

    [Fact]
    public void Parse_CutAtEveryByte_NeverPairsWrongly()
    {
        var whole = CollectorFrames.Parse(Stream, Nonce);
        for (var length = 0; length < Stream.Length - 40; length += 13)
        {
            var frames = CollectorFrames.Parse(Stream.AsSpan(0, length), Nonce);
            Assert.False(frames.IsComplete);
            Assert.All(frames.Sections, section => Assert.Equal(Text(whole.Sections[section.Key]), Text(section.Value)));
        }
    }

    [Fact]
    public void Parse_TwentyThousandMutations_NeverThrows()
    {
        var random = new Random(20261122);
        var complete = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Mutate(Stream.AsSpan(0, Stream.Length), random);
            var frames = CollectorFrames.Parse(bytes, Nonce);
            complete += frames.IsComplete && frames.Sections.Count > 10 ? 1 : 0;
            if (round % 10 == 0)
            {
                ReadAll(frames);
            }
        }

        // Damage in one place must not cost the rest.
        Assert.True(complete > 10_000, $"{complete} of 20000 kept most sections");
    }

    private static byte[] Mutate(ReadOnlySpan<byte> stream, Random random)
    {
        var bytes = new List<byte>(stream.Length + 64);
        bytes.AddRange(stream);
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Enumerable.Range(0, random.Next(1, 40)).Select(_ => (byte)random.Next(256)));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count / 2), 100));
                    break;
                default:
                    // Digits of headers are what pairs bytes with names.
                    var digit = bytes.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                    {
                        bytes[digit] = (byte)random.Next('0', '9' + 1);
                    }

                    break;
            }
        }

        return [.. bytes];
    }

    private static void ReadAll(CollectorFrames frames)
    {
        var snapshot = Sections.Snapshot([.. frames.Sections.Values]);
        _ = snapshot.Read(SelfEvidence.Source);
        _ = snapshot.Read(LinkEvidence.Source);
        _ = snapshot.Read(AddressEvidence.Source);
        _ = snapshot.Read(RouteEvidence.Source);
        _ = snapshot.Read(NeighbourEvidence.Source);
        _ = snapshot.Read(PortEvidence.Source);
        _ = snapshot.Read(FdbEvidence.Source);
        _ = snapshot.Read(VlanEvidence.Source);
        _ = snapshot.Read(MdbEvidence.Source);
        _ = snapshot.Read(SysctlEvidence.Source);
        _ = snapshot.Read(TrafficControlEvidence.Source);
        _ = snapshot.Read(NicEvidence.Source);
        _ = snapshot.Read(BondEvidence.Source);
        _ = snapshot.Read(OsEvidence.Source);
        _ = snapshot.Read(DiskEvidence.Source);
    }

    private static string Text(CollectorFrames frames) => string.Join('\n', frames.Sections.Values.Select(Text));

    private static string Text(SectionOutput section)
        => section.Id + string.Concat(section.Parts.Select(part => $"|{part.Name}|{part.End}|{part.ExitCode}|{part.Text}|{part.ErrorLine}"));
}
