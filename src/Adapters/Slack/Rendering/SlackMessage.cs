using System.Text;
using System.Text.Json.Nodes;

namespace ChatOpsBot.Adapters.Slack.Rendering;

/// <summary>A message ready to be sent.</summary>
/// <param name="Text">For notifications, and all there is where blocks are not shown; escaped.</param>
/// <param name="Blocks">The blocks; <see langword="null"/> for a message of text only.</param>
/// <param name="Rest">All of the content as plain text, when not all of it fitted; goes into a file. The message says so.</param>
internal sealed record SlackMessage(string Text, JsonArray? Blocks, string? Rest);

/// <summary>Slack's limits, and how much of them one message uses.</summary>
internal static class BlockLimits
{
    /// <summary>Most blocks of a message.</summary>
    public const int Blocks = 50;

    /// <summary>Most bytes of all blocks together; Slack refuses messages a little above it.</summary>
    public const int Bytes = 12_000;

    /// <summary>Longest text of a message; Slack takes more, but shows it badly.</summary>
    public const int Text = 4000;

    /// <summary>Longest heading.</summary>
    public const int Header = 150;

    /// <summary>Longest label of a button.</summary>
    public const int ButtonText = 75;

    /// <summary>Longest value of a button.</summary>
    public const int ButtonValue = 2000;

    /// <summary>Most buttons in a row.</summary>
    public const int Actions = 25;

    /// <summary>Longest title and button labels of a form.</summary>
    public const int FormTitle = 24;

    /// <summary>Longest label of a field.</summary>
    public const int FieldLabel = 2000;

    /// <summary>Longest text and value of a choice.</summary>
    public const int Option = 75;

    /// <summary>Most choices.</summary>
    public const int Options = 100;

    /// <summary>Most characters that may be typed into a field.</summary>
    public const int Input = 3000;

    /// <summary>Most bytes that a form carries with it.</summary>
    public const int PrivateMetadata = 3000;

    /// <summary>Rows and columns of a table.</summary>
    public const int TableRows = 100;

    /// <summary>Columns of a table.</summary>
    public const int TableColumns = 20;

    /// <summary>Longest title, text and labels of a question before a press.</summary>
    public static (int Title, int Text, int Label) Confirm => (100, 300, 30);

    /// <summary>Bytes of a block as it is sent.</summary>
    public static int SizeOf(JsonNode block) => block.Bytes().Length + 1;
}

/// <summary>Takes blocks as long as they fit and counts what does not.</summary>
/// <param name="blocks">So many blocks are kept free for what has to follow.</param>
/// <param name="bytes">So many bytes are kept free for what has to follow.</param>
internal sealed class BlockBudget(int blocks, int bytes)
{
    private readonly StringBuilder _rest = new();
    private int _bytes = 2;

    /// <summary>What fitted.</summary>
    public JsonArray Blocks { get; } = [];

    /// <summary>How many pieces did not.</summary>
    public int LeftOut { get; private set; }

    /// <summary>The whole content as plain text.</summary>
    public string Whole => _rest.ToString();

    /// <summary>Takes a piece, all of its blocks or none. After one that did not fit, no further one is taken: what is shown has no holes.</summary>
    /// <param name="piece">The blocks.</param>
    /// <param name="plain">The same as text.</param>
    public void Add(IReadOnlyList<JsonObject> piece, string plain)
    {
        _rest.Append(plain).Append('\n');
        var size = piece.Sum(BlockLimits.SizeOf);
        if (LeftOut > 0 || Blocks.Count + piece.Count > BlockLimits.Blocks - blocks || _bytes + size > BlockLimits.Bytes - bytes)
        {
            LeftOut++;
            return;
        }

        AddAlways(piece);
    }

    /// <summary>Takes what room was kept free for.</summary>
    public void AddAlways(IReadOnlyList<JsonObject> piece)
    {
        foreach (var block in piece)
        {
            _bytes += BlockLimits.SizeOf(block);
            Blocks.Add((JsonNode)block);
        }
    }
}
