using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Application.Ports;

/// <summary>Signs transcripts with the service's key.</summary>
public interface ITranscriptSigner
{
    /// <summary>The public key, PEM: what <c>transcript verify --key</c> takes.</summary>
    string PublicKeyPem { get; }

    /// <summary>Signs the content made by <see cref="TranscriptSignature.Content"/>.</summary>
    TranscriptSignature Sign(ReadOnlySpan<byte> content);
}
