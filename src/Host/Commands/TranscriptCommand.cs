using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Adapters.Postgres;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Settings;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Host.Commands;

/// <summary><c>transcript show|export|verify ID|FILE</c>.</summary>
internal static class TranscriptCommand
{
    private const string Markdown = "md";
    private const string Html = "html";
    private const string Json = "json";

    /// <summary>No history of an incident comes near; a larger file is none.</summary>
    private const long LargestFile = 256L * 1024 * 1024;

    public static Command Create(SessionFactory sessions)
    {
        var command = new ExampleCommand(
            "transcript",
            "Show, export or verify what happened in an incident: from the store of this machine (also while the service runs), or from an exported file.",
            "chatopsbot transcript show I-42",
            "chatopsbot transcript export I-42 --format html -o I-42.html",
            "chatopsbot transcript verify I-42.json --key chatopsbot.pub.pem");
        command.Subcommands.Add(Show(sessions));
        command.Subcommands.Add(Export(sessions));
        command.Subcommands.Add(Verify(sessions));
        return command;
    }

    private static ExampleCommand Show(SessionFactory sessions)
    {
        var target = Target();
        var command = new ExampleCommand("show", "Print the ten lines that say what happened, then every event.", "chatopsbot transcript show I-42") { target };
        command.SetAction((parsed, cancellationToken) => sessions.RunAsync(parsed, session => WithTranscriptAsync(session, parsed.GetValue(target) ?? "", read =>
        {
            session.Surroundings.Out.Write(TranscriptText.Render(read.Transcript));
            WarnIfDamaged(session, read);
            return Task.FromResult(ExitCodes.Good);
        }, cancellationToken)));
        return command;
    }

