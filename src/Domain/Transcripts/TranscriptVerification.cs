using System.Collections.Immutable;
using System.Security.Cryptography;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>What checking a transcript brought.</summary>
/// <param name="Problems">What is wrong, event by event; empty when nothing was found.</param>
/// <param name="NotChecked">What could not be checked, and what therefore might be wrong unnoticed.</param>
/// <param name="Count">Number of events.</param>
/// <param name="Head">Hash of the last event.</param>
public sealed record TranscriptVerification(ImmutableArray<string> Problems, ImmutableArray<string> NotChecked, long Count, string Head)
{
    /// <summary>Nothing is wrong as far as could be checked.</summary>
    public bool IsGood => Problems.IsEmpty;

    /// <summary>Checks an exported transcript.</summary>
    /// <param name="json">The export.</param>
    /// <param name="publicKeyPem">The service's public key; <see langword="null"/> when it is not at hand.</param>
    public static TranscriptVerification Verify(ReadOnlyMemory<byte> json, string? publicKeyPem) => TranscriptExport.Read(json) switch
    {
        TranscriptReading.Readable readable => Verify(readable, publicKeyPem),
        TranscriptReading.Unreadable unreadable => new([unreadable.Why], [], 0, EventChain.Start),
        var other => throw new InvalidOperationException($"unexpected reading {other.GetType().Name}"),
    };

    /// <summary>Checks a transcript that was read already, from an export or a store.</summary>
    /// <param name="readable">The transcript with the number and the head that its source states.</param>
    /// <param name="publicKeyPem">The service's public key; <see langword="null"/> when it is not at hand.</param>
    public static TranscriptVerification Verify(TranscriptReading.Readable readable, string? publicKeyPem)
    {
        var transcript = readable.Transcript;
        List<string> problems = [.. EventChain.Problems(transcript.Incident, transcript.Events)];
        List<string> notChecked = [];
        if (transcript.Events.IsEmpty)
        {
            problems.Add("it has no event");
        }

        if (transcript.Events.Length < readable.Count)
        {
            problems.Add($"it says {readable.Count} events and has {transcript.Events.Length}: {readable.Count - transcript.Events.Length} are missing");
        }
        else if (transcript.Events.Length > readable.Count)
        {
            problems.Add($"it says {readable.Count} events and has {transcript.Events.Length}: events after event {readable.Count} were added, or others inserted");
        }

        if (problems.Count == 0 && readable.Head != transcript.Head)
        {
            problems.Add($"the head does not fit event {transcript.Events[^1].Seq}: the last events were removed or replaced");
        }

        CheckBlobs(transcript, problems, notChecked);
        CheckSignature(readable, publicKeyPem, problems, notChecked);
        return new([.. problems], [.. notChecked], transcript.Events.Length, transcript.Head);
    }

    private static void CheckBlobs(Transcript transcript, List<string> problems, List<string> notChecked)
    {
        var named = transcript.Events
            .SelectMany(stored => BlobReferences.In(stored.Body).Select(hash => (stored.Seq, Hash: hash)))
            .DistinctBy(reference => reference.Hash)
            .ToDictionary(reference => reference.Hash, reference => reference.Seq);
        foreach (var (hash, bytes) in transcript.Blobs)
        {
            if (!named.TryGetValue(hash, out var seq))
            {
                problems.Add($"the output {hash} belongs to no event");
            }
            else if (Convert.ToHexStringLower(SHA256.HashData(bytes.Span)) != hash)
            {
                problems.Add($"the output {hash} of event {seq} was altered");
            }
        }

        foreach (var (hash, seq) in named.Where(reference => !transcript.Blobs.ContainsKey(reference.Key)))
        {
            notChecked.Add($"the output {hash} of event {seq} is not in this export");
        }
    }

    private static void CheckSignature(TranscriptReading.Readable readable, string? publicKeyPem, List<string> problems, List<string> notChecked)
    {
        if (publicKeyPem is null)
        {
            notChecked.Add(
                "the signature, since no public key was given: last events that were removed together with their count, or a chain that was recomputed as a whole, would not be noticed");
            return;
        }

        if (readable.Transcript.Signature is not { } signature)
        {
            problems.Add("it has no signature");
            return;
        }

        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(publicKeyPem);
        }
        catch (Exception failure) when (failure is ArgumentException or CryptographicException)
        {
            problems.Add("the key that was given is not a public key in PEM form");
            return;
        }

        var content = TranscriptSignature.Content(readable.Transcript.Incident, readable.Count, readable.Head);
        if (!signature.IsBy(key, content))
        {
            problems.Add(
                signature.Key == TranscriptSignature.FingerprintOf(key)
                    ? "the signature does not fit incident, count and head: last events were removed, or the chain was recomputed as a whole"
                    : $"it was not signed by the given key but by {signature.Key}");
        }
    }
}
