using System.Runtime.InteropServices;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>Owner and mode of a file, which .NET does not tell both.</summary>
/// <param name="Uid">Owner.</param>
/// <param name="Mode">Type and permission bits as in <c>st_mode</c>.</param>
internal readonly partial record struct FileOwnership(uint Uid, ushort Mode)
{
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const uint BasicStats = 0x7ff;

    public static uint OwnUid { get; } = EffectiveUid();

    public bool IsDirectory => (Mode & 0xF000) == 0x4000;

    /// <summary>Whether anybody but the owner has any permission.</summary>
    public bool IsOpenToOthers => (Mode & 0x3F) != 0;

    /// <summary><see langword="null"/> when there is no such file or it cannot be looked at.</summary>
    public static FileOwnership? Of(string path, bool followLinks)
        => Statx(CurrentDirectory, path, followLinks ? 0 : DoNotFollow, BasicStats, out var found) == 0 ? new(found.Uid, found.Mode) : null;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUid();

    // struct statx is the same on every architecture, which struct stat is not.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(20)]
        public uint Uid;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
