namespace ChatOpsBot.Domain.Evidence;

/// <summary>What a name says about the value behind it.</summary>
internal enum SecretNameKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A secret only where a line of a configuration file begins with it; the same word is harmless elsewhere, as <c>"key"</c> in the JSON of nft.</summary>
    Weak,

    /// <summary>A secret in any form.</summary>
    Strong,

    /// <summary>A header whose whole line is the secret.</summary>
    Header,
}

/// <summary>Judges names, in lower case and without punctuation.</summary>
internal static class SecretName
{
    /// <summary>What the name says.</summary>
    public static SecretNameKind KindOf(string name)
    {
        if (name.EndsWith("authorization", StringComparison.Ordinal))
        {
            return SecretNameKind.Header;
        }

        if (name is "key" or "keys" or "private" or "shared" or "mkacak")
        {
            return SecretNameKind.Weak;
        }

        // Where the secret is kept, or how, is no secret.
        if (EndsWithAny(name, "flags", "file", "path", "validto", "required", "keyid"))
        {
            return SecretNameKind.None;
        }

        return name.Contains("password", StringComparison.Ordinal) || name.Contains("passwd", StringComparison.Ordinal)
            || name.Contains("wepkey", StringComparison.Ordinal)
            || EndsWithAny(name, "passphrase", "passcode", "psk", "secret", "secrets", "token", "credential", "credentials")
            || EndsWithAny(name, "secretkey", "secretaccesskey", "privatekey", "presharedkey", "sharedkey", "apikey", "accesskey", "authkey", "wirelesskey")
            ? SecretNameKind.Strong
            : SecretNameKind.None;
    }

    private static bool EndsWithAny(string name, params ReadOnlySpan<string> ends)
    {
        foreach (var end in ends)
        {
            if (name.EndsWith(end, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
