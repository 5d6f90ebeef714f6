using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>Style sheet and script. Their addresses carry a piece of their hash, so browsers may keep them for ever and never mix versions.</summary>
internal static class PageAssets
{
    /// <summary>Name of the hidden field with the form token.</summary>
    public const string FormField = "formToken";

    private static readonly byte[] s_style = Read("console.css");
    private static readonly byte[] s_script = Read("console.js");

    /// <summary>Address of the style sheet.</summary>
    public static string Style { get; } = $"/assets/console.{Short(s_style)}.css";

    /// <summary>Address of the script.</summary>
    public static string Script { get; } = $"/assets/console.{Short(s_script)}.js";

    /// <summary>Maps both.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Style, context => SendAsync(context, s_style, "text/css; charset=utf-8"));
        routes.MapGet(Script, context => SendAsync(context, s_script, "text/javascript; charset=utf-8"));
    }

    private static Task SendAsync(HttpContext context, byte[] bytes, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private static string Short(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];

    private static byte[] Read(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
