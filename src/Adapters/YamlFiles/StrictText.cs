using System.Text;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.YamlFiles;

/// <summary>Reads a configuration file as UTF-8 text, or says where it is not one.</summary>
public static class StrictText
{
    /// <summary>Far more than 10,000 hosts need; a larger file is a mistake, and parsing it would stall the program.</summary>
    public const int LargestFile = 4 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the file; the fault is <see langword="null"/> on success.</summary>
    public static (string Text, FileFault? Fault) Read(string path)
    {
        var (_, text, fault) = ReadWithBytes(path);
        return (text, fault);
    }

    /// <summary>The same with the bytes of that very reading, for those who need their hash.</summary>
    public static (byte[] Bytes, string Text, FileFault? Fault) ReadWithBytes(string path)
    {
        byte[] bytes;
        try
        {
            if (Directory.Exists(path))
            {
                return ([], "", new(path, 0, 0, "this is a directory", "name the file in it"));
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            bytes = ReadCapped(stream);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ([], "", new(path, 0, 0, "there is no such file", "create it, or correct the path in the setting that names it"));
        }
        catch (UnauthorizedAccessException)
        {
            return ([], "", new(path, 0, 0, "the file may not be read by this account", $"allow it, for example: chmod a+r {path}"));
        }
        catch (IOException e)
        {
            return ([], "", new(path, 0, 0, $"the file cannot be read ({e.Message})", "check the path and the disk"));
        }

        return bytes.Length > LargestFile
            ? ([], "", new(path, 0, 0, $"the file is larger than {LargestFile / 1024 / 1024} MiB", "check that this is the right file; split what is too large"))
            : WithBytes(bytes, Decode(path, bytes));
    }

    /// <summary>Decodes bytes that were read from <paramref name="path"/>.</summary>
    public static (string Text, FileFault? Fault) Decode(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return ("", new(path, 1, 1, "the file is UTF-16", "save it as UTF-8"));
        }

        if (bytes is [0xEF, 0xBB, 0xBF, ..])
        {
            bytes = bytes[3..];
        }

        var rest = bytes;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var used) != System.Buffers.OperationStatus.Done)
            {
                var (line, column) = Position(bytes[..^rest.Length]);
                return ("", new(path, line, column, $"the byte 0x{rest[0]:X2} is not UTF-8 text", "save the file as UTF-8"));
            }

            if (Rune.IsControl(rune) && rune.Value is not ('\t' or '\n' or '\r' or 0x85))
            {
                var (line, column) = Position(bytes[..^rest.Length]);
                return ("", new(path, line, column, $"the control character U+{rune.Value:X4} is not allowed", "remove it"));
            }

            rest = rest[used..];
        }

        return (Strict.GetString(bytes), null);
    }

    private static (byte[] Bytes, string Text, FileFault? Fault) WithBytes(byte[] bytes, (string Text, FileFault? Fault) decoded) => (bytes, decoded.Text, decoded.Fault);

    private static byte[] ReadCapped(Stream stream)
    {
        // One byte over the cap tells that there is more, also for pipes and /dev files, which have no length.
        using var buffer = new MemoryStream();
        var chunk = new byte[64 * 1024];
        int read;
        while (buffer.Length <= LargestFile && (read = stream.Read(chunk)) > 0)
        {
            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private static (int Line, int Column) Position(ReadOnlySpan<byte> before)
    {
        var line = before.Count((byte)'\n') + 1;
        var start = before.LastIndexOf((byte)'\n') + 1;
        return (line, Encoding.UTF8.GetCharCount(before[start..]) + 1);
    }
}
