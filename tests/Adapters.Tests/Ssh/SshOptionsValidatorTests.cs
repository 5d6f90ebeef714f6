using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Adapters.Ssh;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

public sealed class SshOptionsValidatorTests
{
    [Fact]
    public void FaultsOf_Defaults_HasNone() => Assert.Empty(SshOptionsValidator.FaultsOf(new SshOptions()));

    [Theory]
    [InlineData("Ssh:User", "-l")]
    [InlineData("Ssh:User", "")]
    [InlineData("Ssh:IdentityFile", "relative/key")]
    [InlineData("Ssh:IdentityFile", "/no/such/key")]
    [InlineData("Ssh:KnownHostsFile", "/a\"b")]
    [InlineData("Ssh:KnownHostsFile", "/a\nProxyCommand x")]
    [InlineData("Ssh:KnownHostsFile", "/${HOME}/x")]
    [InlineData("Ssh:ConfigFile", "/etc/*")]
    [InlineData("Ssh:ConfigFile", "/no/such/config")]
    [InlineData("Ssh:Sudo", "7")]
    [InlineData("Ssh:ConnectTimeout", "00:00:00")]
    [InlineData("Ssh:ConnectTimeout", "00:05:01")]
    [InlineData("Ssh:CommandTimeout", "-00:00:01")]
    [InlineData("Ssh:CommandTimeout", "01:00:01")]
    [InlineData("Ssh:MaxConcurrentHosts", "0")]
    [InlineData("Ssh:MaxConcurrentHosts", "1001")]
    [InlineData("Ssh:ControlDirectory", "relative")]
    [InlineData("Ssh:ControlDirectory", "/with space")]
    [InlineData("Ssh:ControlDirectory", "/a-directory-whose-name-is-so-long-that-no-socket-in-it-could-ever-have-a-path")]
    public void FaultsOf_OneBadValue_NamesKeyAndRemedy(string key, string value)
    {
        var options = new SshOptions();
        switch (key.Split(':')[1])
        {
            case nameof(SshOptions.User): options.User = value; break;
            case nameof(SshOptions.IdentityFile): options.IdentityFile = value; break;
            case nameof(SshOptions.KnownHostsFile): options.KnownHostsFile = value; break;
            case nameof(SshOptions.ConfigFile): options.ConfigFile = value; break;
            case nameof(SshOptions.Sudo): options.Sudo = (SudoUse)int.Parse(value); break;
            case nameof(SshOptions.ConnectTimeout): options.ConnectTimeout = TimeSpan.Parse(value); break;
            case nameof(SshOptions.CommandTimeout): options.CommandTimeout = TimeSpan.Parse(value); break;
            case nameof(SshOptions.MaxConcurrentHosts): options.MaxConcurrentHosts = int.Parse(value); break;
            case nameof(SshOptions.ControlDirectory): options.ControlDirectory = value; break;
            default: Assert.Fail($"no such setting: {key}"); break;
        }

        var fault = Assert.Single(SshOptionsValidator.FaultsOf(options));

        Assert.Equal(key, fault.Key);
        Assert.NotEqual("", fault.Remedy);
        Assert.DoesNotContain(fault.ToString(), char.IsControl);
    }

    [Fact]
    public void Validate_SeveralBadValues_NamesAllAtOnce()
    {
        var result = new SshOptionsValidator().Validate(null, new SshOptions { User = "", MaxConcurrentHosts = 0, ConnectTimeout = TimeSpan.Zero });

        Assert.Equal(3, result.Failures?.Count());
    }
}
