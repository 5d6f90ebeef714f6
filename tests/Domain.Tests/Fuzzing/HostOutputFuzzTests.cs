using System.Text;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Tests.Diagnosis;
using ChatOpsBot.Support;
using ChatOpsBot.Support.Fuzzing;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Fuzzing;

/// <summary>What a host prints may be torn, spoilt or hostile; reading it never throws and never hangs.</summary>
public class HostOutputFuzzTests
{
    private const string Nonce = "00112233445566778899aabbccddeeff";

    private static readonly string[] Cases = ["addr.duplicate-ip@plain.root", "nf.bridge-family-drop@plain.root"];

    private const string Guard = "cob-guard 1\nplan p1\nstatus revert-conflict\nrecord 1 ran 3 0 0 4\nha\nx\nrecord 2 conflict 1 0 1 1\na\nb\n\nplan p2\nstatus committed\nend\n";

    [Fact]
    public void CollectorFrames_AnyStream_IsRead()
    {
        byte[][] corpus = [Stream("stream.bin"), Stream("stream-base64.bin"), Encoding.UTF8.GetBytes($"\n{Nonce} section e.link\n\n{Nonce} part exited 0 1 2 0\np{{}}\n{Nonce} close e.link 1\n")];
        TestContext.Current.TestOutputHelper?.WriteLine(Fuzz.Check("collector-frames", corpus, input => CollectorFrames.Parse(input, Nonce)));
    }

    [Fact]
    public void GuardAnswer_AnyOutput_IsRead()
        => TestContext.Current.TestOutputHelper?.WriteLine(Fuzz.Check("guard-answer", [Encoding.UTF8.GetBytes(Guard), "cob-guard 1\nend\n"u8.ToArray()], input => GuardAnswer.Read(input)));

    [Fact]
    public void SnapshotFile_AnyContent_IsReadOrRefused()
    {
        byte[][] corpus = [SnapshotFile.Write(KeptCases.Load(Cases[0])).ToArray()];
        TestContext.Current.TestOutputHelper?.WriteLine(Fuzz.Check("snapshot-file", corpus, input => SnapshotFile.Read((ReadOnlyMemory<byte>)input), usual: 500));
    }

    /// <summary>What one tool printed is spoilt; the others' outputs are as they were. Four bytes in front say which tool.</summary>
    [Fact]
    public void Diagnose_AnyToolOutput_GivesADiagnosis()
    {
        var parts = Cases.Select(KeptCases.Load).SelectMany(snapshot => snapshot.Sections.Values.SelectMany(section => section.Parts.Select(part => (Snapshot: snapshot, Section: section, Part: part)))).ToArray();
        byte[][] corpus = [.. parts.Select((part, index) => (byte[])[.. BitConverter.GetBytes(index), .. part.Part.Stdout.Span])];
        TestContext.Current.TestOutputHelper?.WriteLine(Fuzz.Check(
            "tool-output", corpus,
            input =>
            {
                var (snapshot, section, part) = parts[input.Length < 4 ? 0 : (int)(BitConverter.ToUInt32(input) % parts.Length)];
                var spoilt = section with { Parts = section.Parts.Replace(part, part with { Stdout = input.AsMemory(Math.Min(4, input.Length)) }) };
                Diagnostician.Diagnose(snapshot with { Sections = snapshot.Sections.SetItem(section.Id, spoilt) }, new() { Name = snapshot.Host, Address = "10.0.0.1" }, DiagnosisFocus.WholeHost);
            },
            usual: 2000));
    }

    private static byte[] Stream(string name) => File.ReadAllBytes(RepositoryFiles.At("tests", "Fixtures", "collector", name));
}
