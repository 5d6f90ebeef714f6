using ChatOpsBot.Domain.FramePath;

namespace ChatOpsBot.Application.Wording;

/// <summary>A trace in words, for surfaces that show plain lines.</summary>
public static class TraceText
{
    /// <summary>The answer first, then a line for each hop.</summary>
    public static string Of(string host, TraceAnswer.Followed followed)
        => string.Join('\n', followed.Paths.SelectMany(path => Lines(host, path)));

    /// <summary>The answer about one NIC in a sentence.</summary>
    public static string Sentence(GuestTrace path)
    {
        var leg = path.Decisive;
        return path.Verdict switch
        {
            HopVerdict.Passes => "the host lets DISCOVER and OFFER pass",
            HopVerdict.Stops when leg.Break is { } at => $"the {leg.Frame} stops at {leg.Hops[at].Device}: {leg.Hops[at].Does}",
            _ => leg.Hops.FirstOrDefault(hop => hop.Verdict == HopVerdict.CannotTell) is { } doubt
                ? $"cannot tell whether the {leg.Frame} passes {doubt.Device}: {doubt.Does}"
                : "cannot tell",
        };
    }

    /// <summary>That nobody has that name, and what could have been meant.</summary>
    public static string Unknown(string host, string guest, TraceAnswer.UnknownGuest unknown)
    {
        var known = unknown.Known.IsEmpty ? "it shows no guest at all" : $"its guests are {string.Join(", ", unknown.Known.Take(10))}{(unknown.Known.Length > 10 ? "..." : "")}";
        return $"{host} has no guest or tap {guest}{NearestWord.Hint(guest, unknown.Known)}; {known}{(unknown.Doubt is { } doubt ? $" (guests may be lacking: {doubt})" : "")}";
    }

    /// <summary>The word of a verdict.</summary>
    public static string Word(HopVerdict verdict) => verdict switch { HopVerdict.Passes => "passes", HopVerdict.Stops => "stops", _ => "cannot tell" };

    /// <summary>The mark before a hop.</summary>
    public static string Mark(HopVerdict verdict) => verdict switch { HopVerdict.Passes => "ok", HopVerdict.Stops => "STOP", _ => "?" };

    private static IEnumerable<string> Lines(string host, GuestTrace path)
    {
        yield return $"{host} {path.Guest}{(path.Tap is { } tap && tap != path.Guest ? $" ({tap})" : "")}: {Word(path.Verdict)}; {Sentence(path)}";
        foreach (var leg in new[] { path.Discover, path.Offer }.OfType<PathLeg>())
        {
            yield return $"{leg.Frame}{(leg == path.Offer && path.Discover.Verdict == HopVerdict.Stops ? ", if there were one" : "")}";
            foreach (var hop in leg.Hops)
            {
                yield return $"  {Mark(hop.Verdict),-4} {hop.Device} [{hop.Stage}] {hop.Does}{(hop.Evidence is { } evidence && hop.Verdict != HopVerdict.Passes ? $" ({evidence})" : "")}";
            }
        }
    }
}
