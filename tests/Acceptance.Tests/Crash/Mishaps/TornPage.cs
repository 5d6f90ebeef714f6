using System.Buffers.Binary;
using ChatOpsBot.Acceptance.Tests.Repairs;

namespace ChatOpsBot.Acceptance.Tests.Crash.Mishaps;

/// <summary>The machine lost its power amid two writes: of a frame to the end of the write-ahead log, and of a page, which that log still has, to the main file.</summary>
/// <remarks>Layout of the log: https://sqlite.org/fileformat2.html#the_write_ahead_log</remarks>
internal sealed record TornPage : Mishap
{
    private const int LogHeader = 32;
    private const int FrameHeader = 24;

    public override string Name => "torn-page";

    public override bool Kills => true;

    public override async Task BetweenAsync(ServiceFolder folder, Func<Task<string>> tryAsync)
    {
        var log = await File.ReadAllBytesAsync(folder.Database + "-wal");
        if (log.Length <= LogHeader)
        {
            return; // nothing was being written
        }

        var pageSize = BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(8));
        var salt = log.AsMemory(16, 8);
        var frame = FrameHeader + pageSize;
        var written = Enumerable.Range(0, (log.Length - LogHeader) / frame).Select(index => LogHeader + (index * frame)).TakeWhile(at => log.AsSpan(at + 8, 8).SequenceEqual(salt.Span)).ToArray();
        if (written.Length == 0)
        {
            return;
        }

        var last = written[^1];
        await using (var torn = File.OpenWrite(folder.Database + "-wal"))
        {
            torn.Position = last + frame;
            await torn.WriteAsync(log.AsMemory(last, frame / 2));
        }

        await using (var main = File.OpenWrite(folder.Database))
        {
            main.Position = (BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(last)) - 1L) * pageSize;
            await main.WriteAsync(log.AsMemory(last + FrameHeader, pageSize / 2));
            await main.WriteAsync(new byte[pageSize / 2]);
        }
    }
}
