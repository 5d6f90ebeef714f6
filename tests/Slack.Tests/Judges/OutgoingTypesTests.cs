using System.Text;
using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Slack.Rendering;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.FakeSlack;
using ChatOpsBot.Slack.Tests.Rendering;
using ChatOpsBot.Slack.Tests.Support;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Judges;

/// <summary>What we send, judged by Slack's own types and by a parser that is not ours.</summary>
public class OutgoingTypesTests
{
    private static readonly Dictionary<string, string> s_types = new()
    {
        ["auth.test"] = "AuthTestArguments",
        ["apps.connections.open"] = "AppsConnectionsOpenArguments",
        ["chat.postMessage"] = "ChatPostMessageArguments",
        ["chat.update"] = "ChatUpdateArguments",
        ["chat.postEphemeral"] = "ChatPostEphemeralArguments",
        ["views.open"] = "ViewsOpenArguments",
        ["users.info"] = "UsersInfoArguments",
        ["conversations.info"] = "ConversationsInfoArguments",
        ["conversations.history"] = "ConversationsHistoryArguments",
        ["conversations.replies"] = "ConversationsRepliesArguments",
        ["usergroups.users.list"] = "UsergroupsUsersListArguments",
        ["files.getUploadURLExternal"] = "FilesGetUploadURLExternalArguments",
        ["files.completeUploadExternal"] = "FilesCompleteUploadExternalArguments",
    };

    [Fact]
    [Trait("Requirement", "SL-30")]
    public async Task EveryBody_TypeScriptCompiler_FindsNoError()
    {
        NodeTools.Need();
        await RunAllKindsAsync();
        var source = new StringBuilder("import type * as api from '@slack/web-api';\nimport type { KnownBlock, ModalView } from '@slack/types';\n");
        var kinds = new HashSet<string>();
        var number = 0;
        foreach (var call in CapturedCalls.Calls.ToArray())
        {
            if (s_types.TryGetValue(call.Method, out var type))
            {
                kinds.Add(call.Method);
                source.Append($"export const v{number++}: api.{type} = {Typed(call)};\n");
            }
            else if (call.Method != "response_url")
            {
                Assert.Fail($"nothing is known about the type of {call.Method}");
            }
            else if ( (JsonNode.Parse(call.Arguments["body"]) as JsonObject)?["blocks"] is JsonArray blocks)
            {
                source.Append($"export const v{number++}: KnownBlock[] = {blocks.ToJsonString()};\n");
            }
        }

        // Every state's card and every form in every style, whether an incident came there or not.
        foreach (var (row, incident) in IncidentSamples.States())
        {
            var card = IncidentCard.Of(incident, new() { Seq = 3, Token = action => $"token-{action}", CanNudge = true, Page = new("http://127.0.0.1:8080/incidents/I-1"), Head = new string('a', 64) });
            foreach (var style in new[] { SlackBlocks.Newest, SlackBlocks.Classic })
            {
                source.Append($"export const v{number++}: KnownBlock[] = {new CardBlocks(_ => "U1").Render(card, style, unfolded: number % 2 == 0).Blocks?.ToJsonString()}; // {row}\n");
            }
        }

        source.Append($"export const v{number++}: ModalView = {FormView.Render(Forms.Deny("token"), "C1", "1.1").ToJsonString()};\n");
        Assert.Superset(new HashSet<string> { "chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "files.completeUploadExternal", "users.info", "auth.test", "apps.connections.open" }, kinds);
        Assert.True(number > 60, $"{number} bodies");
        await File.WriteAllTextAsync(Path.Combine(NodeTools.Folder, "captured.ts"), source.ToString(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(NodeTools.Folder, "wrong.ts"), "import type { KnownBlock } from '@slack/types';\nexport const w: KnownBlock[] = [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }];\n", TestContext.Current.CancellationToken);
        var good = await NodeTools.RunAsync("node_modules/typescript/bin/tsc", "", "--strict", "--noEmit", "--module", "nodenext", "--moduleResolution", "nodenext", "--skipLibCheck", "--types", "node", "captured.ts", "wrong.ts");

        // The second file is wrong on purpose: a compiler that finds nothing at all would prove nothing.
        Assert.Contains("wrong.ts(2,", good.Stdout);
        Assert.DoesNotContain("captured.ts(", good.Stdout);
        TestContext.Current.TestOutputHelper?.WriteLine($"{number} bodies of {kinds.Count} methods: 0 errors");
    }

    [Fact]
    [Trait("Requirement", "SL-31")]
    [Trait("Requirement", "SEC-13")]
    public async Task HostileText_IndependentParser_FindsNoTokens()
    {
        var texts = EscapingTests.Hostile.SelectMany(EscapingTests.Messages).Select(message => message.Text).Append("<!channel>").ToArray();
        var kinds = JsonNode.Parse((await NodeTools.RunAsync("parse.mjs", new JsonArray([.. texts.Select(text => (JsonNode)text)]).ToJsonString())).Expect()) as JsonArray ?? [];
        Assert.Equal(texts.Length, kinds.Count);
        Assert.Equal("Command", kinds[^1]?[0]?.GetValue<string>());
        for (var at = 0; at < texts.Length - 1; at++)
        {
            Assert.True(kinds[at] is JsonArray { Count: 0 }, $"{texts[at]}: {kinds[at]?.ToJsonString()}");
        }
    }

    private static async Task RunAllKindsAsync()
    {
        await using (await SlackBench.StartAsync(SlackMode.SocketMode))
        {
            // Connecting is all that it has more.
        }

        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        await bench.PressAsync("U1", card, "details");
        await bench.Slack.Sender.PressAsync("U2", card, SlackBench.Button(card, "deny"));
        await bench.Slack.Sender.SlashAsync("U1", "C1", "run bridge/attach-uplink");
        await bench.Slack.Sender.SlashAsync("U1", "C1", "run");
        await SlackBench.UntilAsync(() => bench.Workspace.Views.Count == 3, "three forms");
        bench.Slack.Fault = call => call.Method == "response_url" ? new FakeFault { Status = 404 } : null;
        await bench.Slack.Sender.SlashAsync("U1", "C1", "help");
        await SlackBench.UntilAsync(() => bench.Workspace.Calls.Any(call => call.Method == "chat.postEphemeral"), "an answer another way");
        bench.Slack.Fault = _ => null;
        await bench.PressAsync("U2", card, "approve");
        await bench.RepairAsync(id);
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("C1").Any(message => message.Text.Contains(", head ", StringComparison.Ordinal)), "the outcome");
    }

    /// <summary>The arguments of a form as the typed object that they stand for.</summary>
    private static string Typed(FakeCall call)
    {
        var typed = new JsonObject();
        foreach (var (name, value) in call.Arguments)
        {
            typed[name] = name switch
            {
                "blocks" or "view" or "metadata" or "files" => JsonNode.Parse(value),
                "unfurl_links" or "unfurl_media" or "mrkdwn" or "reply_broadcast" or "include_all_metadata" or "include_disabled" => value == "true",
                "limit" or "length" => int.Parse(value, System.Globalization.CultureInfo.InvariantCulture),
                _ => value,
            };
        }

        return typed.ToJsonString();
    }
}
