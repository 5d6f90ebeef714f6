using System.Text;
using ChatOpsBot.Adapters.Teams;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using ChatOpsBot.FakeConnector;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Outgoing;

/// <summary>Files in personal chats: offered, taken, put into the reader's drive; words where that cannot be.</summary>
public class FileTests
{
    private const string Offer = "application/vnd.microsoft.teams.card.file.consent";

    [Fact]
    [Trait("Requirement", "SEC-5")]
    [Trait("Requirement", "SEC-15")]
    public async Task LongOutput_InAPersonalChat_IsAFileForWhoTakesIt()
    {
        await using var bench = await TeamsBench.StartAsync();
        var id = await LongAsync(bench);
        bench.Time.Move(TimeSpan.FromSeconds(40));
        await bench.SayAsync("ann", $"status {id}");
        var offer = await OfferAsync(bench, $"{id}.txt");
        Assert.True(offer.Card?["sizeInBytes"]?.GetValue<int>() > 30_000);

        // Nobody else can take it, nobody takes what is not ours, and it goes to no other place.
        foreach (var (user, context, why) in new[] { ("zoe", "", "nobody under people"), ("ann", "guess", "none of ours") })
        {
            var forged = bench.People.Consent(user, offer, takes: true);
            if (context.Length > 0)
            {
                forged["value"]!["context"]!["t"] = context; // the client's words, made just above
            }

            Assert.Equal(200, (await bench.People.SendAsync(forged)).Status);
            await bench.MessageAsync(message => TeamsBench.Words(message).Contains(why, StringComparison.Ordinal) && message.Activity["replyToId"]?.ToString() == forged["id"]?.ToString(), why);
        }

        Assert.Empty(bench.Teams.Files);
        bench.Time.Move(TimeSpan.FromSeconds(40));
        await using var elsewhere = await ConnectorServer.StartAsync();
        Assert.Equal(200, (await bench.People.SendAsync(bench.People.Consent("ann", offer, takes: true, $"{elsewhere.Url}drive/x"))).Status);
        await bench.MessageAsync(message => TeamsBench.Words(message).Contains("step-0119-", StringComparison.Ordinal), "all of it in words");
        Assert.Empty(elsewhere.Files);

        // Taken, all of it is there, without our token; a repeat puts nothing again, and the offer goes.
        bench.Time.Move(TimeSpan.FromSeconds(40));
        await bench.SayAsync("ann", $"status {id}");
        offer = await OfferAsync(bench, $"{id}.txt");
        var taken = bench.People.Consent("ann", offer, takes: true);
        Assert.Equal((200, "{}"), (await bench.People.SendAsync(taken)) is var answer ? (answer.Status, answer.Body) : default);
        var given = await bench.MessageAsync(message => ContentType(message) == "application/vnd.microsoft.teams.card.file.info", "the file");
        Assert.Equal(200, (await bench.People.SendAsync(taken)).Status);
        await TeamsBench.UntilAsync(() => offer.Deleted, "the offer goes");
        var (path, text) = Assert.Single(bench.Teams.Files);
        Assert.Equal($"/drive/ann/{id}.txt", path);
        Assert.All(Enumerable.Range(0, 120), number => Assert.Contains(FormattableString.Invariant($"step-{number:D4}-"), text));
        Assert.Equal($"https://fake-my.sharepoint.com/personal/ann/{id}.txt", given.Activity["attachments"]?[0]?["contentUrl"]?.GetValue<string>());
        Assert.Empty(bench.Teams.Complaints);

        // The address opens by itself: it is in no log and not in the store.
        Assert.DoesNotContain(bench.Log.Lines, line => line.Contains("secret-of-the-drive", StringComparison.Ordinal));
        Assert.All(Directory.GetFiles(bench.Folder).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)), file => Assert.DoesNotContain("secret-of-the-drive", Encoding.Latin1.GetString(Read(file))));
    }

    [Fact]
    public async Task LongOutput_WhereFilesCannotBe_IsWords()
    {
        await using var bench = await TeamsBench.StartAsync();
        var id = await LongAsync(bench);

        // Declined, and nothing more is said; the drive stumbles, then takes it; Teams takes no offers, and the chat goes on.
        bench.Time.Move(TimeSpan.FromSeconds(40));
        await bench.SayAsync("ann", $"status {id}");
        var declined = await OfferAsync(bench, $"{id}.txt");
        Assert.Equal(200, (await bench.People.SendAsync(bench.People.Consent("ann", declined, takes: false))).Status);
        await TeamsBench.UntilAsync(() => declined.Deleted, "the declined offer goes");
        var stumbles = 0;
        bench.Teams.FileFault = _ => Interlocked.Increment(ref stumbles) == 1 ? 503 : 201;
        bench.Time.Move(TimeSpan.FromSeconds(40));
        await bench.SayAsync("ann", $"status {id}");
        Assert.Equal(200, (await bench.People.SendAsync(bench.People.Consent("ann", await OfferAsync(bench, $"{id}.txt"), takes: true))).Status);
        await TeamsBench.UntilAsync(
            () =>
            {
                bench.Time.Move(TimeSpan.FromMilliseconds(100));
                return bench.Teams.Files.Count == 1;
            },
            "the second try");
        bench.Teams.Fault = call => call.Body?.ToJsonString().Contains(Offer, StringComparison.Ordinal) == true ? new(403, "FileConsentNotEnabled") : null;
        bench.Time.Move(TimeSpan.FromSeconds(40));
        await bench.SayAsync("ann", $"status {id}");
        await bench.MessageAsync(message => TeamsBench.Words(message).Contains("step-0119-", StringComparison.Ordinal), "words instead");

        // In a channel nothing is offered.
        bench.Teams.Fault = _ => null;
        var offers = bench.Teams.Calls.Count(call => call.Body?.ToJsonString().Contains(Offer, StringComparison.Ordinal) == true);
        bench.Time.Move(TimeSpan.FromSeconds(40));
        await bench.SayAsync(bench.People.Mention("ann", $"status {id}"));
        await bench.MessageAsync(message => message.Conversation.StartsWith("19:c", StringComparison.Ordinal) && TeamsBench.Words(message).Contains("step-0119-", StringComparison.Ordinal), "words in the channel");
        Assert.Equal(offers, bench.Teams.Calls.Count(call => call.Body?.ToJsonString().Contains(Offer, StringComparison.Ordinal) == true));
    }

    [Fact]
    [Trait("Requirement", "SEC-16")]
    public async Task Transcript_IsOfferedAtTheEnd()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        await bench.PressAsync("bo", TeamsBench.Button(await bench.OptionsAsync("bo", card), "Approve"), card.Id);
        await bench.RepairAsync(id);
        var offer = await OfferAsync(bench, $"{id}.md");
        await bench.MessageAsync(message => TeamsBench.Words(message).Contains("Transcript, offered as a file: ", StringComparison.Ordinal), "the outcome");
        Assert.Equal(200, (await bench.People.SendAsync(bench.People.Consent("ann", offer, takes: true))).Status);
        await TeamsBench.UntilAsync(() => bench.Teams.Files.Count == 1, "the transcript in the drive");
        var transcript = await bench.Get<Application.Incidents.TranscriptService>().ExportAsync(id, CancellationToken.None);
        Assert.Equal(TranscriptMarkdown.Render(transcript ?? throw new InvalidOperationException("no transcript")), bench.Teams.Files.Single().Text);
    }

    [Fact]
    [Trait("Requirement", "SEC-5")]
    public void FileStore_IsMicrosoftsOverHttps()
    {
        var profile = new TeamsProfile(Options.Create(new TeamsOptions { AppId = ConnectorServer.App, TenantId = ConnectorServer.Tenant }), isDevelopment: false);
        Assert.True(profile.IsFileStore(new("https://contoso-my.sharepoint.com/personal/ann/_api/v2.0/drive/items/1/uploadSession?guid='1'&tempauth=x")));
        foreach (var address in new[]
        {
            "http://contoso-my.sharepoint.com/x", "https://contoso-my.sharepoint.com:8443/x", "https://a@contoso-my.sharepoint.com/x", "https://sharepoint.com.evil.example/x", "https://evilsharepoint.com/x",
            "https://127.0.0.1/x", "https://localhost/x", "ftp://contoso-my.sharepoint.com/x", "https://graph.microsoft.com/x",
        })
        {
            Assert.False(profile.IsFileStore(new(address)), address);
        }
    }

    private static async Task<IncidentId> LongAsync(TeamsBench bench)
    {
        await bench.SayAsync("ann", "check host42");
        var card = await bench.MessageAsync(message => TeamsBench.Words(message).Contains(" host42: observing", StringComparison.Ordinal), "the card");
        var plan = TeamsBench.Plan(new(1), "host42");
        var steps = Enumerable.Range(0, 120).Select(number => plan.Steps[0] with { Run = ["ip", "link", "set", "dev", "eno2", "alias", FormattableString.Invariant($"step-{number:D4}-{new string('x', 300)}")] });
        await bench.AddAsync(new(1), TeamsBench.Observed("host42"), TeamsBench.Proposed(plan with { Steps = [.. steps] }));
        return new(1);
    }

    private static Task<FakeMessage> OfferAsync(TeamsBench bench, string name)
        => bench.MessageAsync(message => ContentType(message) == Offer && message.Activity["attachments"]?[0]?["name"]?.GetValue<string>() == name, "the offer");

    private static string? ContentType(FakeMessage message) => message.Activity["attachments"]?[0]?["contentType"]?.GetValue<string>();

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }
}
