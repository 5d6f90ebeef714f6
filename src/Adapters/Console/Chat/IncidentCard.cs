using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Adapters.Console.Chat;

/// <summary>An incident as the server's API tells it, as far as the terminal shows it. Every text may come from a host.</summary>
public sealed record IncidentCard
{
    /// <summary>For example <c>I-42</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its host.</summary>
    public required string Host { get; init; }

    /// <summary>Name of its state.</summary>
    public required string State { get; init; }

    /// <summary>Number of its last event.</summary>
    public long Events { get; init; }

    /// <summary>Hash of its last event.</summary>
    public string Head { get; init; } = "";

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded { get; init; }

    /// <summary>The question to a human, or how it ended.</summary>
    public string? Why { get; init; }

    /// <summary>The command that has the network asked as well, where nothing certain was found.</summary>
    public string? Next { get; init; }

    /// <summary>Findings, first the cause.</summary>
    public ImmutableArray<CardFinding> Findings { get; init; } = [];

    /// <summary>The way of the first guest's request; empty when there is none to show.</summary>
    public CardPath Path { get; init; } = CardPath.None;

    /// <summary>Sections that were not read, each with the reason.</summary>
    public ImmutableArray<string> NotRead { get; init; } = [];

    /// <summary>The plan.</summary>
    public CardPlan? Plan { get; init; }

    /// <summary>Decisions, a line each.</summary>
    public ImmutableArray<string> Decisions { get; init; } = [];

    /// <summary>The token with which the caller may decide; <see langword="null"/> when not.</summary>
    public string? Decide { get; init; }

    /// <summary>Reads the API's answer; <see langword="null"/> for anything else.</summary>
    public static IncidentCard? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var diagnosis = root.GetProperty("diagnosis");
            var known = diagnosis.ValueKind == JsonValueKind.Object;
            return new()
            {
                Id = Text(root, "id") ?? "",
                Host = Text(root, "host") ?? "",
                State = Text(root, "state") ?? "",
                Events = root.GetProperty("events").GetInt64(),
                Head = Text(root, "head") ?? "",
                HasEnded = Text(root, "endedAt") is not null,
                Why = root.TryGetProperty("why", out var why) ? why.GetString() : null,
                Next = root.TryGetProperty("next", out var next) ? next.GetString() : null,
                Findings = known ? [.. diagnosis.GetProperty("findings").EnumerateArray().Select(CardFinding.Read)] : [],
                Path = known && diagnosis.TryGetProperty("path", out var path) && path.ValueKind == JsonValueKind.Object ? CardPath.Read(path) : CardPath.None,
                NotRead = known ? [.. diagnosis.GetProperty("notRead").EnumerateArray().Select(gap => $"{Text(gap, "section")}: {Text(gap, "why")}")] : [],
                Plan = root.GetProperty("plan") is { ValueKind: JsonValueKind.Object } plan ? CardPlan.Read(plan) : null,
                Decisions = [.. root.GetProperty("approvals").EnumerateArray().Select(decision => $"{Text(decision, "person")}: {Text(decision, "decision")} at {Text(decision, "at")}")],
                Decide = Text(root, "decide"),
            };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    internal static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    internal static ImmutableArray<string> Texts(JsonElement element, string name)
        => element.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString() ?? "")] : [];
}

/// <summary>The way of a frame, up to where it ends.</summary>
/// <param name="Guest">Whose frame.</param>
/// <param name="Hops">In order.</param>
public sealed record CardPath(string Guest, ImmutableArray<CardHop> Hops)
{
    /// <summary>Nothing to show.</summary>
    public static CardPath None { get; } = new("", []);

    internal static CardPath Read(JsonElement path)
    {
        // The leg that ends, or else the one that cannot be told.
        JsonElement[] legs = [.. new[] { path.GetProperty("discover"), path.GetProperty("offer") }.Where(leg => leg.ValueKind == JsonValueKind.Object)];
        var leg = legs.FirstOrDefault(candidate => IncidentCard.Text(candidate, "verdict") == "stops");
        leg = leg.ValueKind == JsonValueKind.Object ? leg : legs.FirstOrDefault(candidate => IncidentCard.Text(candidate, "verdict") == "cannotTell");
        return leg.ValueKind != JsonValueKind.Object
            ? None
            : new(
                $"{IncidentCard.Text(leg, "frame")} of {IncidentCard.Text(path, "guest")}",
                [.. leg.GetProperty("hops").EnumerateArray().Select(hop => new CardHop(
                    IncidentCard.Text(hop, "device") ?? "", IncidentCard.Text(hop, "stage") ?? "", IncidentCard.Text(hop, "does") ?? "", IncidentCard.Text(hop, "verdict") ?? ""))]);
    }
}

/// <summary>One place on that way.</summary>
/// <param name="Device">The device.</param>
/// <param name="Stage">The part of it.</param>
/// <param name="Does">What it does.</param>
/// <param name="Verdict"><c>passes</c>, <c>stops</c> or <c>cannotTell</c>.</param>
public sealed record CardHop(string Device, string Stage, string Does, string Verdict);

/// <summary>A finding.</summary>
/// <param name="Id">Fault id.</param>
/// <param name="Certainty">How sure.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Because">Evidence.</param>
/// <param name="Question">What to ask whom.</param>
public sealed record CardFinding(string Id, string Certainty, string Summary, ImmutableArray<string> Because, string? Question)
{
    internal static CardFinding Read(JsonElement element) => new(
        IncidentCard.Text(element, "id") ?? "", IncidentCard.Text(element, "certainty") ?? "", IncidentCard.Text(element, "summary") ?? "",
        IncidentCard.Texts(element, "because"), IncidentCard.Text(element, "question"));
}

/// <summary>A plan.</summary>
/// <param name="Risk">Its risk.</param>
/// <param name="Expires">When it expires, as the server wrote it.</param>
/// <param name="Notices">Guests that will notice.</param>
/// <param name="Approvers">Who may approve.</param>
/// <param name="Steps">Its steps.</param>
public sealed record CardPlan(string Risk, string Expires, ImmutableArray<string> Notices, ImmutableArray<string> Approvers, ImmutableArray<CardStep> Steps)
{
    internal static CardPlan Read(JsonElement element) => new(
        IncidentCard.Text(element, "risk") ?? "", IncidentCard.Text(element, "expires") ?? "", IncidentCard.Texts(element, "blastRadius"),
        IncidentCard.Texts(element, "approvers"), [.. element.GetProperty("steps").EnumerateArray().Select(CardStep.Read)]);
}

/// <summary>A step.</summary>
/// <param name="Run">The command.</param>
/// <param name="Undo">What takes it back.</param>
/// <param name="Before">The value now.</param>
/// <param name="After">The value afterwards.</param>
/// <param name="Name">What it does, for people.</param>
public sealed record CardStep(ImmutableArray<string> Run, ImmutableArray<string> Undo, string Before, string After, string Name)
{
    internal static CardStep Read(JsonElement element) => new(
        IncidentCard.Texts(element, "argv"), IncidentCard.Texts(element, "undo"), IncidentCard.Text(element, "before") ?? "", IncidentCard.Text(element, "after") ?? "", IncidentCard.Text(element, "name") ?? "");
}
