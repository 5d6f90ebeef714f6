using Microsoft.AspNetCore.Components;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>The whole document around a page.</summary>
public sealed partial class Frame : ComponentBase
{
    /// <summary>What is around.</summary>
    [Parameter]
    [EditorRequired]
    public required PageFrame Page { get; set; }

    /// <summary>What is inside.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }
}
