using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Cards;

/// <summary>A form: a Slack modal, a Teams task card, a web form or prompts of the terminal.</summary>
/// <param name="Title">At most 24 characters, the least of the surfaces.</param>
/// <param name="Submit">Label of the button that sends it.</param>
/// <param name="Token">Opaque; comes back with the answers.</param>
/// <param name="Fields">In order.</param>
public sealed record Form(string Title, string Submit, string Token, ImmutableArray<FormField> Fields);

/// <summary>One field of a form.</summary>
public abstract record FormField
{
    private FormField(string name, string label, bool required)
    {
        Name = name;
        Label = label;
        Required = required;
    }

    /// <summary>Name of the answer.</summary>
    public string Name { get; }

    /// <summary>What is asked.</summary>
    public string Label { get; }

    /// <summary>Whether it has to be answered.</summary>
    public bool Required { get; }

    /// <summary>One line of text.</summary>
    public sealed record Line(string Name, string Label, bool Required = true, int Longest = 200) : FormField(Name, Label, Required);

    /// <summary>Several lines of text.</summary>
    public sealed record Text(string Name, string Label, bool Required = true, int Longest = 2000) : FormField(Name, Label, Required);

    /// <summary>One of some values.</summary>
    public sealed record Choice(string Name, string Label, ImmutableArray<FormOption> Options, bool Required = true) : FormField(Name, Label, Required);

    /// <summary>A host of the inventory that the asker may check.</summary>
    public sealed record Host(string Name, string Label, bool Required = true) : FormField(Name, Label, Required);

    /// <summary>A guest, by name.</summary>
    public sealed record Guest(string Name, string Label, bool Required = true) : FormField(Name, Label, Required);
}

/// <summary>One value of a choice.</summary>
/// <param name="Value">What comes back.</param>
/// <param name="Label">What is shown.</param>
public sealed record FormOption(string Value, string Label);
