using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Adapters.KeyFiles;

/// <summary>Keeps transcripts as files, one for each incident, in the folder <c>transcripts</c> beside the signing key; only their owner may read them.</summary>
/// <param name="options">Where the key is.</param>
public sealed class TranscriptFolder(TranscriptOptions options) : ITranscriptArchive
{
    private readonly string _folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(options.SigningKeyFile)) ?? "/", "transcripts");

    /// <inheritdoc/>
    public async Task KeepAsync(IncidentId incident, ReadOnlyMemory<byte> transcript, CancellationToken cancellationToken)
    {
        var file = Path.Combine(_folder, $"{incident}.json");
        try
        {
            if (File.Exists(file))
            {
                return;
            }

#pragma warning disable CA1416 // the service runs on Linux only
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var draft = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
#pragma warning restore CA1416
            await using (var stream = new FileStream($"{file}.new", draft))
            {
                await stream.WriteAsync(transcript, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move($"{file}.new", file, overwrite: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"the transcript {file} cannot be written: {failure.Message}", failure);
        }
    }
}
