using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>Registration of the SSH adapter.</summary>
public static class SshServices
{
    /// <summary>Adds <see cref="IHostShell"/> over the OpenSSH client, <see cref="IHostKeys"/> and the check of <see cref="SshOptions"/>; the caller binds them.</summary>
    public static IServiceCollection AddSshHostShell(this IServiceCollection services)
    {
        services.AddOptions<SshOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SshOptions>, SshOptionsValidator>());
        services.TryAddSingleton<SshClient>();
        services.TryAddSingleton<IHostKeys, HostKeyReader>();
        services.TryAddSingleton<IHostShell, OpenSshShell>();
        return services;
    }
}
