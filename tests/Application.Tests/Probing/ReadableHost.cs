using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Support;

namespace ChatOpsBot.Application.Tests.Probing;

/// <summary>A host that says to the collector what a <see cref="FakeHost"/> holds, in the collector's own frames, and to probes what a test gives it.</summary>
internal sealed class ReadableHost(FakeHost host) : IHostShell
{
    /// <summary>What probes say, by program.</summary>
    public Dictionary<ProbeProgram, string> Says { get; } = [];

    /// <summary>Probes that were run, with their arguments.</summary>
    public ConcurrentQueue<(ProbeProgram Program, string Arguments)> Sent { get; } = new();

    /// <inheritdoc/>
    public async Task<ShellOutcome> RunAsync(HostEntry entry, RemoteCommand command, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onOutput, CancellationToken cancellationToken)
    {
        var probe = new[] { ProbeProgram.Watch, ProbeProgram.Dhcp, ProbeProgram.Who }.FirstOrDefault(program => command.Stdin.Span.SequenceEqual(program.Text.Span));
        if (probe is not null)
        {
            Sent.Enqueue((probe, string.Join(' ', command.Argv.Skip(3))));
        }

        var output = probe is null ? command.Argv.Count > 8 ? Frames(command.Argv[7]) : "" : Says.GetValueOrDefault(probe, "");
        var bytes = Encoding.UTF8.GetBytes(output);
        if (onOutput is not null)
        {
            await onOutput(bytes, cancellationToken);
        }

        return new ShellOutcome.Completed(output.Length == 0 ? 1 : 0, bytes, default);
    }

    private string Frames(string nonce)
    {
        var text = new StringBuilder($"\n{nonce} hello 1\n");
        foreach (var section in host.Snapshot().Sections.Values.Where(section => !section.Parts.IsEmpty))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{nonce} section {section.Id}\n");
            foreach (var part in section.Parts.Where(part => part.End is PartEnd.Exited))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{nonce} part exited {part.ExitCode} {Encoding.UTF8.GetByteCount(part.Name)} {part.Stdout.Length} 0\n{part.Name}{part.Text}");
            }

            text.Append(CultureInfo.InvariantCulture, $"\n{nonce} close {section.Id} {section.Parts.Count(part => part.End is PartEnd.Exited)}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"\n{nonce} end\n").ToString();
    }
}
