using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.KeyFiles;

/// <summary>Adds the signing key.</summary>
public static class KeyFileServices
{
    /// <summary>Registers the signer and the archive beside its key. The caller has checked <see cref="TranscriptOptions"/> and registered it.</summary>
    public static IServiceCollection AddTranscriptSigning(this IServiceCollection services)
    {
        services.AddSingleton<ITranscriptSigner>(provider => SigningKeyFile.Open(provider.GetRequiredService<IOptions<TranscriptOptions>>().Value));
        services.AddSingleton<ITranscriptArchive>(provider => new TranscriptFolder(provider.GetRequiredService<IOptions<TranscriptOptions>>().Value));
        return services;
    }
}
