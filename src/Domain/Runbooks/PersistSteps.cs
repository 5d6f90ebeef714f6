using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Persistence;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>
/// The guard's steps for an edit. First each new text is written beside its file, under a name that begins with a dot and ends with the plan's id: neither <c>interfaces.d/*</c> nor
/// <c>*.yaml</c>, <c>*.network</c>, <c>*.conf</c> or NetworkManager take it for a file of theirs. The manager looks at it there. Then the old file is kept in
/// <c>/var/lib/chatops/PLAN</c> and the new one renamed over it.
/// </summary>
internal static class PersistSteps
{
    private const string Memory = "/var/lib/chatops";

    /// <summary>Prints whether the new text is there, whole or not: a torn one has to go, too.</summary>
    private const string ReadStage = """if [ -e "$1" ]; then echo "new text written"; else echo "new text not written"; fi""";

    /// <summary>Prints the file's hash, <c>none</c>, or what it is when it is no file.</summary>
    private const string ReadFile = """
        if [ -L "$1" ]; then echo "a link to $(readlink "$1")"; elif [ ! -e "$1" ]; then echo none
        elif [ -f "$1" ]; then sum=$(sha256sum <"$1") && echo "${sum%% *}"; else echo "no file"; fi
        """;

    // cp -p keeps owner, group, mode and access list of the old file; a new one is for everybody to read. What the check prints goes into the transcript.
    private const string Write = """
        file=$1 new=$2
        [ -d "${new%/*}" ] || { echo "there is no folder ${new%/*}"; exit 1; }
        if [ -e "$file" ]; then cp -p "$file" "$new" || exit; else : >"$new" && chmod 644 "$new" || exit; fi
        printf %s "$3" >"$new" && sync "$new" || exit
        """;

    private const string CheckIfup = """

        unshare --mount /bin/sh -c 'mount --bind "$2" "$1" && ifup --no-act --force -a' check "$file" "$new" 2>&1 || { echo "ifup refuses the new text of $file"; exit 1; }
        """;

    private const string CheckNetplan = """

        copy=$(mktemp -d /run/chatops-check.XXXXXX) || exit
        trap 'rm -rf "$copy"' EXIT
        for part in etc run lib; do
            [ ! -d "/$part/netplan" ] || { mkdir -p "$copy/$part/netplan" && cp -p /"$part"/netplan/*.yaml "$copy/$part/netplan/" 2>/dev/null; }
        done
        mkdir -p "$copy${file%/*}" && cp -p "$new" "$copy$file" || exit
        netplan generate --root-dir "$copy" 2>&1 || { echo "netplan refuses the new text of $file"; exit 1; }
        """;

    private const string CheckNmcli = """

        nmcli --offline connection modify connection.autoconnect-retries -1 <"$new" 2>&1 >/dev/null || { echo "nmcli refuses the new text of $file"; exit 1; }
        """;

    private const string CheckNone = """

        echo "not validated by the manager"
        """;

    private const string Rename = """
        file=$1 new=$2 keep=$3
        mkdir -p "$keep" || exit
        if [ -e "$file" ]; then cp -p "$file" "$keep/$4" && sync "$keep/$4" || exit; fi
        mv -T "$new" "$file" && sync "${file%/*}"
        """;

    // By hand, too, long after the plan was committed: so it looks for itself whether the file is still ours.
    private const string TakeBack = """
        file=$1 new=$2 keep=$3
        sum=$(sha256sum <"$file") && [ "${sum%% *}" = "$5" ] || { echo "$file has been changed since and is left alone"; exit 1; }
        if [ "$6" = none ]; then rm "$file"; else cp -p "$keep/$4" "$new" && sync "$new" && mv -T "$new" "$file"; fi && sync "${file%/*}"
        """;

    /// <summary>The steps of all files: first every text is written and checked, then every file is exchanged.</summary>
    public static ImmutableArray<PlanStep> Of(string planId, EditOutcome.Edited edited)
        => [.. edited.Edits.Select(edit => WriteOf(planId, edit)), .. edited.Edits.Select(edit => RenameOf(planId, edit))];

    /// <summary>How a check is called.</summary>
    public static string NameOf(FileCheck check) => check switch
    {
        FileCheck.Ifup => "validated by ifup --no-act",
        FileCheck.Netplan => "validated by netplan generate --root-dir",
        FileCheck.Nmcli => "validated by nmcli --offline",
        _ => "not validated by the manager",
    };

    private static PlanStep WriteOf(string planId, FileEdit edit) => new()
    {
        Name = $"write the new text beside {edit.Path}, {NameOf(edit.Check)}",
        Read = ["sh", "-c", ReadStage, "read", Stage(planId, edit)],
        Before = "new text not written",
        Run = ["sh", "-c", Write + edit.Check switch { FileCheck.Ifup => CheckIfup, FileCheck.Netplan => CheckNetplan, FileCheck.Nmcli => CheckNmcli, _ => CheckNone }, "write", edit.Path, Stage(planId, edit), edit.New],
        After = "new text written",
        Undo = ["rm", "-f", Stage(planId, edit)],
        Timeout = TimeSpan.FromSeconds(30),
        Risk = Risk.D0,
    };

    private static PlanStep RenameOf(string planId, FileEdit edit)
    {
        ImmutableArray<string> values = [edit.Path, Stage(planId, edit), $"{Memory}/{planId}", edit.Path[1..].Replace('/', '_')];
        return new()
        {
            Name = edit.Old is null ? $"put {edit.Path} in place" : $"keep the old {edit.Path} in {Memory}/{planId} and put the new one in its place",
            Read = ["sh", "-c", ReadFile, "read", edit.Path],
            Before = edit.Before,
            Run = ["sh", "-c", Rename, "rename", .. values],
            After = edit.After,
            Undo = ["sh", "-c", TakeBack, "undo", .. values, edit.After, edit.Before],
            Risk = Risk.D0,
        };
    }

    // Beside the file, since a rename is atomic within one file system only.
    private static string Stage(string planId, FileEdit edit) => $"{edit.Folder}/.{edit.Name}.{planId}";
}
