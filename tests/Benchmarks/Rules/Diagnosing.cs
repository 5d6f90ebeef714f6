using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Benchmarks.Rules;

/// <summary>All rules and the ranking on what was read of a host with 60 ports.</summary>
[MemoryDiagnoser]
public class Diagnosing
{
    private static readonly HostEntry s_host = new() { Name = "host60", Address = "192.0.2.60", Bridges = ["br0"] };
    private HostSnapshot _snapshot = null!; // set before the first run
    private HostView _read = null!; // the same

    /// <summary>Path of the snapshot of a real host of the lab.</summary>
    public static string SnapshotPath { get; set; } = "";

    /// <summary>Reads the file.</summary>
    [GlobalSetup]
    public void Load()
    {
        using var file = File.OpenRead(SnapshotPath);
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        _snapshot = ((SnapshotFile.Reading.Loaded)SnapshotFile.Read(gzip)).Snapshot;
        _read = new HostView(_snapshot, s_host);
        foreach (var source in Domain.Evidence.Catalogue.All)
        {
            _ = _read.WhyMissing(source);
        }
    }

    /// <summary>All rules and the ranking on facts that are parsed; everything they derive from them is derived anew.</summary>
    [Benchmark]
    public Diagnosis RulesAndRanking() => Diagnostician.Diagnose(_read.About(DiagnosisFocus.WholeHost));

    /// <summary>From the bytes of the snapshot.</summary>
    [Benchmark]
    public Diagnosis Diagnose() => Diagnostician.Diagnose(_snapshot, s_host, DiagnosisFocus.WholeHost);
}
