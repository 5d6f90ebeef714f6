namespace ChatOpsBot.Application.Ports;

/// <summary>The service's own secret, the same after a restart and on every node.</summary>
public interface IServiceSecret
{
    /// <summary>A key of 32 bytes for one purpose; keys of different purposes tell nothing about each other.</summary>
    /// <param name="purpose">Names the purpose, for example <c>decision tokens 1</c>.</param>
    ReadOnlyMemory<byte> KeyFor(string purpose);
}
