using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Hosts;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>A setting that cannot be used.</summary>
/// <param name="Key">Full key, as in <c>Ssh:ConnectTimeout</c>.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="Remedy">What to write instead.</param>
public sealed record SshSettingFault(string Key, string Problem, string Remedy)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() => $"{Key}: {Problem}; {Remedy}";
}

/// <summary>Finds every fault of the section <c>Ssh</c> at once.</summary>
public sealed partial class SshOptionsValidator : IValidateOptions<SshOptions>
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestCommand = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SshOptions options)
    {
        var faults = FaultsOf(options);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults.Select(fault => fault.ToString()));
    }

    /// <summary>All faults, in the order of the settings; empty when the section can be used.</summary>
    public static IReadOnlyList<SshSettingFault> FaultsOf(SshOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<SshSettingFault>();
        if (options.User is { } user && !HostTarget.IsUserName(user))
        {
            faults.Add(Fault("User", $"'{Shown(user)}' is no login name", "use letters, digits and . _ - @ \\ without a leading dash"));
        }

        AddFileFault(faults, "IdentityFile", options.IdentityFile, mustExist: true);
        AddFileFault(faults, "KnownHostsFile", options.KnownHostsFile, mustExist: false);
        AddFileFault(faults, "ConfigFile", options.ConfigFile, mustExist: true);
        if (!Enum.IsDefined(options.Sudo))
        {
            faults.Add(Fault("Sudo", $"'{options.Sudo}' is unknown", $"use {nameof(SudoUse.Auto)}, {nameof(SudoUse.Never)} or {nameof(SudoUse.Always)}"));
        }

        AddTimeFault(faults, "ConnectTimeout", options.ConnectTimeout, LongestConnect);
        AddTimeFault(faults, "CommandTimeout", options.CommandTimeout, LongestCommand);
        if (options.MaxConcurrentHosts is < 1 or > 1000)
        {
            faults.Add(Fault("MaxConcurrentHosts", $"{options.MaxConcurrentHosts} is out of range", "use a number from 1 to 1000"));
        }

        if (options.ControlDirectory is { } directory && ControlDirectory.FaultOf(directory) is { } problem)
        {
            faults.Add(Fault("ControlDirectory", problem, "use a short absolute path of letters, digits and . _ - such as /run/chatopsbot"));
        }

        return faults;
    }

    private static void AddFileFault(List<SshSettingFault> faults, string key, string? path, bool mustExist)
    {
        if (path is null)
        {
            return;
        }

        if (ClientConfig.PathFault(path) is { } problem)
        {
            faults.Add(Fault(key, problem, "use an absolute path without quotes, glob characters and ${"));
        }
        else if (mustExist && !File.Exists(HostTarget.Expand(path)))
        {
            faults.Add(Fault(key, $"{Shown(path)} is no file", "create it or correct the path"));
        }
    }

    private static void AddTimeFault(List<SshSettingFault> faults, string key, TimeSpan value, TimeSpan longest)
    {
        if (value < TimeSpan.FromSeconds(1) || value > longest)
        {
            faults.Add(Fault(key, $"{value} is out of range", $"use a time from 00:00:01 to {longest}"));
        }
    }

    private static SshSettingFault Fault(string key, string problem, string remedy) => new($"{SshOptions.Section}:{key}", problem, remedy);

    private static string Shown(string text) => Unprintable().Replace(text.Length > 200 ? text[..200] + "..." : text, "?");

    [GeneratedRegex(@"\p{C}")]
    private static partial Regex Unprintable();
}
