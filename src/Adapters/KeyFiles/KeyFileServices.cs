using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.KeyFiles;

/// <summary>Adds the signing key.</summary>
public static class KeyFileServices
{
    /// <summary>Binds <c>Transcript</c>, checks it at start and registers the signer.</summary>
    public static IServiceCollection AddTranscriptSigning(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TranscriptOptions>().Bind(configuration.GetSection(TranscriptOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TranscriptOptions>, TranscriptOptionsValidator>();
        services.AddSingleton<ITranscriptSigner>(provider => SigningKeyFile.Open(provider.GetRequiredService<IOptions<TranscriptOptions>>().Value));
        return services;
    }
}

/// <summary>All problems of the options at once.</summary>
internal sealed class TranscriptOptionsValidator : IValidateOptions<TranscriptOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TranscriptOptions options)
        => options.Problems().ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
