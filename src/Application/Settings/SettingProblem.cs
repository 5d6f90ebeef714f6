namespace ChatOpsBot.Application.Settings;

/// <summary>Why a setting cannot be worked with.</summary>
/// <param name="Key">The setting, path with colons.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record SettingProblem(string Key, string What, string Remedy)
{
    /// <summary>Takes apart the sentences of options classes: <c>Section:Key is wrong; do this</c>.</summary>
    public static SettingProblem OfSentence(string sentence)
    {
        var key = sentence.Length - sentence.AsSpan().TrimStart("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz:").Length;
        var what = sentence[key..].TrimStart();
        var remedy = what.LastIndexOf("; ", StringComparison.Ordinal);
        return new(sentence[..key].TrimEnd(':'), remedy < 0 ? what : what[..remedy], remedy < 0 ? "correct it" : what[(remedy + 2)..]);
    }
}
