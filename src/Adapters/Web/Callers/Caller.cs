using ChatOpsBot.Domain.Approvals;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Callers;

/// <summary>The person behind a request.</summary>
/// <param name="Id">Who.</param>
/// <param name="Name">As people call them.</param>
/// <param name="TokenHash">SHA-256 of the token that was shown, lower-case hex; a session ends when the person's token is changed.</param>
/// <param name="ByCookie">A browser sent it by itself, so a change needs proof that one of our own pages asked for it.</param>
public sealed record Caller(PersonId Id, string Name, string TokenHash, bool ByCookie)
{
    /// <summary>The caller of a request; <see langword="null"/> when it shows nobody.</summary>
    public static Caller? Of(HttpContext context) => context.Features.Get<Caller>();

    /// <summary>The caller of a request to a route that nobody reaches unknown.</summary>
    public static Caller Required(HttpContext context) => Of(context) ?? throw new InvalidOperationException("the route is not behind the gate for known callers");
}
