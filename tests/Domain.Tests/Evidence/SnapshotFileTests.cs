using System.Text;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

public sealed class SnapshotFileTests
{
    private static HostSnapshot Example { get; } = Sections.Snapshot(
        Sections.Of("e.link", Sections.Part("links", "[{\"ifname\":\"br0\"}]\n")),
        Sections.Of("e.nft", Sections.Part("", PartEnd.NoPrivilege, "needs root, sudo -n refused")),
        Sections.Of("e.cfg", new PartOutput("caf\u00e9\n\"x\"", PartEnd.Truncated, 141, new byte[] { 0xff, 0, 0x80 }, "a\u0000b \u2028"u8.ToArray())));

    [Fact]
    public void Read_WhatWriteWrote_IsTheSame()
    {
        var file = SnapshotFile.Write(Example);
        var read = Assert.IsType<SnapshotFile.Reading.Loaded>(SnapshotFile.Read(file)).Snapshot;

        Assert.Equal((Example.Host, Example.ObservedAt, Example.Duration), (read.Host, read.ObservedAt, read.Duration));
        Assert.Equal(Example.Sections.Keys, read.Sections.Keys);
        foreach (var (expected, actual) in Example.Sections.Values.SelectMany(section => section.Parts).Zip(read.Sections.Values.SelectMany(section => section.Parts)))
        {
            Assert.Equal((expected.Name, expected.End, expected.ExitCode), (actual.Name, actual.End, actual.ExitCode));
            Assert.True(expected.Stdout.Span.SequenceEqual(actual.Stdout.Span));
            Assert.True(expected.Stderr.Span.SequenceEqual(actual.Stderr.Span));
        }

        Assert.Equal(file, SnapshotFile.Write(read));
    }

    [Fact]
    public void Read_Stream_IsTheSameAsFromMemory()
    {
        using var stream = new MemoryStream(SnapshotFile.Write(Example));

        Assert.IsType<SnapshotFile.Reading.Loaded>(SnapshotFile.Read(stream));
    }

    [Fact]
    public void Write_Anything_SaysSchemaAndPlainText()
    {
        var text = Encoding.UTF8.GetString(SnapshotFile.Write(Example)).ReplaceLineEndings("\n");

        Assert.StartsWith("{\n  \"schema\": 1,\n  \"host\": \"host42\",\n  \"observedAt\": \"2026-11-22T08:30:00Z\",\n  \"durationMs\": 412,\n  \"sections\": [", text, StringComparison.Ordinal);
        Assert.Contains("\"end\": \"noprivilege\"", text, StringComparison.Ordinal);
        Assert.Contains("\"stdoutBase64\": \"/wCA\"", text, StringComparison.Ordinal);
        Assert.Contains("caf\u00e9", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "line 1, byte 1", "empty")]
    [InlineData("{\n\"schema\": 1,\n\"host\" }", "line 3", "not JSON")]
    [InlineData("[]", "$", "an object was expected")]
    [InlineData("{}", "$", "'schema' is not there")]
    [InlineData("{\"schema\":2}", "$.schema", "the file says 2")]
    [InlineData("{\"schema\":\"1\"}", "$.schema", "a number was expected")]
    [InlineData("{\"schema\":1}", "$", "'host' is not there")]
    [InlineData("{\"schema\":1,\"host\":\"h\",\"observedAt\":\"yesterday\"}", "$.observedAt", "no time")]
    [InlineData("{\"schema\":1,\"host\":\"h\",\"observedAt\":\"2026-11-22T08:30:00Z\",\"durationMs\":1e99}", "$.durationMs", "whole number")]
    [InlineData("{\"schema\":1,\"host\":\"h\",\"observedAt\":\"2026-11-22T08:30:00Z\",\"durationMs\":-1}", "$.durationMs", "milliseconds")]
    [InlineData("{\"schema\":1,\"host\":\"h\",\"observedAt\":\"2026-11-22T08:30:00Z\",\"durationMs\":1,\"sections\":{}}", "$.sections", "an array was expected")]
    [InlineData("{\"schema\":1,\"host\":\"h\",\"observedAt\":\"2026-11-22T08:30:00Z\",\"durationMs\":1,\"sections\":[{\"id\":\"e.a\",\"parts\":[]},{\"id\":\"e.a\",\"parts\":[]}]}", "$.sections[1].id", "twice")]
    [InlineData("{\"schema\":1,\"host\":\"h\",\"observedAt\":\"2026-11-22T08:30:00Z\",\"durationMs\":1,\"sections\":[{\"id\":\"e.a\",\"parts\":[{\"name\":\"\",\"end\":\"gone\",\"exit\":0}]}]}", "$.sections[0].parts[0].end", "'gone' is none of exited")]
    [InlineData("{\"schema\":1,\"host\":\"h\",\"observedAt\":\"2026-11-22T08:30:00Z\",\"durationMs\":1,\"sections\":[{\"id\":\"e.a\",\"parts\":[{\"name\":\"\",\"end\":\"exited\",\"exit\":0}]}]}", "$.sections[0].parts[0]", "'stdout' is not there")]
    [InlineData("{\"schema\":1,\"host\":\"h\",\"observedAt\":\"2026-11-22T08:30:00Z\",\"durationMs\":1,\"sections\":[{\"id\":\"e.a\",\"parts\":[{\"name\":\"\",\"end\":\"exited\",\"exit\":0,\"stdoutBase64\":\"%\"}]}]}", "$.sections[0].parts[0].stdoutBase64", "not base64")]
    [InlineData("{\"schema\":1,\"host\":\"\\ud800\"}", "whole file", "Unicode")]
    public void Read_HostileFile_NamesPlaceProblemAndRemedy(string text, string place, string problem)
    {
        var fault = Assert.IsType<SnapshotFile.Reading.Unusable>(SnapshotFile.Read(Encoding.UTF8.GetBytes(text)));

        Assert.StartsWith(place, fault.Place, StringComparison.Ordinal);
        Assert.Contains(problem, fault.Problem, StringComparison.Ordinal);
        Assert.Contains("chatopsbot", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MutatedFile_NeverThrows()
    {
        var file = SnapshotFile.Write(Example);
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = file.ToArray();
            for (var count = random.Next(1, 5); count > 0; count--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            SnapshotFile.Read(bytes.AsMemory(0, random.Next(2) == 0 ? bytes.Length : random.Next(bytes.Length)));
        }
    }
}
