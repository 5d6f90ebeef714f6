using System.Reflection;
using System.Text;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.ChatContract;
using ChatOpsBot.ChatContract.Surfaces;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Chat.Tests;

/// <summary>That no surface leaves out a scenario, and that the table for operators says what the scenarios say.</summary>
public class ParityTests
{
    private const string Begin = "<!-- made by ParityTests from the scenarios of ChatContract -->";
    private const string End = "<!-- end -->";

    private static readonly (string Name, Type Tests, Func<Task<ChatUnderTest>> Start)[] s_surfaces =
    [
        ("Slack", typeof(SlackChatTests), SlackUnderTest.StartAsync),
        ("Teams", typeof(TeamsChatTests), TeamsUnderTest.StartAsync),
        ("Web console", typeof(WebChatTests), WebUnderTest.StartAsync),
        ("Terminal", typeof(TerminalChatTests), TerminalUnderTest.StartAsync),
    ];

    private static MethodInfo[] Scenarios => [.. typeof(ChatContractTests).GetMethods().Where(method => method.GetCustomAttribute<ScenarioAttribute>() is not null).OrderBy(method => method.MetadataToken)];

    [Fact]
    public void Scenarios_AllFacts_CanNeitherBeSkippedNorOverridden()
    {
        Assert.True(Scenarios.Length >= 16, $"{Scenarios.Length} scenarios");
        Assert.All(Scenarios, scenario => Assert.True(!scenario.IsVirtual && scenario.GetCustomAttribute<FactAttribute>() is { Skip: null, Explicit: false, SkipWhen: null, SkipUnless: null }, scenario.Name));
        Assert.Equal(Scenarios.Length, typeof(ChatContractTests).GetMethods().Count(method => method.GetCustomAttribute<FactAttribute>() is not null));
        foreach (var file in Directory.EnumerateFiles(RepositoryFiles.At("tests", "ChatContract"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain("Assert.Skip", File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Surfaces_EachOne_HasItsClassAndNothingElseInIt()
    {
        var classes = typeof(ParityTests).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ChatContractTests))).ToArray();
        Assert.Equal(s_surfaces.Select(surface => surface.Tests.Name).Order(), classes.Select(type => type.Name).Order());
        foreach (var type in classes)
        {
            Assert.True(type is { IsSealed: true, IsPublic: true } && type.BaseType == typeof(ChatContractTests), type.Name);
            Assert.Empty(type.GetCustomAttributes<TraitAttribute>());
            Assert.Equal(["StartAsync"], type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Select(method => method.Name));
        }

        // Whatever is an adapter of a chat platform is among them.
        var platforms = Directory.EnumerateFiles(AppContext.BaseDirectory, "ChatOpsBot.Adapters.*.dll").Select(file => Assembly.Load(Path.GetFileNameWithoutExtension(file)))
            .SelectMany(assembly => assembly.GetTypes()).Where(type => type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(IChatSurface))).Select(type => type.Name);
        Assert.Equal(["SlackSurface", "TeamsSurface"], platforms.Order());
        var projects = Directory.EnumerateFiles(RepositoryFiles.At("src", "Adapters"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && File.ReadAllText(file).Contains(": IChatSurface", StringComparison.Ordinal));
        Assert.Equal(["SlackSurface.cs", "TeamsSurface.cs"], projects.Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Readme_ParityTable_IsThatOfTheScenarios()
    {
        var table = new StringBuilder(Begin).Append('\n').Append("| |").AppendJoin("", s_surfaces.Select(surface => $" {surface.Name} |")).Append("\n|---|").AppendJoin("", s_surfaces.Select(_ => "---|")).Append('\n');
        var ways = new List<IReadOnlyDictionary<string, string>>();
        foreach (var surface in s_surfaces)
        {
            await using var chat = await surface.Start();
            Assert.Equal(Scenarios.Select(scenario => scenario.Name).Order(), chat.Ways.Keys.Order());
            ways.Add(chat.Ways);
        }

        foreach (var scenario in Scenarios)
        {
            table.Append("| ").Append(scenario.GetCustomAttribute<ScenarioAttribute>()?.Text).Append(" |").AppendJoin("", ways.Select(way => $" {way[scenario.Name]} |")).Append('\n');
        }

        table.Append(End);
        var readme = await File.ReadAllTextAsync(RepositoryFiles.At("deploy", "README.md"), TestContext.Current.CancellationToken);
        var (from, to) = (readme.IndexOf(Begin, StringComparison.Ordinal), readme.IndexOf(End, StringComparison.Ordinal));
        Assert.True(from >= 0 && to > from && readme[from..(to + End.Length)] == table.ToString(), $"deploy/README.md has to hold\n{table}");
    }
}
