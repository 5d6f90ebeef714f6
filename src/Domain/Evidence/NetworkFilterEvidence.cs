using System.Collections.Immutable;
using System.Xml.Linq;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.nwf: which of libvirt's network filters is bound to which guest port, and with what parameters.</summary>
public static class NetworkFilterEvidence
{
    // The folder of bindings is the daemon's own record and only root may list it; read from there it costs one process instead of two
    // virsh runs. Without root virsh is asked, by the rules of E.dom; port names go into its command line, so only plain ones do.
    private const string Script = """
        dir=/run/libvirt/nwfilter-binding sock=
        for f in /run/libvirt/libvirt-sock* /run/libvirt/virtnwfilterd-sock*; do [ -S "$f" ] && sock=$f; done
        if [ -r "$dir" ] && [ -x "$dir" ]; then
            set --
            for f in "$dir"/*.xml; do [ -f "$f" ] && set -- "$@" "$f"; done
            [ $# -gt 0 ] || { absent "no network filter is bound: $dir is empty"; return; }
            part files cat "$@"
        elif [ -z "$sock" ] && [ ! -e "$dir" ]; then
            absent 'no libvirt socket'; return
        elif [ -n "$sock" ] && have virsh && runs libvirtd virtnwfilterd; then
            if bound=$(limit virsh -r -q -c qemu:///system nwfilter-binding-list 2>/dev/null); then
                put listed "$bound"
                cmds=
                printf '%s\n' "$bound" | while read -r dev x; do
                    case $dev in '' | *[!A-Za-z0-9_.-]*) ;; *) printf 'nwfilter-binding-dumpxml %s;' "$dev" ;; esac
                done | {
                    IFS= read -r cmds
                    [ -z "$cmds" ] || part xml virsh -r -q -c qemu:///system "$cmds"
                }
            else
                part virsh virsh -r -q -c qemu:///system nwfilter-binding-list
            fi
        else
            missing 'the network filter bindings need root, or a running libvirt daemon and virsh'; return
        fi
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<NetworkFilterFacts> Source { get; } = new("e.nwf", Privilege.RootIfPossible, Script, Parse);

    private static FactReading<NetworkFilterFacts> Parse(SectionOutput section)
    {
        var bindings = new List<NetworkFilterBinding>();
        foreach (var part in section.Parts)
        {
            if (part.Name == "virsh")
            {
                return new FactReading<NetworkFilterFacts>.Missing($"libvirt: {VirshError.Of(part)}");
            }

            if (SectionProblem.Reason(part) is { } reason)
            {
                return new FactReading<NetworkFilterFacts>.Missing(reason);
            }

            if (part.Name is "xml" or "files")
            {
                XmlReading.Each(part.Text, (_, reader) =>
                {
                    if (reader is not null && ReadBinding(XmlReading.TakeDocument(reader)) is { } binding)
                    {
                        bindings.Add(binding);
                    }
                });
            }
        }

        return new FactReading<NetworkFilterFacts>.Known(new([.. bindings, .. OnlyListed(section, bindings)]));
    }

    // What the list names and no document describes: a port with an unusual name, or one that came between.
    private static IEnumerable<NetworkFilterBinding> OnlyListed(SectionOutput section, List<NetworkFilterBinding> bindings)
        => from line in (section.Part("listed")?.Text ?? "").Split('\n')
           let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
           where words.Length >= 2 && bindings.TrueForAll(binding => binding.Port != words[0])
           select new NetworkFilterBinding(words[0], words[^1], null, null, ImmutableArray<NetworkFilterParameter>.Empty);

    private static NetworkFilterBinding? ReadBinding(XElement root)
    {
        // The daemon's own file wraps the binding once more.
        var binding = root.Name.LocalName == "filterbindingstatus" ? root.Element("filterbinding") : root;
        if (binding is null || binding.Name.LocalName != "filterbinding" || binding.Get("portdev", "name") is not { } port || binding.Get("filterref", "filter") is not { } filter)
        {
            return null;
        }

        var parameters = from parameter in binding.Element("filterref")?.Elements("parameter") ?? []
                         where parameter.Get("", "name") is not null
                         select new NetworkFilterParameter(parameter.Get("", "name") ?? "", parameter.Get("", "value") ?? "");
        return new(port, filter, binding.Get("mac", "address")?.ToLowerInvariant(), binding.Element("owner")?.Element("name")?.Value, [.. parameters]);
    }
}

/// <summary>Bindings of network filters.</summary>
/// <param name="Bindings">One per guest port with a filter.</param>
public sealed record NetworkFilterFacts(ImmutableArray<NetworkFilterBinding> Bindings)
{
    /// <summary>The binding of that guest port, or <see langword="null"/>.</summary>
    public NetworkFilterBinding? Of(string port) => Bindings.FirstOrDefault(binding => binding.Port == port);
}

/// <summary>A network filter in force on one guest port.</summary>
/// <param name="Port">Host-side device, for example <c>vnet0</c>.</param>
/// <param name="Filter">Name of the filter, for example <c>clean-traffic</c>.</param>
/// <param name="Mac">The address it admits, in lower case; <see langword="null"/> when only the list was read.</param>
/// <param name="Guest">Name of the guest.</param>
/// <param name="Parameters">In the order of the definition.</param>
public sealed record NetworkFilterBinding(string Port, string Filter, string? Mac, string? Guest, ImmutableArray<NetworkFilterParameter> Parameters)
{
    /// <summary>Addresses that the filter admits by parameter <c>IP</c>; empty when it learns them.</summary>
    public IEnumerable<string> AdmittedAddresses => from parameter in Parameters where parameter.Name == "IP" select parameter.Value;

    /// <summary><c>any</c>, <c>dhcp</c> or <c>none</c>: how it learns the guest's address; <see langword="null"/> when not set.</summary>
    public string? Learning => Parameters.FirstOrDefault(parameter => parameter.Name == "CTRL_IP_LEARNING")?.Value;
}

/// <summary>One parameter of a filter binding.</summary>
/// <param name="Name">For example <c>IP</c>.</param>
/// <param name="Value">As in the definition.</param>
public sealed record NetworkFilterParameter(string Name, string Value);
