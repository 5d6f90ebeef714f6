namespace ChatOpsBot.Domain.Approvals;

/// <summary>A person of the policy file, whatever surface they speak from. Two linked accounts are one person.</summary>
/// <param name="Value">The id under <c>people:</c>.</param>
public readonly record struct PersonId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
