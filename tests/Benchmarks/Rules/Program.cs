using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using ChatOpsBot.Benchmarks.Rules;

// Usage: Rules SNAPSHOT [options of BenchmarkDotNet]
// In this process: the question is how fast the code is, not how it is built.
Diagnosing.SnapshotPath = args[0];
BenchmarkRunner.Run<Diagnosing>(DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)), args[1..]);
