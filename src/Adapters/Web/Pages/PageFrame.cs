using ChatOpsBot.Adapters.Web.Callers;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>What every page shows around its content.</summary>
/// <param name="Title">Of the browser's tab.</param>
/// <param name="Caller">Who is signed in; <see langword="null"/> for nobody.</param>
/// <param name="FormToken">Proves that a form is ours.</param>
public sealed record PageFrame(string Title, Caller? Caller, string FormToken)
{
    /// <summary>The answer to what the person did last, shown once.</summary>
    public string? Said { get; init; }

    /// <summary>Whether <see cref="Said"/> is bad news.</summary>
    public bool SaidBad { get; init; }

    /// <summary>A footer warning: a changed configuration that is not in force.</summary>
    public string? Warning { get; init; }

    /// <summary>Address to load again by itself at once; for a page that was opened from another site and got no cookie for that.</summary>
    public string? Reload { get; init; }
}
