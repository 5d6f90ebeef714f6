using Microsoft.AspNetCore.Components;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>A page that only says something.</summary>
/// <param name="Frame">What is around.</param>
/// <param name="Text">What it says.</param>
/// <param name="Link">Where one can go: a path of ours.</param>
/// <param name="LinkText">What is there.</param>
public sealed record MessageView(PageFrame Frame, string Text, string Link, string LinkText);

/// <summary>Says why there is nothing to see.</summary>
public sealed partial class MessagePage : ComponentBase
{
    /// <summary>What to show.</summary>
    [Parameter]
    [EditorRequired]
    public required MessageView View { get; set; }
}
