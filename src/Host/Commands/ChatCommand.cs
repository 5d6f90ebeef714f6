using System.CommandLine;
using ChatOpsBot.Adapters.Console.Chat;
using ChatOpsBot.Adapters.Console.Terminal;

namespace ChatOpsBot.Host.Commands;

/// <summary><c>chat</c>: the terminal client of a running server. It needs no settings of the service, so it runs on any machine.</summary>
internal static class ChatCommand
{
    private const string UsualServer = "http://127.0.0.1:8080";
    private const int LongestToken = 512;

    public static Command Create(Surroundings surroundings)
    {
        var server = new Option<string>("--server") { Description = "Where the server's console listens.", HelpName = "URL", DefaultValueFactory = _ => UsualServer };
        var tokenFile = new Option<string?>("--token-file") { Description = "File with your token. Default: ~/.config/chatopsbot/token", HelpName = "FILE" };
        server.Validators.Add(result =>
        {
            if (Address(result.GetValueOrDefault<string>(), surroundings.IsDevelopment, out var why) is null)
            {
                result.AddError($"--server: {why}");
            }
        });
        var command = new ExampleCommand(
            "chat",
            "Talk to a running server: the same commands, cards and approvals as in Slack and Teams. Reads commands line by line; from a pipe it runs them one after another, follows each incident to its end, and its exit code tells the worst of them.",
            "chatopsbot chat",
            "chatopsbot chat --server https://bridge.example.net --token-file ~/bridge.token",
            "echo 'check host42' | chatopsbot chat") { server, tokenFile };
        command.SetAction((parsed, cancellationToken) =>
        {
            var address = Address(parsed.GetValue(server), surroundings.IsDevelopment, out var why) ?? throw new InvalidOperationException(why);
            return RunAsync(surroundings, address, parsed.GetValue(tokenFile), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, Uri address, string? tokenFile, CancellationToken cancellationToken)
    {
        var home = surroundings.Environment.GetValueOrDefault("HOME", "/");
        var path = tokenFile is null
            ? Path.Combine(home, ".config/chatopsbot/token")
            : Path.GetFullPath(tokenFile.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, tokenFile[2..]) : tokenFile, surroundings.CurrentDirectory);
        if (ReadToken(path, out var why) is not { } token)
        {
            surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(path)}: {HostText.Line(why)}; name the file with your token by --token-file");
            return ExitCodes.InvalidConfiguration;
        }

        using var server = new ChatServer(address, token, surroundings.Time);
        var terminal = new ChatTerminal(surroundings.In, surroundings.Out, surroundings.OutLook, surroundings.InIsTerminal);
        return await new ChatSession(server, terminal, surroundings.Time).RunAsync(cancellationToken) switch
        {
            ChatEnd.Good => ExitCodes.Good,
            ChatEnd.BadNews => ExitCodes.BadNews,
            ChatEnd.NotUnderstood => ExitCodes.WrongArguments,
            ChatEnd.NotConnected => ExitCodes.InvalidConfiguration,
            _ => ExitCodes.CouldNotTell,
        };
    }

    private static Uri? Address(string? text, bool isDevelopment, out string why)
    {
        why = "";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0 || address.PathAndQuery != "/")
        {
            why = $"\"{text}\" is not the address of a server; write for example {UsualServer}";
            return null;
        }

        if (address.Scheme == "http" && !address.IsLoopback && !isDevelopment)
        {
            why = "your token would travel over the network in plain text; use https";
            return null;
        }

        return address;
    }

    private static string? ReadToken(string path, out string why)
    {
        why = "";
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > 4096 })
            {
                why = "that is no token file";
                return null;
            }

            var token = File.ReadAllText(path).Trim();
            why = token.Length is 0 or > LongestToken || token.Any(c => c is <= ' ' or > '~') ? "it holds no token: one line of visible ASCII characters" : "";
            return why.Length == 0 ? token : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = e.Message;
            return null;
        }
    }
}