    private static ExampleCommand Export(SessionFactory sessions)
    {
        var target = Target();
        var format = new Option<string>("--format") { Description = "md and html are for people, json can be verified.", HelpName = "md|html|json", DefaultValueFactory = _ => Markdown };
        format.AcceptOnlyFromAmong(Markdown, Html, Json);
        var output = new Option<string?>("-o", "--output") { Description = "Write to this file, which only this account can read, instead of standard output.", HelpName = "FILE" };
        var command = new ExampleCommand(
            "export",
            "Write a transcript in a form that can be handed on.",
            "chatopsbot transcript export I-42 --format html -o I-42.html",
            "chatopsbot transcript export I-42 --format json -o I-42.json") { target, format, output };
        command.SetAction((parsed, cancellationToken) => sessions.RunAsync(parsed, session => WithTranscriptAsync(session, parsed.GetValue(target) ?? "", async read =>
        {
            var written = parsed.GetValue(format) switch
            {
                Html => Encoding.UTF8.GetBytes(TranscriptHtml.Render(read.Transcript)),
                Json => TranscriptExport.Write(read),
                _ => Encoding.UTF8.GetBytes(TranscriptMarkdown.Render(read.Transcript)),
            };
            WarnIfDamaged(session, read);
            if (parsed.GetValue(output) is not { } file)
            {
                session.Surroundings.Out.Write(Encoding.UTF8.GetString(written));
                return ExitCodes.Good;
            }

            var path = Path.GetFullPath(file, session.Surroundings.CurrentDirectory);
            if (await PrivateFile.SaveAsync(path, written, cancellationToken) is { } problem)
            {
                session.Surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(path)} cannot be written: {problem}");
                return ExitCodes.WrongArguments;
            }

            session.Surroundings.Out.WriteLine($"{HostText.Line(path, int.MaxValue)}: {read.Transcript.Events.Length} events, head {read.Transcript.ShortHead}");
            return ExitCodes.Good;
        }, cancellationToken)));
        return command;
    }

    private static ExampleCommand Verify(SessionFactory sessions)
    {
        var target = Target();
        var key = new Option<string?>("--key") { Description = "The service's public key (PEM), as doctor prints it.", HelpName = "FILE" };
        var command = new ExampleCommand(
            "verify",
            "Find any event that was altered, inserted, moved or removed. Without the key it says what it could not check.",
            "chatopsbot transcript verify I-42 --key chatopsbot.pub.pem",
            "chatopsbot transcript verify I-42.json --key chatopsbot.pub.pem") { target, key };
        command.SetAction((parsed, cancellationToken) => sessions.RunAsync(parsed, async session =>
        {
            var pem = parsed.GetValue(key) is { } file ? ReadKey(session, file) : null;
            return parsed.GetValue(key) is not null && pem is null
                ? ExitCodes.WrongArguments
                : await VerifyAsync(session, parsed.GetValue(target) ?? "", pem, cancellationToken);
        }));
        return command;
    }

    private static async Task<int> VerifyAsync(Session session, string target, string? pem, CancellationToken cancellationToken)
    {
        // A file that is no transcript any more has failed the check; it is not a file that could not be read.
        if (!IncidentId.TryParse(target, out _))
        {
            var (bytes, failure) = await ReadFileAsync(session, target, cancellationToken);
            return bytes is null ? failure : Tell(session, target, TranscriptVerification.Verify(bytes, pem));
        }

        return await WithTranscriptAsync(session, target, read => Task.FromResult(Tell(session, target, TranscriptVerification.Verify(read, pem))), cancellationToken);
    }

    private static int Tell(Session session, string target, TranscriptVerification verification)
    {
        var output = session.Surroundings.Out;
        foreach (var problem in verification.Problems)
        {
            output.WriteLine($"WRONG        {HostText.Line(problem, 2000)}");
        }

        foreach (var gap in verification.NotChecked)
        {
            output.WriteLine($"NOT CHECKED  {HostText.Line(gap, 2000)}");
        }

        var verdict = !verification.IsGood ? "does NOT verify" : verification.NotChecked.IsEmpty ? "verifies" : "holds together as far as it could be checked";
        output.WriteLine($"{HostText.Line(target)} {verdict}: {verification.Count} events, head {verification.Head}");
        return verification.IsGood ? ExitCodes.Good : ExitCodes.BadNews;
    }

    /// <summary>Reads a transcript and hands it on. On failure everything has been said.</summary>
    private static async Task<int> WithTranscriptAsync(Session session, string target, Func<TranscriptReading.Readable, Task<int>> use, CancellationToken cancellationToken)
    {
        if (IncidentId.TryParse(target, out var id))
        {
            return await FromStoreAsync(session, id, use, cancellationToken);
        }

        var (bytes, failure) = await ReadFileAsync(session, target, cancellationToken);
        if (bytes is null)
        {
            return failure;
        }

        switch (TranscriptExport.Read(bytes))
        {
            case TranscriptReading.Readable readable:
                return await use(readable);
            case TranscriptReading.Unreadable unreadable:
                session.Surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(target)}: {HostText.Line(unreadable.Why)}; name a file that chatopsbot transcript export --format json has written");
                return ExitCodes.CouldNotTell;
            case var other:
                throw new InvalidOperationException($"unexpected reading {other.GetType().Name}");
        }
    }

    private static async Task<int> FromStoreAsync(Session session, IncidentId id, Func<TranscriptReading.Readable, Task<int>> use, CancellationToken cancellationToken)
    {
        try
        {
            var options = session.Settings.Options;
            var shared = options.Storage.Provider == StorageProvider.Postgres;
            SqlDatabase database = shared ? PostgresDatabase.OpenToRead(options.Postgres, session.Surroundings.Time) : SqliteDatabase.OpenToRead(options.Sqlite);
            using var closes = (IDisposable)database;
            if (await new TranscriptService(new SqlIncidentStore(database)).ReadAsync(id, cancellationToken) is { } read)
            {
                return await use(read);
            }

            session.Surroundings.Error.WriteLine($"chatopsbot: there is no incident {id} in {HostText.Line(shared ? options.Postgres.Shown() : options.Sqlite.File())}; see: chatopsbot chat, then: incidents");
            return ExitCodes.WrongArguments;
        }
        catch (StoreException failure)
        {
            session.Surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(failure.Message, 2000)}");
            return ExitCodes.CouldNotTell;
        }
    }

    private static async Task<(byte[]? Bytes, int ExitCode)> ReadFileAsync(Session session, string file, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(file, session.Surroundings.CurrentDirectory);
        try
        {
            if (new FileInfo(path).Length > LargestFile)
            {
                session.Surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(path)} is larger than any transcript; name a file that chatopsbot transcript export --format json has written");
                return (null, ExitCodes.WrongArguments);
            }

            return (await File.ReadAllBytesAsync(path, cancellationToken), ExitCodes.Good);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            session.Surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(path)} cannot be read ({HostText.Line(e.Message)}); name an incident such as I-42, or a file that chatopsbot transcript export --format json has written");
            return (null, ExitCodes.WrongArguments);
        }
    }

    /// <summary>The key's text; <see langword="null"/> when it is none, after having said so.</summary>
    private static string? ReadKey(Session session, string file)
    {
        var path = Path.GetFullPath(file, session.Surroundings.CurrentDirectory);
        try
        {
            var pem = File.ReadAllText(path);
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            return pem;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            session.Surroundings.Error.WriteLine($"chatopsbot: the key {HostText.Line(path)} cannot be read ({HostText.Line(e.Message)}); write what chatopsbot doctor prints into a file");
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            session.Surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(path)} holds no public key in PEM form; write what chatopsbot doctor prints into a file");
        }

        return null;
    }

    private static void WarnIfDamaged(Session session, TranscriptReading.Readable read)
    {
        if (TranscriptVerification.Verify(read, publicKeyPem: null) is { IsGood: false } verification)
        {
            session.Surroundings.Error.WriteLine($"chatopsbot: this history was tampered with or damaged: {HostText.Line(verification.Problems[0], 2000)}; see: chatopsbot transcript verify");
        }
    }

    private static Argument<string> Target() => new("ID|FILE") { Description = "An incident of this machine's store (I-42), or an exported json file." };
}
