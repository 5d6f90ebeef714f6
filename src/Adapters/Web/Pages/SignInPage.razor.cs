using Microsoft.AspNetCore.Components;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>The sign-in form.</summary>
/// <param name="Frame">What is around.</param>
/// <param name="Return">Where to go afterwards: a path of ours.</param>
public sealed record SignInView(PageFrame Frame, string Return);

/// <summary>Takes a person's token.</summary>
public sealed partial class SignInPage : ComponentBase
{
    /// <summary>What to show.</summary>
    [Parameter]
    [EditorRequired]
    public required SignInView View { get; set; }
}
