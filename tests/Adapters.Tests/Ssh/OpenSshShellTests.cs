using ChatOpsBot.Application.Ports;
using ChatOpsBot.Adapters.Ssh;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

/// <summary>The contract over the OpenSSH client; all tests share one shell, as all parts of the bot do.</summary>
[Collection(SshdTests.Name)]
[Trait("Needs", "root")]
public sealed class OpenSshShellTests : HostShellContract, IClassFixture<OpenSshShellTests.SharedShell>
{
    private readonly SharedShell shared;

    public OpenSshShellTests(SshdHost host, SharedShell shared)
        : base(host) => this.shared = shared;

    protected override IHostShell Shell => shared.Shell;

    /// <summary>A shell as the service registers it.</summary>
    public sealed class SharedShell : IAsyncDisposable
    {
        private readonly ServiceProvider services;

        public SharedShell(SshdHost host)
        {
            var registered = new ServiceCollection().AddLogging().AddSshHostShell();
            registered.Configure<SshOptions>(options => options.ControlDirectory = $"{host.Folder}/shared");
            services = registered.BuildServiceProvider();
        }

        public IHostShell Shell => services.GetRequiredService<IHostShell>();

        public ValueTask DisposeAsync() => services.DisposeAsync();
    }
}
