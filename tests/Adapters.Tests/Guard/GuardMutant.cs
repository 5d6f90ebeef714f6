using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ChatOpsBot.Domain.Guard;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>Takes one line out of the guard program for all tests of this process, when <c>tests/Benchmarks/guard-mutation.sh</c> says so: the tests have to notice.</summary>
internal static class GuardMutant
{
    private const string LineVariable = "COB_GUARD_WITHOUT_LINE";

    /// <summary>Overwrites the line with spaces, so that all others keep their numbers.</summary>
    [ModuleInitializer]
    internal static void Make()
    {
#pragma warning disable RS0030 // Set by the script, once for each line.
        var wanted = Environment.GetEnvironmentVariable(LineVariable);
#pragma warning restore RS0030
        if (string.IsNullOrEmpty(wanted))
        {
            return;
        }

        if (!MemoryMarshal.TryGetArray(GuardProgram.Text, out var program))
        {
            throw new InvalidOperationException("the guard program is no array of this process any more, so no line can be taken out of it");
        }

        var text = program.AsSpan();
        for (var line = int.Parse(wanted, CultureInfo.InvariantCulture); line > 1; line--)
        {
            text = text[(text.IndexOf((byte)'\n') + 1)..];
        }

        text[..text.IndexOf((byte)'\n')].Fill((byte)' ');
    }
}
