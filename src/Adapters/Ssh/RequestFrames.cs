using System.Buffers;
using System.Globalization;
using System.Text;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>What is written to the remote command's standard input before the lifeline: everything the program must be given, nothing quoted.</summary>
internal static class RequestFrames
{
    /// <summary>Written last, once the host has answered: a program whose host never answered was never started.</summary>
    public static ReadOnlyMemory<byte> Go { get; } = "go\n"u8.ToArray();

    // A line is read byte by byte by the shell's own read, a block by dd: below this length the former costs less than starting a program.
    private const int LongestLine = 512;

    private static readonly byte[] Loader = Encoding.ASCII.GetBytes(Bootstrap.Loader);
    private static readonly byte[] Supervisor = Encoding.ASCII.GetBytes(Bootstrap.Supervisor);

    /// <summary>Everything up to the payload; the payload itself follows as it is, then <see cref="Go"/>.</summary>
    public static ReadOnlyMemory<byte> Head(RemoteCommand command, SudoUse sudo, string nonce, TimeSpan limit)
    {
        var writer = new ArrayBufferWriter<byte>(Supervisor.Length + 1024);
        var mode = (command.AsRoot, command.RootIfPossible, sudo) switch
        {
            (true, _, SudoUse.Never) => "root",
            (true, _, _) => "sudo",
            (_, true, not SudoUse.Never) => "best",
            _ => "user",
        };
        writer.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{mode}\n{Supervisor.Length}\n")));
        writer.Write(Loader);
        writer.Write("\n"u8);
        writer.Write(Supervisor);
        var seconds = Math.Max(limit.TotalSeconds, 0.001).ToString("0.###", CultureInfo.InvariantCulture);
        writer.Write(Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{nonce} {seconds}\n{command.Argv.Count} {command.Stdin.Length}\n")));
        foreach (var argument in command.Argv)
        {
            WriteArgument(writer, Encoding.UTF8.GetBytes(argument));
        }

        return writer.WrittenMemory;
    }

    private static void WriteArgument(ArrayBufferWriter<byte> writer, byte[] argument)
    {
        if (argument.Length <= LongestLine && !argument.AsSpan().Contains((byte)'\n'))
        {
            writer.Write("="u8);
            writer.Write(argument);
            writer.Write("\n"u8);
            return;
        }

        // What a shell takes in from a program loses the line ends at its end; keeping them costs one process more.
        var sign = argument is [.., not (byte)'\n'] ? "+" : "";
        writer.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sign}{argument.Length}\n")));
        writer.Write(argument);
    }
}
