using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Domain.Evidence.Guests;

/// <summary>Puts the live and the stored definitions that libvirt gave together, one guest per UUID.</summary>
internal static partial class LibvirtGuests
{
    /// <summary>Reads the parts <c>listed</c> and <c>xml</c> (virsh) or <c>files</c>. Returns why the list would have holes, or <see langword="null"/>.</summary>
    public static string? Read(SectionOutput section, ImmutableArray<QemuProcess> processes, out ImmutableArray<Guest> guests)
    {
        var definitions = new List<LibvirtDomain>();
        var states = new Dictionary<string, (string State, string? Reason)>(StringComparer.Ordinal);
        var files = section.Part("files");
        foreach (var part in section.Parts)
        {
            if (part.Name is "xml" or "files")
            {
                ReadDocuments(part.Text, definitions, states);
            }
        }

        guests = [.. from domain in definitions group domain by domain.Uuid into same select Join([.. same], states, files is null ? null : processes)];
        return section.Part("listed") is { } listed ? Lost(listed.Text, guests, section) : null;
    }

    private static void ReadDocuments(string text, List<LibvirtDomain> definitions, Dictionary<string, (string State, string? Reason)> states)
        => XmlReading.Each(text, (between, reader) =>
        {
            // Before each live definition stands the UUID that was asked for and the state. Names do not occur outside the documents.
            foreach (Match match in UuidAndState().Matches(between))
            {
                states[match.Groups[1].Value] = (match.Groups[2].Value.Trim(), match.Groups[3].Success ? match.Groups[3].Value : null);
            }

            if (reader is not null && LibvirtDomain.Read(reader) is { } domain)
            {
                definitions.Add(domain);
            }
        });

    private static Guest Join(LibvirtDomain[] same, Dictionary<string, (string State, string? Reason)> states, ImmutableArray<QemuProcess>? processes)
    {
        // A status file counts as live as well; it may have outlived its process if the daemon died.
        var live = same.FirstOrDefault(domain => domain.State is not null || domain.IsLive);
        var stored = same.LastOrDefault(domain => domain.State is null && !domain.IsLive);
        var main = live ?? same[0];
        var state = live?.State ?? states.GetValueOrDefault(main.Uuid).State ?? "";
        if (processes is { } running && live is not null && !running.Any(process => process.Uuid == main.Uuid))
        {
            state = "shut off";
        }

        return new Guest(main.Name, state.Length > 0 ? state : live is null ? "shut off" : "running", [.. main.Interfaces.Select(nic => WithStored(nic, stored))])
        {
            StateReason = states.GetValueOrDefault(main.Uuid).Reason,
            Uuid = main.Uuid.Length > 0 ? main.Uuid : null,
            AgentConnected = main.AgentConnected,
            Origin = processes is null ? "libvirt" : "libvirt files",
        };
    }

    private static GuestInterface WithStored(GuestInterface nic, LibvirtDomain? stored)
    {
        var bridge = stored?.Interfaces.FirstOrDefault(other => other.Mac is not null && other.Mac == nic.Mac)?.SourceBridge;
        return bridge is null || bridge == nic.SourceBridge ? nic : nic with { PersistentBridge = bridge };
    }

    // A guest may end between the listing and the reading of its definition; libvirt then says that it is not there. All else is a hole.
    private static string? Lost(string listed, ImmutableArray<Guest> guests, SectionOutput section)
    {
        var errors = string.Join('\n', section.Parts.Where(part => part.Name == "xml").Select(part => System.Text.Encoding.UTF8.GetString(part.Stderr.Span)));
        var known = guests.Select(guest => guest.Uuid).ToHashSet();
        var lost = Uuid().Matches(listed).Select(match => match.Value).Distinct()
            .Count(uuid => !known.Contains(uuid) && !errors.Contains($"failed to get domain '{uuid}'", StringComparison.Ordinal));
        return lost == 0 ? null : $"libvirt did not give the definitions of {lost} guests: {FirstLine(errors)}";
    }

    private static string FirstLine(string text) => text.Trim() is { Length: > 0 } some ? some.Split('\n', 2)[0] : "it ended early";

    [GeneratedRegex("([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})([a-z ]*)(?:\\(([^()\n]{1,60})\\))?")]
    private static partial Regex UuidAndState();

    [GeneratedRegex("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Uuid();
}
