using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>What a runtime repair has changed and a configuration file shall say from now on. Names and values are those that hold on the host now.</summary>
public abstract record KeptChange
{
    private KeptChange()
    {
    }

    /// <summary>The links that decide which manager and which file it is about.</summary>
    public abstract ImmutableArray<string> Links { get; }

    /// <summary>The link is set up.</summary>
    /// <param name="Link">An uplink.</param>
    /// <param name="Bridge">The bridge it is a port of.</param>
    public sealed record LinkUp(string Link, string Bridge) : KeptChange
    {
        /// <inheritdoc/>
        public override ImmutableArray<string> Links => [Link, Bridge];
    }

    /// <summary>The link is a port of the bridge.</summary>
    /// <param name="Link">The port.</param>
    /// <param name="Bridge">Its bridge.</param>
    public sealed record BridgePort(string Link, string Bridge) : KeptChange
    {
        /// <inheritdoc/>
        public override ImmutableArray<string> Links => [Link, Bridge];
    }

    /// <summary>Spanning tree of the bridge is off.</summary>
    /// <param name="Bridge">The bridge.</param>
    public sealed record SpanningTreeOff(string Bridge) : KeptChange
    {
        /// <inheritdoc/>
        public override ImmutableArray<string> Links => [Bridge];
    }

    /// <summary>The forward delay of the bridge.</summary>
    /// <param name="Bridge">The bridge.</param>
    /// <param name="Seconds">Whole seconds.</param>
    public sealed record ForwardDelay(string Bridge, int Seconds) : KeptChange
    {
        /// <inheritdoc/>
        public override ImmutableArray<string> Links => [Bridge];
    }

    /// <summary>The bridge has the host's address, and not its port.</summary>
    /// <param name="Link">The port.</param>
    /// <param name="Bridge">Its bridge.</param>
    /// <param name="Addresses">IPv4 addresses of the bridge with prefix length.</param>
    public sealed record AddressOnBridge(string Link, string Bridge, ImmutableArray<string> Addresses) : KeptChange
    {
        /// <inheritdoc/>
        public override ImmutableArray<string> Links => [Link, Bridge];
    }

    /// <summary>The kernel does not hand bridged IPv4 frames to the IP filters.</summary>
    public sealed record FramesUnfiltered : KeptChange
    {
        /// <inheritdoc/>
        public override ImmutableArray<string> Links => [];
    }
}
