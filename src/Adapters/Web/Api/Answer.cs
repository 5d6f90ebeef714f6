using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Api;

/// <summary>A JSON answer, written by hand: the members and their order are a promise, and nothing is found by reflection.</summary>
internal sealed class Answer : IResult
{
    private readonly ReadOnlyMemory<byte> _body;

    private Answer(int status, ReadOnlyMemory<byte> body)
    {
        Status = status;
        _body = body;
    }

    /// <summary>The status code.</summary>
    public int Status { get; }

    /// <summary>With what a function writes inside one object.</summary>
    public static Answer Of(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new(status, buffer.WrittenMemory);
    }

    /// <summary>With bytes that were answered before.</summary>
    public static Answer Again(int status, ReadOnlyMemory<byte> body) => new(status, body);

    /// <summary>The request cannot be done: <c>error</c> says what is wrong, <c>usage</c> what would be right.</summary>
    public static Answer Error(int status, string error, string usage) => Of(status, json =>
    {
        json.WriteString("error", error);
        json.WriteString("usage", usage);
    });

    /// <summary>The bytes, for a repeat.</summary>
    public ReadOnlyMemory<byte> Body => _body;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = _body.Length;
        await httpContext.Response.Body.WriteAsync(_body, httpContext.RequestAborted);
    }
}
